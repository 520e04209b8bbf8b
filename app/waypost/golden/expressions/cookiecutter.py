"""What `cookiecutterCompat` adds: Python's constants, and the few methods of lists and dictionaries in use."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import to_string
from waypost.golden.expressions.list_methods import COOKIECUTTER_LISTS
from waypost.golden.expressions.methods import Method, argument
from waypost.golden.expressions.properties import has_own, member
from waypost.golden.expressions.records import items_of
from waypost.golden.expressions.values import RESERVED, UNDEFINED, Function

CONSTANTS: Final = {"True": True, "False": False, "None": None}


def _get(record: dict[str, Any], budget: Budget, arguments: Sequence[Any]) -> Any:
    return record.get(to_string(arguments[0], budget), argument(arguments, 1))


def _has_key(record: dict[str, Any], budget: Budget, arguments: Sequence[Any]) -> bool:
    return to_string(arguments[0], budget) in record


def _keys(record: dict[str, Any], budget: Budget, arguments: Sequence[Any]) -> list[Any]:
    budget.step(len(record))
    return [key for key, _ in items_of(record)]


def _values(record: dict[str, Any], budget: Budget, arguments: Sequence[Any]) -> list[Any]:
    budget.step(len(record))
    return [value for _, value in items_of(record)]


def _items(record: dict[str, Any], budget: Budget, arguments: Sequence[Any]) -> list[Any]:
    budget.step(2 * len(record))
    return [[key, value] for key, value in items_of(record)]


_RECORDS: Final = {
    "get": Method(_get, 1, 2),
    "has_key": Method(_has_key, 1, 1),
    "items": Method(_items),
    "keys": Method(_keys),
    "values": Method(_values),
}


def cookiecutter_member(target: Any, key: str, budget: Budget) -> Any:
    """Read a property, with Python's methods where there is none."""
    if has_own(target, key):
        return member(target, key, budget)
    methods = _RECORDS if isinstance(target, dict) else COOKIECUTTER_LISTS if isinstance(target, list) else {}
    method = methods.get(key) if key not in RESERVED else None
    if method:
        return Function(key, partial(method.call, target, budget), method.least, method.most)
    return member(target, key, budget) if not isinstance(target, dict) else UNDEFINED
