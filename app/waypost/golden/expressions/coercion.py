"""How values become text, numbers and each other's equals, as in JavaScript. Refuses functions and endless nesting."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from waypost.golden.expressions import numbers
from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.errors import BudgetExceeded, ExpressionError
from waypost.golden.expressions.regexes import Regex
from waypost.golden.expressions.units import spread
from waypost.golden.expressions.values import UNDEFINED, Function, Safe

MOST_DEPTH = 120  # of lists in lists; the engine of Backstage allows 256
_TOO_DEEP = f"a value is nested more than {MOST_DEPTH} levels deep"


def to_text(value: Any, budget: Budget | None = None) -> str:
    """Show a value as `${{ }}` does: undefined and null are empty, a list is its items with commas."""
    if type(value) is str:
        return value
    if value is None or value is UNDEFINED:
        return ""
    return to_string(value, budget or Budget())


def to_string(value: Any, budget: Budget) -> str:
    """Convert as JavaScript's `String(value)` does."""
    if type(value) is str:
        return value
    if isinstance(value, list):
        return _listed(value, budget, 0)
    return _simple(value)


def _simple(value: Any) -> str:
    """Show what is not a list."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return numbers.text_of(value)
    if isinstance(value, Safe):
        return value.value
    if value is None:
        return "null"
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, Regex):
        return value.text()
    if isinstance(value, dict):
        value = next((item for item in value.values() if isinstance(item, Function)), value)
        if isinstance(value, dict):
            return "[object Object]"
    if isinstance(value, Function):
        raise ExpressionError(f"{value.name} is a function and has no text", fix=f"Call it: {value.name}().")
    raise ExpressionError(f"a value of type {type(value).__name__} cannot be used in a template")


def _listed(items: list[Any], budget: Budget, depth: int) -> str:
    if depth > MOST_DEPTH:
        raise BudgetExceeded(_TOO_DEEP)
    budget.step(2 * len(items))
    parts = []
    letters = 0
    for item in items:
        if item is None or item is UNDEFINED:
            shown = ""
        elif isinstance(item, list):
            shown = _listed(item, budget, depth + 1)
        else:
            shown = _simple(item)
        letters += len(shown) + 1
        parts.append(shown)
    budget.make(letters)
    return ",".join(parts)


def to_primitive(value: Any, budget: Budget) -> Any:
    """Reduce to text, number, boolean, null or undefined."""
    if value is None or value is UNDEFINED or isinstance(value, (str, int, float)):
        return value
    return to_string(value, budget)


def to_number(value: Any, budget: Budget) -> numbers.Number:
    """Convert as JavaScript's `Number(value)` does."""
    if type(value) is int or type(value) is float:
        return value
    value = to_primitive(value, budget)
    if isinstance(value, str):
        return numbers.number_of(value)
    if value is UNDEFINED:
        return math.nan
    if value is None:
        return 0
    return int(value) if isinstance(value, bool) else value


def to_integer(value: Any, budget: Budget) -> numbers.Number:
    """Convert to a whole number or an infinity."""
    return numbers.to_integer(to_number(value, budget))


def strictly_equal(left: Any, right: Any) -> bool:
    """Compare as `===` does: no conversion, lists and records by identity."""
    if left is right:
        return not (isinstance(left, float) and left != left)
    if isinstance(left, str):
        return isinstance(right, str) and left == right
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    if isinstance(left, (int, float)):
        return isinstance(right, (int, float)) and left == right
    return False


def is_same(left: Any, right: Any, budget: Budget) -> bool:
    """Compare as `===` does, and pay for long texts."""
    if isinstance(left, str):
        budget.read(len(left))
    return strictly_equal(left, right)


def pay_for_search(items: Sequence[Any], wanted: Any, budget: Budget) -> None:
    """Pay for comparing every item with a value."""
    letters = len(wanted) if isinstance(wanted, str) else 0
    budget.step(len(items) * (1 + letters // 64))


def loosely_equal(left: Any, right: Any, budget: Budget) -> bool:
    """Compare as `==` does: null equals undefined, text and booleans meet numbers as numbers."""
    if is_same(left, right, budget):
        return True
    is_left, is_right = _is_primitive(left), _is_primitive(right)
    if not is_left and not is_right:
        return False
    left, right = to_primitive(left, budget), to_primitive(right, budget)
    if left is None or left is UNDEFINED or right is None or right is UNDEFINED:
        return (left is None or left is UNDEFINED) and (right is None or right is UNDEFINED)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return to_number(left, budget) == to_number(right, budget)


def _is_primitive(value: Any) -> bool:
    return value is None or value is UNDEFINED or isinstance(value, (str, int, float))


def order(left: Any, right: Any, budget: Budget) -> float:
    """Compare as `<` does: -1, 0, 1, or NaN where there is no order. Two texts compare by their letters."""
    left, right = to_primitive(left, budget), to_primitive(right, budget)
    if isinstance(left, str) and isinstance(right, str):
        if not (left.isascii() and right.isascii()):
            left, right = spread(left), spread(right)
        budget.read(min(len(left), len(right)))
        return int(left > right) - int(left < right)
    first, second = to_number(left, budget), to_number(right, budget)
    if first != first or second != second:
        return math.nan
    return int(first > second) - int(first < second)


def add(left: Any, right: Any, budget: Budget) -> Any:
    """Apply `+`: numbers add up, anything with a text is put together."""
    left, right = to_primitive(left, budget), to_primitive(right, budget)
    if isinstance(left, str) or isinstance(right, str):
        return concatenate(left, right, budget)
    return numbers.whole(numbers.double(to_number(left, budget)) + numbers.double(to_number(right, budget)))


def concatenate(left: Any, right: Any, budget: Budget) -> str:
    """Apply `~`: put two texts together."""
    first, second = to_string(left, budget), to_string(right, budget)
    budget.make(len(first) + len(second))
    return first + second


def property_key(value: Any, budget: Budget) -> str:
    """Convert to the name of a property."""
    return to_string(value, budget)


def contains(container: Any, wanted: Any, budget: Budget) -> bool:
    """Apply `in`: part of a text, item of a list, key of a record."""
    if isinstance(container, str):
        budget.read(len(container))
        return to_string(wanted, budget) in container
    if isinstance(container, list):
        pay_for_search(container, wanted, budget)
        return any(strictly_equal(item, wanted) for item in container)
    if isinstance(container, dict):
        return property_key(wanted, budget) in container
    if isinstance(container, Safe):
        return property_key(wanted, budget) in ("length", "val")
    raise ExpressionError(
        '"in" needs a text, a list or an object on its right',
        fix="Give the value a default first: (values.list or []).",
    )
