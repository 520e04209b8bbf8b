"""How each field of a template is asked in an issue form, and what only the `values` box can hold.

An issue form knows one line of text, several lines, one of a list and boxes to tick
(https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema).
Its headings are how the answers are found again, so each is there once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from waypost.golden.fields import Field, fields, secrets
from waypost.golden.template import Template

TEMPLATE_HEADING = "Template"
VALUES_HEADING = "More values"
_LONGEST_LABEL = 80
_MOST_CHOICES = 200
# GitHub takes no form with such a label, so that nobody posts one by mistake.
_FORBIDDEN_LABEL = re.compile(r"password|passphrase|passcode|credential", re.IGNORECASE)
_NAMED_PICKERS = frozenset({"EntityTagsPicker", "MultiEntityPicker"})  # lists of short texts


class Kind(StrEnum):
    """How a question is answered."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    TICKS = "ticks"
    LIST = "list"  # several lines, one item each


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a list: what is shown and what it stands for."""

    label: str
    value: Any


@dataclass(frozen=True, slots=True)
class Question:
    """A field with its heading in the issue."""

    field: Field
    kind: Kind
    heading: str
    id: str
    choices: Sequence[Choice] = ()


@dataclass(frozen=True, slots=True)
class Questions:
    """What the form asks, and the fields that go into the `values` box (secrets go nowhere)."""

    asked: Sequence[Question]
    others: Sequence[Field]
    secret: Sequence[Field]

    @property
    def names(self) -> Mapping[str, Field]:
        """Every field that an issue may answer, by name."""
        return {field.name: field for field in (*(question.field for question in self.asked), *self.others)}


def questions(template: Template) -> Questions:
    """Decide for each field where it is asked."""
    asked: list[Question] = []
    others: list[Field] = []
    headings, ids = {TEMPLATE_HEADING.casefold(), VALUES_HEADING.casefold()}, {"template", "values"}
    for field in fields(template):
        kind, choices = _kind(field), _choices(field)
        heading = _heading(field, headings)
        if field.is_secret:
            continue
        if kind is None or not heading:
            others.append(field)
        else:
            headings.add(heading.casefold())
            ids.add(id := _id(field.name, ids))
            asked.append(Question(field, kind, heading, id, choices))
    return Questions(tuple(asked), tuple(others), secrets(template))


def _kind(field: Field) -> Kind | None:
    """Return how a field is asked; None where a form cannot hold it."""
    if field.is_conditional or field.widget == "hidden" or "const" in field.schema:
        return None
    if "$ref" in field.schema or not _is_plain_default(field.schema.get("default")):
        return None
    if field.type == "array":
        return _list_kind(field)
    if _choices(field) or field.type == "boolean":
        return Kind.CHOICE if 0 < len(_choices(field)) <= _MOST_CHOICES else None
    if field.type in ("number", "integer"):
        return Kind.LINE
    if field.type != "string":
        return None
    return Kind.TEXT if _has_lines(field) else Kind.LINE


def _list_kind(field: Field) -> Kind | None:
    items = field.schema.get("items")
    if _choices(field):
        return Kind.TICKS if len(_choices(field)) <= _MOST_CHOICES else None
    is_texts = isinstance(items, Mapping) and items.get("type") == "string" and "enum" not in items
    return Kind.LIST if is_texts or field.picker in _NAMED_PICKERS else None


def _has_lines(field: Field) -> bool:
    default = field.schema.get("default")
    is_long = isinstance(default, str) and "\n" in default
    return field.widget == "textarea" or field.options.get("multiline") is True or is_long


def _is_plain_default(default: Any) -> bool:
    if isinstance(default, list):
        return all(isinstance(item, str | int | float) for item in default)
    return not isinstance(default, Mapping)


def _choices(field: Field) -> tuple[Choice, ...]:
    """Return what a field chooses from; () where it does not."""
    schema = field.schema
    if field.type == "array":
        items = schema.get("items")
        if not isinstance(items, Mapping) or schema.get("uniqueItems") is False:
            return ()
        return _labelled(*_listed(items, schema))
    if field.type == "boolean" and not {"enum", "oneOf", "anyOf"} & schema.keys():
        names = schema.get("enumNames")
        return _labelled([True, False], names if isinstance(names, list) and len(names) == 2 else ["Yes", "No"])
    return _labelled(*_listed(schema, schema))


def _listed(schema: Mapping[str, Any], outer: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    """Return the values and their names: of enum with enumNames, or of oneOf with const and title."""
    if isinstance(values := schema.get("enum"), list):
        options = outer.get("ui:options")
        places = (schema.get("enumNames"), outer.get("ui:enumNames"), (options or {}).get("enumNames"))
        names = next((list(place) for place in places if isinstance(place, list)), [])
        return values, names if len(names) == len(values) else list(values)
    branches = schema.get("oneOf") or schema.get("anyOf")
    if not isinstance(branches, list) or not all(isinstance(each, Mapping) and "const" in each for each in branches):
        return [], []
    return [each["const"] for each in branches], [each.get("title", each["const"]) for each in branches]


def _labelled(values: Sequence[Any], names: Sequence[Any]) -> tuple[Choice, ...]:
    """Give every value a label of its own; () where a value cannot have one."""
    found: dict[str, Choice] = {}
    for value, name in zip(values, names, strict=True):
        if isinstance(value, dict | list):
            return ()
        label = _one_line(_text(name)) or "(empty)"
        if label.casefold() == "none":  # reserved: GitHub writes it where nothing was chosen
            label = f"({label})"
        if label.casefold() in found:
            label = f"{label} ({_one_line(_text(value))})"
        if label.casefold() in found:
            return ()
        found[label.casefold()] = Choice(label, value)
    return tuple(found.values())


def _heading(field: Field, taken: set[str]) -> str:
    """Return a heading that no other field has; "" where there is none."""
    title = _one_line(field.title).strip("# ")
    for heading in (title, f"{title} ({_one_line(field.name)})"):
        short = heading[:_LONGEST_LABEL].strip()
        if short and short.casefold() not in taken:
            return "" if _FORBIDDEN_LABEL.search(short) else short
    return ""


def _id(name: str, taken: set[str]) -> str:
    """Return the field's name in the letters that ids may have."""
    base = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "field"
    id, number = base, 2
    while id in taken:
        id, number = f"{base}-{number}", number + 1
    return id


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _one_line(text: str) -> str:
    return " ".join(text.split())
