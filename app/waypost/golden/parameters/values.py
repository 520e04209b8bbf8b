"""Values as JSON knows them, and the places where one does not fit. Judges no schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

Path = tuple[str | int, ...]


class _Missing:
    """What a property is that is not there: JavaScript's undefined."""


MISSING: Any = _Missing()


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where a value does not fit. `schema` is the one that holds the keyword."""

    path: Path
    keyword: str
    expected: Any
    value: Any = field(repr=False)
    schema: Mapping[str, Any] = field(repr=False)
    subject: str = ""  # the property that is missing or not allowed; what is wrong with a pattern


def is_type(name: Any, value: Any) -> bool:
    """Say whether a value is of a type; a type that does not exist allows everything."""
    match name:
        case "string":
            return isinstance(value, str)
        case "number":
            return is_number(value)
        case "integer":
            return is_number(value) and value % 1 == 0
        case "boolean":
            return isinstance(value, bool)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case "null":
            return value is None
        case "date":
            return False
        case _:
            return True


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def is_same(first: Any, second: Any) -> bool:
    """Compare as JSON does: true is not 1, and 1.0 is 1."""
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(is_same, first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(is_same(item, second[key]) for key, item in first.items())
    return first == second and (type(first) is type(second) or is_number(first))
