"""The tests of `value is name(arguments)`. The registry says how many arguments each takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from waypost.golden.expressions import numbers
from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import order, strictly_equal, to_number
from waypost.golden.expressions.errors import ExpressionError
from waypost.golden.expressions.regexes import Regex
from waypost.golden.expressions.values import UNDEFINED, Function, Safe, is_number, is_truthy, kind


class Test(NamedTuple):
    """`judge(value, arguments, budget)`."""

    judge: Callable[[Any, Sequence[Any], Budget], bool]
    arguments: int = 0


def _is_iterable(value: Any, arguments: Sequence[Any], budget: Budget) -> bool:
    if value is UNDEFINED or value is None:
        raise ExpressionError(f'the test "iterable" needs a value, not {kind(value)}')
    return isinstance(value, (str, Safe, list))


def _is_case(value: Any, changed: Callable[[str], str]) -> bool:
    if isinstance(value, Safe):
        return False
    if not isinstance(value, str):
        raise ExpressionError(f"the test needs a text, not {kind(value)}")
    return changed(value) == value


def _rest(value: Any, by: Any, budget: Budget) -> numbers.Number:
    return numbers.remainder(to_number(value, budget), to_number(by, budget))


def _compared(judge: Callable[[float], bool]) -> Test:
    return Test(lambda value, arguments, budget: judge(order(value, arguments[0], budget)), 1)


_SAME: Final = Test(lambda value, arguments, budget: strictly_equal(value, arguments[0]), 1)
_GREATER: Final = _compared(lambda between: between > 0)
_LESS: Final = _compared(lambda between: between < 0)
TESTS: Final[dict[str, Test]] = {
    "callable": Test(lambda value, arguments, budget: isinstance(value, Function)),
    "defined": Test(lambda value, arguments, budget: value is not UNDEFINED),
    "divisibleby": Test(lambda value, arguments, budget: _rest(value, arguments[0], budget) == 0, 1),
    "eq": _SAME,
    "equalto": _SAME,
    "escaped": Test(lambda value, arguments, budget: isinstance(value, Safe)),
    "even": Test(lambda value, arguments, budget: _rest(value, 2, budget) == 0),
    "falsy": Test(lambda value, arguments, budget: not is_truthy(value)),
    "ge": _compared(lambda between: between >= 0),
    "greaterthan": _GREATER,
    "gt": _GREATER,
    "iterable": Test(_is_iterable),
    "le": _compared(lambda between: between <= 0),
    "lessthan": _LESS,
    "lower": Test(lambda value, arguments, budget: _is_case(value, str.lower)),
    "lt": _LESS,
    "mapping": Test(lambda value, arguments, budget: isinstance(value, (dict, Safe, Regex))),
    "ne": Test(lambda value, arguments, budget: not strictly_equal(value, arguments[0]), 1),
    "null": Test(lambda value, arguments, budget: value is None),
    "number": Test(lambda value, arguments, budget: is_number(value)),
    "odd": Test(lambda value, arguments, budget: _rest(value, 2, budget) == 1),
    "sameas": _SAME,
    "string": Test(lambda value, arguments, budget: isinstance(value, str)),
    "truthy": Test(lambda value, arguments, budget: is_truthy(value)),
    "undefined": Test(lambda value, arguments, budget: value is UNDEFINED),
    "upper": Test(lambda value, arguments, budget: _is_case(value, str.upper)),
}
