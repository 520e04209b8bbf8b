"""What a template asks for, field by field, as its pages say it. Validates no value: `waypost.golden.parameters` does.

Only the top level counts: a field is what a template reads as `parameters.name`. Those that a page shows depending on
other answers (dependencies, oneOf, if/then) are conditional.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from waypost.catalog.explain import pointer
from waypost.golden.parameters import is_secret
from waypost.golden.template import Template

_BRANCHES = ("allOf", "anyOf", "oneOf")  # lists of schemas
_MAPPINGS = ("dependencies", "dependentSchemas")  # schemas by the field they depend on
_CONDITIONS = ("then", "else")  # what stands in `if` is asked elsewhere
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `schema` is {} where a page says nothing about it but that it is there."""

    name: str
    schema: Mapping[str, Any] = field(default_factory=dict)
    pointer: str = ""  # where it stands in the template
    is_required: bool = False
    is_conditional: bool = False

    @property
    def title(self) -> str:
        title = self.schema.get("title")
        return title if isinstance(title, str) and title.strip() else self.name

    @property
    def picker(self) -> str:
        """Its ui:field, "" where it has none."""
        return str(self.schema.get("ui:field") or "")

    @property
    def widget(self) -> str:
        return str(self.schema.get("ui:widget") or self.options.get("widget") or "")

    @property
    def options(self) -> Mapping[str, Any]:
        options = self.schema.get("ui:options")
        return options if isinstance(options, Mapping) else {}

    @property
    def is_secret(self) -> bool:
        return is_secret(self.schema)

    @property
    def type(self) -> str:
        """Its JSON type; "" where it is not said or there are several."""
        said = self.schema.get("type")
        listed = said if isinstance(said, list) else [said]
        types = [each for each in listed if isinstance(each, str) and each != "null"]
        if not types and isinstance(choices := self.schema.get("enum"), list) and choices:
            types = sorted({_type_of(choice) for choice in choices})
        return types[0] if len(types) == 1 else ""


def fields(template: Template) -> tuple[Field, ...]:
    """Return the fields in the order of the form, each once: what is asked unconditionally first hides the rest."""
    found: dict[str, Field] = {}
    for each in every(template):
        known = found.get(each.name)
        if known is None or (known.is_conditional and not each.is_conditional):
            found[each.name] = each
    return tuple(found.values())


def every(template: Template) -> Iterator[Field]:
    """Yield what the pages say of fields, as often as they say it."""
    for place, page in _pages(template):
        yield from _of_page(page, place, False, 0)


def secrets(template: Template) -> tuple[Field, ...]:
    """Return the fields whose values are secret, and those of spec.secrets."""
    declared = _of_page(template.secrets, ("spec", "secrets", "schema"), False, 0)
    return (*(each for each in fields(template) if each.is_secret), *declared)


def _pages(template: Template) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    written = _written(template)
    for number, page in enumerate(template.pages):
        yield ("spec", "parameters") if isinstance(written, Mapping) else ("spec", "parameters", number), page


def _written(template: Template) -> Any:
    documents = template.parsed.documents
    value = documents[0].value if documents else None
    spec = value.get("spec") if isinstance(value, Mapping) else None
    return spec.get("parameters") if isinstance(spec, Mapping) else None


def _of_page(schema: Any, place: tuple[str | int, ...], is_conditional: bool, depth: int) -> Iterator[Field]:
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return
    required = schema.get("required")
    names = set(map(str, required)) if isinstance(required, list) else set()
    properties = schema.get("properties")
    for name, value in properties.items() if isinstance(properties, Mapping) else ():
        known = value if isinstance(value, Mapping) else {}
        spot = pointer((*place, "properties", name))
        yield Field(name, known, spot, name in names and not is_conditional, is_conditional)
    for key in _BRANCHES:
        branches = schema.get(key)
        for number, branch in enumerate(branches if isinstance(branches, list) else ()):
            yield from _of_page(branch, (*place, key, number), True, depth + 1)
    for key in _MAPPINGS:
        branches = schema.get(key)
        for name, branch in branches.items() if isinstance(branches, Mapping) else ():
            yield from _of_page(branch, (*place, key, name), True, depth + 1)
    for key in _CONDITIONS:
        yield from _of_page(schema.get(key), (*place, key), True, depth + 1)


def _type_of(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "string" if isinstance(value, str) else "object"
