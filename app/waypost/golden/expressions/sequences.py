"""What list filters read: items, and attributes of items. A record counts as a list of its keys "0", "1", ..."""

from __future__ import annotations

from typing import Any

from waypost.golden.expressions import units
from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import property_key
from waypost.golden.expressions.errors import ExpressionError, quoted
from waypost.golden.expressions.properties import array_like, has_own, own
from waypost.golden.expressions.text_filters import text_of
from waypost.golden.expressions.values import RESERVED, UNDEFINED, Safe, is_truthy, kind

_DEFAULT = "Give it a default first: (values.list or [])."


def missing(name: str, value: Any) -> ExpressionError:
    return ExpressionError(f"{name} needs a list, not {kind(value)}", fix=_DEFAULT)


def letters(value: Any) -> list[str]:
    return list(units.spread(text_of(value)))


def sequence(value: Any, budget: Budget) -> list[Any] | None:
    """Return the items of a list, text or array-like record; None for what has none."""
    if isinstance(value, list):
        return value
    if isinstance(value, (str, Safe)):
        found = letters(value)
        budget.step(len(found))
        return found
    return array_like(value, budget) if isinstance(value, dict) else None


def needed(name: str, value: Any, budget: Budget) -> list[Any]:
    if value is UNDEFINED or value is None:
        raise missing(name, value)
    items = sequence(value, budget) or []
    budget.step(len(items))
    return items


def attributes(name: str, value: Any, attribute: Any, budget: Budget) -> list[Any]:
    """Return the items, or one attribute of each."""
    if not is_truthy(attribute):
        if not isinstance(value, list):
            raise missing(name, value)
        budget.step(len(value))
        return value
    key = attribute_key(attribute, budget)
    if isinstance(value, Safe):
        if value.value:
            raise ExpressionError(f"{name} cannot read {quoted(key)} of a text")
        return []
    items = sequence(value, budget) or []
    budget.step(len(items))
    return [read_attribute(item, key) for item in items]


def attribute_key(attribute: Any, budget: Budget) -> str:
    key = property_key(attribute, budget)
    if key in RESERVED:
        raise ExpressionError(f"the name {quoted(key)} is reserved")
    return key


def read_attribute(item: Any, key: str) -> Any:
    if item is UNDEFINED or item is None:
        raise ExpressionError(f"cannot read {quoted(key)} of {kind(item)}", fix="Leave empty items out of the list.")
    return own(item, key)


def attribute_path(attribute: Any, budget: Budget) -> list[str]:
    if not is_truthy(attribute):
        return []
    path = attribute.split(".") if isinstance(attribute, str) else [property_key(attribute, budget)]
    return [attribute_key(segment, budget) for segment in path]


def at_path(item: Any, path: list[str]) -> Any:
    for segment in path:
        if item is UNDEFINED or item is None:
            raise ExpressionError(f"cannot read {quoted(segment)} of {kind(item)}")
        if not has_own(item, segment):
            return UNDEFINED
        item = own(item, segment)
    return item
