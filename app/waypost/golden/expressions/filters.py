"""All filters of a template in one registry, with the few that are about numbers, defaults and JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from waypost.golden.expressions import numbers
from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import to_number, to_string
from waypost.golden.expressions.json_text import json_or_undefined
from waypost.golden.expressions.list_filters import LIST_FILTERS
from waypost.golden.expressions.methods import argument
from waypost.golden.expressions.text_filters import TEXT_FILTERS
from waypost.golden.expressions.values import UNDEFINED, is_number, is_truthy
from waypost.golden.expressions.web_filters import WEB_FILTERS


def _abs(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    return numbers.whole(abs(numbers.double(to_number(value, budget))))


def _default(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    """Take the other value for undefined, or for anything falsy when the second argument is true."""
    if is_truthy(argument(arguments, 1)):
        return value if is_truthy(value) else argument(arguments, 0)
    return argument(arguments, 0) if value is UNDEFINED else value


def _dump(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    given = argument(arguments, 0)
    indent: int | str | None = given if isinstance(given, str) else None
    if is_number(given) and given > 0:
        indent = int(min(10, given))
    return json_or_undefined(value, indent, budget)


def _float(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    parsed = numbers.parse_float(to_string(value, budget))
    return argument(arguments, 0) if parsed != parsed else parsed


def _int(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    given = argument(arguments, 1)
    base = 10 if given is UNDEFINED else numbers.to_integer(to_number(given, budget))
    parsed = numbers.parse_int(to_string(value, budget), base)
    return argument(arguments, 0) if parsed != parsed else parsed


def _round(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    given, method = argument(arguments, 0), argument(arguments, 1)
    factor = numbers.power(10, to_number(given, budget) if is_truthy(given) else 0)
    rounded = {"ceil": numbers.ceil, "floor": numbers.floor}.get(
        method if isinstance(method, str) else "", numbers.nearest
    )
    return numbers.divide(rounded(numbers.multiply(to_number(value, budget), factor)), factor)


FILTERS: Final[dict[str, Callable[[Any, Sequence[Any], Budget], Any]]] = {
    **TEXT_FILTERS,
    **LIST_FILTERS,
    **WEB_FILTERS,
    "abs": _abs,
    "d": _default,
    "default": _default,
    "dump": _dump,
    "float": _float,
    "int": _int,
    "round": _round,
}
# Filters whose arguments have names; for all others, named arguments arrive as one more object, as in Nunjucks.
_NAMED: Final = {"int": ("default", "base"), "sort": ("reverse", "case_sensitive", "attribute")}


def placed(name: str, positional: list[Any], keywords: Mapping[str, Any]) -> list[Any]:
    """Put named arguments where the filter looks for them."""
    if name in _NAMED:
        rest = dict(keywords)
        return positional + [rest.get(key, UNDEFINED) for key in _NAMED[name][len(positional) :]]
    return [*positional, {**keywords, "__keywords": True}] if keywords else positional
