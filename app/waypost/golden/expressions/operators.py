"""What the signs and words between two values do. Each is `operator(left, right, budget)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from waypost.golden.expressions import coercion, numbers
from waypost.golden.expressions.budget import Budget


def _numeric(
    operation: Callable[[numbers.Number, numbers.Number], numbers.Number],
) -> Callable[[Any, Any, Budget], Any]:
    def apply(left: Any, right: Any, budget: Budget) -> Any:
        return operation(coercion.to_number(left, budget), coercion.to_number(right, budget))

    return apply


OPERATORS: Final[dict[str, Callable[[Any, Any, Budget], Any]]] = {
    "+": coercion.add,
    "~": coercion.concatenate,
    "-": _numeric(numbers.subtract),
    "*": _numeric(numbers.multiply),
    "/": _numeric(numbers.divide),
    "%": _numeric(numbers.remainder),
    "**": _numeric(numbers.power),
    "==": coercion.loosely_equal,
    "!=": lambda left, right, budget: not coercion.loosely_equal(left, right, budget),
    "===": lambda left, right, budget: coercion.is_same(left, right, budget),
    "!==": lambda left, right, budget: not coercion.is_same(left, right, budget),
    "<": lambda left, right, budget: coercion.order(left, right, budget) < 0,
    "<=": lambda left, right, budget: coercion.order(left, right, budget) <= 0,
    ">": lambda left, right, budget: coercion.order(left, right, budget) > 0,
    ">=": lambda left, right, budget: coercion.order(left, right, budget) >= 0,
    "in": lambda left, right, budget: coercion.contains(right, left, budget),
    "not in": lambda left, right, budget: not coercion.contains(right, left, budget),
}
