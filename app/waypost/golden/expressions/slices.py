"""`value[start:stop:step]` as Nunjucks cuts: always a list, with undefined just behind the end."""

from __future__ import annotations

from math import isfinite
from typing import Any

from waypost.golden.expressions import numbers
from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import add, order, property_key, to_number
from waypost.golden.expressions.errors import ExpressionError
from waypost.golden.expressions.properties import own
from waypost.golden.expressions.units import spread
from waypost.golden.expressions.values import UNDEFINED, Function, is_truthy


def slice_of(value: Any, start: Any, stop: Any, step: Any, budget: Budget) -> list[Any]:
    """Cut a list or a text; anything empty gives an empty list."""
    if isinstance(value, Function):
        raise ExpressionError("a function cannot be cut")
    target = value if is_truthy(value) else []
    if isinstance(target, str):
        target = spread(target)
    length = own(target, "length")
    stride = to_number(step, budget)
    if not isfinite(stride) or stride == 0:
        raise ExpressionError("the step of a slice must be a number other than 0")
    ahead = order(step, 0, budget)
    if start is None:
        start = numbers.subtract(to_number(length, budget), 1) if ahead < 0 else 0
    if stop is None:
        stop = -1 if ahead < 0 else length
    elif order(stop, 0, budget) < 0:
        stop = add(stop, length, budget)
    if order(start, 0, budget) < 0:
        start = add(start, length, budget)
    return _collected(target, start, stop, step, length, ahead, budget)


def _collected(target: Any, start: Any, stop: Any, step: Any, length: Any, ahead: float, budget: Budget) -> list[Any]:
    found = []
    index = start
    while not (order(index, 0, budget) < 0 or order(index, length, budget) > 0):
        past = order(index, stop, budget)
        if (ahead > 0 and past >= 0) or (ahead < 0 and past <= 0):
            break
        budget.step(16)
        if type(index) is int and isinstance(target, (list, str)):
            found.append(target[index] if index < len(target) else UNDEFINED)
        else:
            found.append(own(target, property_key(index, budget)))
        index = add(index, step, budget)
    return found
