"""Names in the expressions of a template: are they there when they are read? And is what is asked for ever read?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from waypost.catalog.explain import quote
from waypost.catalog.problems import Problem, Severity
from waypost.golden.checks.around import Around, Spot, did_you_mean, inside, texts
from waypost.golden.checks.language import IN_CONDITIONS, functions
from waypost.golden.fields import Field
from waypost.golden.parameters.schema import violations
from waypost.golden.resolve import PICKERS

# What Backstage hands to the texts of a step: NunjucksWorkflowRunner's context.
ROOTS = ("parameters", "steps", "user", "secrets", "each", "context", "environment")
_FIELD_EXTENSIONS = frozenset({*PICKERS, "Secret", "RepoBranchPicker"})


def expressions_can_be_read(around: Around) -> Iterator[Problem]:
    for spot in around.spots:
        for error in spot.reading.errors:
            message = f"{place(spot)}: {error.message}"
            problem = around.problem("expression-invalid", spot.path, message, error.fix)
            yield inside(problem, spot.text, error)


def roots_are_known(around: Around) -> Iterator[Problem]:
    hyphened = [step.id for step in around.template.steps if "-" in step.id]
    for spot in around.spots:
        subtracted = {id for id in hyphened if re.search(rf"\bsteps\.{re.escape(id)}\b", spot.text)}
        for path in sorted(path for path in spot.names if path[0] not in ROOTS):
            message = f'{place(spot)}: "{path[0]}" means nothing here'
            fix = did_you_mean(path[0], ROOTS) or f"Known here: {', '.join(ROOTS)}."
            fix = next((f"Write steps['{id}']." for id in sorted(subtracted) if path[0] in id.split("-")), fix)
            fix = f"Write parameters.{path[0]}." if path[0] in around.fields else fix
            yield around.problem("name-undefined", spot.path, message, fix, spot.severity(path))
        if spot.part != "if" and functions(spot.text) & set(IN_CONDITIONS):
            message = f"{place(spot)}: always() and failure() are known in the if of a step only"
            yield around.problem("name-undefined", spot.path, message, "Move it there.")
        if "each" in {path[0] for path in spot.names} and not _has_each(around, spot):
            message = f'{place(spot)}: "each" means nothing in a step without each'
            yield around.problem("name-undefined", spot.path, message, "Add each: to the step, a list to go through.")


def parameters_are_asked_for(around: Around) -> Iterator[Problem]:
    if _has_unseen_fields(around):
        return
    named = _named_by_extensions(around)
    for spot, path in around.read("parameters"):
        if len(path) > 1 and path[1] not in around.fields and path[1] not in named:
            fix = did_you_mean(path[1], around.fields) or "Ask for it under spec.parameters."
            message = f'{place(spot)}: no page asks for a parameter "{path[1]}"'
            yield around.problem("parameter-undefined", spot.path, message, fix, spot.severity(path))


def parameters_are_read(around: Around) -> Iterator[Problem]:
    read = {path[1] if len(path) > 1 else "" for _, path in around.read("parameters")}
    if "" in read or any(spot.reading.errors for spot in around.spots):  # all of them, or who knows
        return
    read |= _read_by_the_form(around.template.pages) | _named_by_extensions(around)
    for field in around.fields.values():
        is_of_use = field.is_secret or _is_extension(field) or field.schema.get("type") == "null"
        if field.name not in read and not is_of_use:
            message = f'nothing reads the parameter "{field.name}"'
            fix = "Use it in a step, or stop asking for it."
            yield around.problem("parameter-unused", _steps(field.pointer), message, fix, Severity.WARNING)


def required_parameters_exist(around: Around) -> Iterator[Problem]:
    if _has_unseen_fields(around):
        return
    for number, page in zip(count(), around.template.pages):
        required = page.get("required")
        for place, name in enumerate(required if isinstance(required, list) else ()):
            if name not in around.fields:
                fix = did_you_mean(name, around.fields) or "Correct the name, or add the property."
                message = f'required: the template does not ask for "{name}"'
                path = ("spec", "parameters", number, "required", place)
                yield around.problem("parameter-required", path, message, fix, Severity.WARNING)


def defaults_fit(around: Around) -> Iterator[Problem]:
    for field in around.fields.values():
        default = field.schema.get("default")
        if default in (None, "") or not violations(field.schema, default, around.template.pages):
            continue
        message = f"{field.name}: the default {quote(default)} is not an answer that the field allows"
        path = [*_steps(field.pointer), "default"]
        yield around.problem("parameter-default", path, message, "Correct one of them.", Severity.WARNING)


def pickers_are_known(around: Around) -> Iterator[Problem]:
    for field in around.fields.values():
        if _is_extension(field):
            message = f'{field.name}: "{field.picker}" is a field that Waypost does not know'
            fix = did_you_mean(field.picker, _FIELD_EXTENSIONS) or "What is answered is checked by its type only."
            path = [*_steps(field.pointer), "ui:field"]
            yield around.problem("picker-unknown", path, message, fix, Severity.NOTE)


def place(spot: Spot) -> str:
    """Say where in a step a text stands, as people say it."""
    parts = spot.path[3:] if spot.step >= 0 else spot.path[1:]
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _has_each(around: Around, spot: Spot) -> bool:
    return spot.step >= 0 and spot.part != "each" and around.template.steps[spot.step].each is not None


def _steps(pointer: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _is_extension(field: Field) -> bool:
    return bool(field.picker) and field.picker not in _FIELD_EXTENSIONS


def _named_by_extensions(around: Around) -> set[str]:
    """Return what the options of unknown fields name: such fields may read and fill in others."""
    found = [text for field in around.fields.values() if _is_extension(field) for _, text in texts(field.options)]
    return {text.partition(".")[0] for text in found}


def _has_unseen_fields(around: Around) -> bool:
    """Say whether the pages say elsewhere what they ask for: a $ref, or Backstage's $yaml."""
    return any(key.startswith("$") for page in around.template.pages for key in _keys(page))


def _keys(value: object) -> Iterator[str]:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            yield from item
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


def _read_by_the_form(pages: object) -> set[str]:
    """Return the fields that decide what else is asked: the form itself reads those."""
    found: set[str] = set()
    pending = [pages]
    while pending:
        item = pending.pop()
        if isinstance(item, list | tuple):
            pending.extend(item)
        elif isinstance(item, dict):
            for key in ("dependencies", "dependentSchemas"):
                found |= set(item[key]) if isinstance(item.get(key), dict) else set()
            condition = item.get("if")
            if isinstance(condition, dict) and isinstance(condition.get("properties"), dict):
                found |= set(condition["properties"])
            pending.extend(item.values())
    return found
