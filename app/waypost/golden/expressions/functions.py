"""The functions every template may call: range, cycler, joiner. They keep their state inside one rendering."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import add, order
from waypost.golden.expressions.methods import argument
from waypost.golden.expressions.values import UNDEFINED, Function, is_truthy


def builtin_functions(budget: Budget) -> dict[str, Any]:
    """Return the functions for one rendering."""
    return {
        "range": Function("range", lambda arguments: _range(arguments, budget), 0, 3),
        "cycler": Function("cycler", lambda arguments: _cycler(list(arguments)), 0, inf),
        "joiner": Function("joiner", _joiner, 0, 1),
    }


def _range(arguments: Sequence[Any], budget: Budget) -> list[Any]:
    start, stop, step = (argument(arguments, index) for index in range(3))
    if stop is UNDEFINED:
        start, stop, step = 0, start, 1
    elif not is_truthy(step):
        step = 1
    if all(type(value) is int for value in (start, stop, step)) and max(abs(start), abs(stop), abs(step)) < 2**52:
        numbers = range(start, stop, step)
        budget.step(1 + len(numbers) // 2)
        return list(numbers)
    found = []
    before = -1 if order(step, 0, budget) > 0 else 1
    while order(start, stop, budget) == before:
        budget.step(6)
        found.append(start)
        start = add(start, step, budget)
    return found


def _cycler(values: list[Any]) -> Function:
    place = [-1]

    def go_on(arguments: Sequence[Any]) -> Any:
        if not values:
            place[0] = 0
            return UNDEFINED
        place[0] = (place[0] + 1) % len(values)
        return values[place[0]]

    def reset(arguments: Sequence[Any]) -> Any:
        place[0] = -1
        return UNDEFINED

    def members(key: str) -> Any:
        if key == "current":
            return None if place[0] < 0 else argument(values, place[0])
        return {"next": Function("next", go_on), "reset": Function("reset", reset)}.get(key, UNDEFINED)

    return Function("cycler", _not_callable, members=members)


def _not_callable(arguments: Sequence[Any]) -> Any:
    raise ValueError("a cycler is not called itself: use .next()")


def _joiner(arguments: Sequence[Any]) -> Function:
    given = argument(arguments, 0)
    separator = given if is_truthy(given) else ","
    used: list[bool] = []

    def join(_: Sequence[Any]) -> Any:
        if used:
            return separator
        used.append(True)
        return ""

    return Function("joiner", join)
