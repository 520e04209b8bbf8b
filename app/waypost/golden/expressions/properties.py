"""What `value.name` and `value[key]` give: own entries and known methods. Never an attribute of a Python object."""

from __future__ import annotations

from functools import partial
from typing import Any

from waypost.golden.expressions import units
from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import to_number
from waypost.golden.expressions.list_methods import LIST_METHODS
from waypost.golden.expressions.number_methods import NUMBER_METHODS
from waypost.golden.expressions.records import is_index
from waypost.golden.expressions.regexes import Regex
from waypost.golden.expressions.string_methods import REGEX_METHODS, STRING_METHODS
from waypost.golden.expressions.values import RESERVED, UNDEFINED, Function, Safe


def member(target: Any, key: str, budget: Budget) -> Any:
    """Read a property; whatever has none gives undefined, however deep."""
    if isinstance(target, dict):
        return UNDEFINED if key in RESERVED else target.get(key, UNDEFINED)
    if target is UNDEFINED or target is None:
        return UNDEFINED
    if isinstance(target, str):
        budget.read(len(target))
    value = own(target, key)
    if value is not UNDEFINED or isinstance(target, bool):
        return value
    return _method(target, key, budget)


def own(target: Any, key: str) -> Any:
    """Read an entry, an item, a letter, or the length; no methods."""
    if isinstance(target, dict):
        return UNDEFINED if key in RESERVED else target.get(key, UNDEFINED)
    if isinstance(target, list):
        if key == "length":
            return len(target)
        return target[int(key)] if is_index(key) and int(key) < len(target) else UNDEFINED
    if isinstance(target, str):
        return _of_text(target, key)
    if isinstance(target, Safe):
        return target.value if key == "val" else _of_text(target.value, key)
    if isinstance(target, Function):
        return target.members(key) if target.members else UNDEFINED
    return UNDEFINED


def has_own(target: Any, key: str) -> bool:
    """Say whether an entry exists, even one that is undefined."""
    if isinstance(target, dict):
        return key in target and key not in RESERVED
    return own(target, key) is not UNDEFINED or (isinstance(target, list) and is_index(key) and int(key) < len(target))


def length_of(value: Any) -> Any:
    """Return `.length` as texts and lists have it, and records only when somebody wrote it."""
    if isinstance(value, (list, dict, str, Safe)):
        return own(value, "length")
    return UNDEFINED


def array_like(record: dict[str, Any], budget: Budget) -> list[Any]:
    """Read a record as a list, as JavaScript does with anything that has a `length`."""
    count = to_number(record.get("length", UNDEFINED), budget)
    if count != count or count <= 0:
        return []
    budget.step(int(min(count, 2**53)))
    return [record.get(str(index), UNDEFINED) for index in range(-int(-count // 1))]


def _of_text(text: str, key: str) -> Any:
    if key == "length":
        return units.length(text)
    if not is_index(key):
        return UNDEFINED
    text = units.spread(text)
    return text[int(key)] if int(key) < len(text) else UNDEFINED


def _method(target: Any, key: str, budget: Budget) -> Any:
    if isinstance(target, Safe):
        target = target.value
    if isinstance(target, str):
        methods = STRING_METHODS
    elif isinstance(target, list):
        methods = LIST_METHODS
    elif isinstance(target, (int, float)):
        methods = NUMBER_METHODS
    elif isinstance(target, Regex):
        methods = REGEX_METHODS
    else:
        return UNDEFINED
    method = methods.get(key)
    return Function(key, partial(method.call, target, budget), method.least, method.most) if method else UNDEFINED
