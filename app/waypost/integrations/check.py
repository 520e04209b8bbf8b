"""What is wrong with a file that describes a tool, each at its line: by schemas/integration.schema.json. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from waypost.catalog import schema
from waypost.catalog.documents import Parsed, parse
from waypost.catalog.explain import did_you_mean, dotted, pointer, quote
from waypost.catalog.problems import Problem
from waypost.catalog.schema import SchemaError
from waypost.integrations.tools import parse_integration

_STEM = "integration"
_FIX = "See schemas/integration.schema.json for what an integration may hold."
_WORDS = {"string": "text", "object": "a mapping", "array": "a list", "boolean": "true or false"}


def check(text: str) -> tuple[Problem, ...]:
    """Judge one file; none: it is taken as it is."""
    parsed = parse(text)
    broken = [*parsed.problems, *(problem for document in parsed.documents for problem in document.problems)]
    if broken:
        return tuple(sorted(broken))
    value = parsed.documents[0].value if parsed.documents else None
    if isinstance(value, Mapping) and not schema.is_valid(_STEM, value):
        errors = (problem for error in schema.errors(_STEM, value) for problem in _explained(error, value))
        if found := {_at(parsed, path, message, fix) for path, message, fix in errors}:
            return tuple(sorted(found))
    try:
        parse_integration(text)
    except ValueError as error:
        return (_problem(str(error), _FIX),)
    return ()


def _explained(error: SchemaError, value: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Yield place, message and fix for what does not fit."""
    at = f"{dotted(error.path)}: " if error.path else ""
    match error.keyword:
        case "additionalProperties" if isinstance(error.value, Mapping):
            known = _known(error)
            for name in sorted(map(str, error.value)):
                if name not in known:
                    fix = did_you_mean(name, known).strip() or f"Known here: {', '.join(known)}."
                    yield (*error.path, name), f'{at}there is no field "{name}"', fix
        case "required":
            yield error.path, f"{at}{error.subject} is missing", _FIX
        case "type":
            wanted = _WORDS.get(str(error.expected), str(error.expected))
            yield error.path, f"{at}{quote(error.value)} must be {wanted}", _FIX
        case "enum":
            known = [str(one) for one in error.expected]
            fix = did_you_mean(error.value, known).strip() or f"Write one of {', '.join(known)}."
            yield error.path, f"{at}{quote(error.value)} is not known", fix
        case _:
            yield error.path, f"{at}{quote(error.subject or error.value)} does not have the right form", _FIX


def _known(error: SchemaError) -> list[str]:
    """Return the fields that may stand where one too many stands."""
    whole = schema.schemas()[_STEM]
    inner = {"annotations": whole["$defs"]["annotation"], "state": whole["properties"]["state"]}
    return sorted((inner.get(str(error.path[0]), {}) if error.path else whole).get("properties", ()))


def _at(parsed: Parsed, path: tuple[str | int, ...], message: str, fix: str) -> Problem:
    place = pointer(path)
    line, column = parsed.position(0, place)
    return replace(_problem(message, fix), line=line, column=column, path=place)


def _problem(message: str, fix: str) -> Problem:
    return Problem(line=1, column=1, id="integration-form", message=message, fix=fix)
