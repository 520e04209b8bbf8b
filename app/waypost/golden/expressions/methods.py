"""The form of a method of a text, list or number. Holds none itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any, NamedTuple

from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import to_integer
from waypost.golden.expressions.values import UNDEFINED

ANY_NUMBER = inf


class Method(NamedTuple):
    """`call(receiver, budget, arguments)`, and how many arguments it takes."""

    call: Callable[[Any, Budget, Sequence[Any]], Any]
    least: int = 0
    most: float = 0


def argument(arguments: Sequence[Any], index: int) -> Any:
    """Return an argument, undefined where it was not given."""
    return arguments[index] if index < len(arguments) else UNDEFINED


def whole_argument(arguments: Sequence[Any], index: int, default: int, budget: Budget) -> int:
    """Return an argument as a whole number, bounded so that it can be an index."""
    value = argument(arguments, index)
    if value is UNDEFINED:
        return default
    return int(max(-(2**53), min(2**53, to_integer(value, budget))))


def from_end(index: int, length: int) -> int:
    """Read an index as `slice` does: negative counts from the end, all of it stays inside."""
    return max(length + index, 0) if index < 0 else min(index, length)
