"""The methods of numbers that a template may call."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any, Final

from waypost.golden.expressions import numbers
from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import to_integer
from waypost.golden.expressions.errors import ExpressionError
from waypost.golden.expressions.methods import Method, argument
from waypost.golden.expressions.values import UNDEFINED


def _digits(name: str, arguments: Sequence[Any], least: int, most: int, budget: Budget) -> int | None:
    budget.step(20)
    value = argument(arguments, 0)
    if value is UNDEFINED:
        return None
    count = to_integer(value, budget)
    if not least <= count <= most:
        raise ExpressionError(f"{name} takes a number from {least} to {most}")
    return int(count)


def _to_fixed(value: numbers.Number, budget: Budget, arguments: Sequence[Any]) -> str:
    return numbers.fixed(value, _digits("toFixed", arguments, 0, 100, budget) or 0)


def _to_exponential(value: numbers.Number, budget: Budget, arguments: Sequence[Any]) -> str:
    if not isfinite(value):
        return numbers.text_of(value)
    return numbers.exponential(value, _digits("toExponential", arguments, 0, 100, budget))


def _to_precision(value: numbers.Number, budget: Budget, arguments: Sequence[Any]) -> str:
    if not isfinite(value):
        return numbers.text_of(value)
    digits = _digits("toPrecision", arguments, 1, 100, budget)
    return numbers.text_of(value) if digits is None else numbers.precise(value, digits)


def _to_string(value: numbers.Number, budget: Budget, arguments: Sequence[Any]) -> str:
    return numbers.in_base(value, _digits("toString", arguments, 2, 36, budget) or 10)


NUMBER_METHODS: Final = {
    "toExponential": Method(_to_exponential, 0, 1),
    "toFixed": Method(_to_fixed, 0, 1),
    "toPrecision": Method(_to_precision, 0, 1),
    "toString": Method(_to_string, 0, 1),
}
