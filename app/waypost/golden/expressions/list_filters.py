"""Filters over lists and records. Each is `filter(value, arguments, budget)`; the registry is `filters.FILTERS`.

Where JavaScript takes anything with a `length` for a list, so do these: a record is read by its keys "0", "1", ...
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from zlib import crc32

from waypost.golden.expressions import units
from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import add, order, property_key, strictly_equal, to_number, to_string
from waypost.golden.expressions.errors import ExpressionError, did_you_mean, quoted
from waypost.golden.expressions.json_text import to_json
from waypost.golden.expressions.list_methods import joined_by, sorted_by
from waypost.golden.expressions.methods import argument
from waypost.golden.expressions.numbers import subtract, to_integer
from waypost.golden.expressions.properties import own
from waypost.golden.expressions.records import items_of
from waypost.golden.expressions.sequences import (
    at_path,
    attribute_key,
    attribute_path,
    attributes,
    letters,
    missing,
    needed,
    read_attribute,
    sequence,
)
from waypost.golden.expressions.tests import TESTS
from waypost.golden.expressions.text_filters import text_of
from waypost.golden.expressions.values import RESERVED, UNDEFINED, Safe, is_truthy, kind


def batch(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    items = needed("batch", value, budget)
    size = _positive("batch", arguments, budget)
    rows = [items[at : at + size] for at in range(0, len(items), size)]
    fill = argument(arguments, 1)
    if rows and is_truthy(fill):
        budget.step(size - len(rows[-1]))
        rows[-1] += [fill] * (size - len(rows[-1]))
    return rows


def _positive(name: str, arguments: Sequence[Any], budget: Budget) -> int:
    size = to_integer(to_number(argument(arguments, 0), budget))
    if not 0 < size < 2**53:
        raise ExpressionError(f"{name} needs a whole number above 0")
    return int(size)


def dict_sort(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    if not isinstance(value, dict):
        raise ExpressionError(
            f"dictsort needs an object, not {kind(value)}", fix="Give it a default first: (values.x or {})."
        )
    by = argument(arguments, 1)
    if by is not UNDEFINED and by not in ("key", "value"):
        raise ExpressionError('dictsort sorts by "key" or "value"')
    is_exact, column = is_truthy(argument(arguments, 0)), 1 if by == "value" else 0

    def compare(left: tuple[str, Any], right: tuple[str, Any]) -> int:
        first, second = _folded(left[column], is_exact, True), _folded(right[column], is_exact, True)
        if order(first, second, budget) > 0:
            return 1
        return 0 if strictly_equal(first, second) else -1

    return [list(entry) for entry in sorted_by(list(items_of(value)), compare, budget)]


def _folded(value: Any, is_exact: bool, up: bool = False) -> Any:
    if is_exact or not isinstance(value, (str, Safe)):
        return value
    return text_of(value).upper() if up else text_of(value).lower()


def first(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    return _edge("first", value, 0, budget)


def last(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    return _edge("last", value, -1, budget)


def _edge(name: str, value: Any, index: int, budget: Budget) -> Any:
    if value is UNDEFINED or value is None:
        raise missing(name, value)
    if isinstance(value, list):
        return value[index] if value else UNDEFINED
    if isinstance(value, (str, Safe)):
        text = units.spread(text_of(value))
        return text[index] if text else UNDEFINED
    if not isinstance(value, dict):
        return UNDEFINED
    if index == 0:
        return own(value, "0")
    return own(value, property_key(subtract(to_number(own(value, "length"), budget), 1), budget))


def group_by(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    items = needed("groupby", value, budget)
    path = attribute_path(argument(arguments, 0), budget)
    groups: dict[str, list[Any]] = {}
    for item in items:
        key = property_key(at_path(item, path), budget)
        if key in RESERVED:
            raise ExpressionError(f"the name {quoted(key)} is reserved")
        groups.setdefault(key, []).append(item)
    return groups


def join(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    separator = argument(arguments, 0)
    between = to_string(separator, budget) if is_truthy(separator) else ""
    return joined_by(attributes("join", value, argument(arguments, 1), budget), between, budget)


def length(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    if isinstance(value, (list, dict)):
        return len(value)
    if isinstance(value, (str, Safe)):
        return units.length(text_of(value))
    return 0 if value is UNDEFINED or value is None or value is False else UNDEFINED


def as_list(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    if isinstance(value, list):
        return value
    if isinstance(value, (str, Safe)):
        found = letters(value)
        budget.step(len(found))
        return found
    if isinstance(value, dict):
        budget.step(4 * len(value))
        return [{"key": key, "value": item} for key, item in items_of(value)]
    raise missing("list", value)


def random(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    """Pick an item: always the same one of the same list, because the same values always render the same files."""
    items = needed("random", value, budget)
    if not items:
        return UNDEFINED
    return items[crc32(to_json(items, None, budget).encode("utf-8", "replace")) % len(items)]


def reverse(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    if isinstance(value, (str, Safe)):
        text = units.joined(units.spread(text_of(value))[::-1])
        budget.make(len(text))
        return Safe(text) if isinstance(value, Safe) else text
    items = (sequence(value, budget) or []) if value is not None else []
    budget.step(len(items))
    return items[::-1]


def select(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    return _selected("select", value, arguments, True, budget)


def reject(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    return _selected("reject", value, arguments, False, budget)


def _selected(name: str, value: Any, arguments: Sequence[Any], wanted: bool, budget: Budget) -> list[Any]:
    given = argument(arguments, 0)
    test_name = "truthy" if given is UNDEFINED else to_string(given, budget)
    test = TESTS.get(test_name)
    if not test:
        raise ExpressionError(f"there is no test {quoted(test_name)}", fix=did_you_mean(test_name, TESTS))
    items = needed(name, value, budget)
    if isinstance(value, dict):
        items = [item for index, item in enumerate(items) if str(index) in value]
    if not isinstance(value, (list, str, Safe, dict)):
        return []
    if len(arguments[1:]) != test.arguments:
        raise ExpressionError(f"the test {quoted(test_name)} takes {test.arguments} arguments")
    return [item for item in items if test.judge(item, arguments[1:], budget) is wanted]


def select_attribute(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    return _by_attribute("selectattr", value, arguments, True, budget)


def reject_attribute(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    return _by_attribute("rejectattr", value, arguments, False, budget)


def _by_attribute(name: str, value: Any, arguments: Sequence[Any], wanted: bool, budget: Budget) -> list[Any]:
    if not isinstance(value, list):
        raise missing(name, value)
    key = attribute_key(argument(arguments, 0), budget)
    budget.step(len(value))
    return [item for item in value if is_truthy(read_attribute(item, key)) is wanted]


def cut_up(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    """Cut into so many parts of nearly the same length."""
    if not isinstance(value, (list, str, Safe)):
        raise missing("slice", value)
    count, fill = _positive("slice", arguments, budget), argument(arguments, 1)
    items: Any = value if isinstance(value, list) else units.spread(text_of(value))
    budget.step(2 * count + len(items))
    base, extra = divmod(len(items), count)
    parts: list[Any] = []
    offset = 0
    for index in range(count):
        end = offset + base + (index < extra)
        part = items[offset:end] if isinstance(value, list) else units.joined(items[offset:end])
        offset = end
        if is_truthy(fill) and index >= extra:
            if not isinstance(part, list):
                raise ExpressionError("slice cannot fill up parts of a text")
            part.append(fill)
        parts.append(part)
    return parts


def sort(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    items = sequence(value, budget)
    if items is None:
        return []
    is_reversed, is_exact = is_truthy(argument(arguments, 0)), is_truthy(argument(arguments, 1))
    path = attribute_path(argument(arguments, 2), budget)
    sign = -1 if is_reversed else 1

    def compare(left: tuple[Any, Any], right: tuple[Any, Any]) -> int:
        between = order(left[0], right[0], budget)
        return 0 if between != between else sign * int(between)

    known = [item for item in items if item is not UNDEFINED]
    keyed = (
        [(_folded(at_path(item, path), is_exact), item) for item in known]
        if len(known) > 1
        else [(0, x) for x in known]
    )
    ordered = [item for _, item in sorted_by(keyed, compare, budget)]
    return ordered + [UNDEFINED] * (len(items) - len(known))


def total(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    result: Any = 0
    for item in attributes("sum", value, argument(arguments, 0), budget):
        result = add(result, item, budget)
    start = argument(arguments, 1)
    return add(0 if start is UNDEFINED else start, result, budget)


LIST_FILTERS: dict[str, Callable[[Any, Sequence[Any], Budget], Any]] = {
    "batch": batch,
    "dictsort": dict_sort,
    "first": first,
    "groupby": group_by,
    "join": join,
    "last": last,
    "length": length,
    "list": as_list,
    "random": random,
    "reject": reject,
    "rejectattr": reject_attribute,
    "reverse": reverse,
    "select": select,
    "selectattr": select_attribute,
    "slice": cut_up,
    "sort": sort,
    "sum": total,
}
