"""What a loop goes over and what it tells about itself. Renders nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from waypost.golden.expressions import units
from waypost.golden.expressions.coercion import to_number
from waypost.golden.expressions.errors import ExpressionError
from waypost.golden.expressions.numbers import subtract
from waypost.golden.expressions.records import items_of
from waypost.golden.expressions.scope import Env
from waypost.golden.expressions.values import UNDEFINED, Safe, kind


def loop_record(index: int, length: Any, count: Any) -> dict[str, Any]:
    rest = count - index if type(count) is int else subtract(count, index)
    return {
        "index": index + 1,
        "index0": index,
        "revindex": rest,
        "revindex0": rest - 1,
        "first": index == 0,
        "last": index == count - 1,
        "length": length,
    }


def iterated(value: Any, targets: int, env: Env) -> tuple[bool, Any, Iterable[Any]]:
    """Return whether it is an array to the loop, its length as the loop sees it, and its items."""
    if isinstance(value, list):
        return True, len(value), value
    if isinstance(value, (str, Safe)):
        text = value if isinstance(value, str) else value.value
        letters = list(units.spread(text))
        env.budget.step(len(letters))
        if targets > 1 and isinstance(value, str):
            return False, len(letters), [[str(index), letter] for index, letter in enumerate(letters)]
        return isinstance(value, Safe), len(letters), letters
    if isinstance(value, dict):
        env.budget.step(len(value))
        if targets > 1:
            return False, len(value), [[key, item] for key, item in items_of(value)]
        length = value.get("length", UNDEFINED)
        return False, length, _indexed(value, to_number(length, env.budget))
    return False, UNDEFINED if targets == 1 else 0, ()


def _indexed(record: dict[str, Any], length: float) -> Iterable[Any]:
    index = 0
    while index < length:
        yield record.get(str(index), UNDEFINED)
        index += 1


def bind_parts(item: Any, slots: Sequence[int], targets: Sequence[str], is_array: bool, env: Env, offset: int) -> None:
    if item is UNDEFINED or item is None:
        raise ExpressionError(f"cannot take {len(slots)} values from {kind(item)}", offset=offset)
    for index, slot in enumerate(slots):
        if not is_array and index > 1:
            return
        value = _part(item, index)
        env.slots[slot] = value
        if not is_array:
            env.scope.names[targets[index]] = value


def _part(item: Any, index: int) -> Any:
    if isinstance(item, str):
        item = units.spread(item)
    if isinstance(item, (list, str)):
        return item[index] if index < len(item) else UNDEFINED
    return item.get(str(index), UNDEFINED) if isinstance(item, dict) else UNDEFINED
