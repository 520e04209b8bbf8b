"""The methods of lists that a template may call. They change the list where JavaScript's do, never the caller's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key
from typing import Any, Final

from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import MOST_DEPTH, pay_for_search, strictly_equal, to_integer, to_string
from waypost.golden.expressions.methods import ANY_NUMBER, Method, argument, from_end, whole_argument
from waypost.golden.expressions.records import refuse_cycle
from waypost.golden.expressions.units import spread
from waypost.golden.expressions.values import UNDEFINED

# Names that change a list: a template that mentions one gets its own copy of what it was given.
MUTATING: Final = frozenset(
    "add append clear copyWithin delete fill insert pop push remove reverse set shift sort splice unshift".split()  # noqa: SIM905
)


def _at(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> Any:
    index = whole_argument(arguments, 0, 0, budget)
    index = len(items) + index if index < 0 else index
    return items[index] if 0 <= index < len(items) else UNDEFINED


def _concat(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> list[Any]:
    result = list(items)
    for value in arguments:
        result += value if isinstance(value, list) else [value]
    budget.step(len(result))
    return result


def _flat(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> list[Any]:
    value = argument(arguments, 0)
    depth = 1 if value is UNDEFINED else to_integer(value, budget)
    result: list[Any] = []
    _flatten(items, min(depth, MOST_DEPTH + 1), result, budget)
    return result


def _flatten(items: list[Any], depth: float, result: list[Any], budget: Budget) -> None:
    budget.step(len(items))
    for item in items:
        if isinstance(item, list) and depth > 0:
            _flatten(item, depth - 1, result, budget)
        else:
            result.append(item)


def _includes(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> bool:
    pay_for_search(items, arguments[0], budget)
    start, wanted = from_end(whole_argument(arguments, 1, 0, budget), len(items)), arguments[0]
    return any(strictly_equal(item, wanted) or _both_nan(item, wanted) for item in items[start:])


def _both_nan(left: Any, right: Any) -> bool:
    return isinstance(left, float) and isinstance(right, float) and left != left and right != right


def _index_of(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> int:
    pay_for_search(items, arguments[0], budget)
    start = from_end(whole_argument(arguments, 1, 0, budget), len(items))
    return next((at for at in range(start, len(items)) if strictly_equal(items[at], arguments[0])), -1)


def _last_index_of(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> int:
    pay_for_search(items, arguments[0], budget)
    start = whole_argument(arguments, 1, len(items) - 1, budget)
    start = len(items) + start if start < 0 else min(start, len(items) - 1)
    return next((at for at in range(start, -1, -1) if strictly_equal(items[at], arguments[0])), -1)


def _join(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> str:
    separator = argument(arguments, 0)
    return joined_by(items, "," if separator is UNDEFINED else to_string(separator, budget), budget)


def joined_by(items: Sequence[Any], separator: str, budget: Budget) -> str:
    """Put the texts of items together; null and undefined are empty."""
    budget.step(len(items))
    parts = ["" if item is None or item is UNDEFINED else to_string(item, budget) for item in items]
    budget.make(sum(map(len, parts)) + len(separator) * len(parts))
    return separator.join(parts)


def _slice(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> list[Any]:
    start = from_end(whole_argument(arguments, 0, 0, budget), len(items))
    end = from_end(whole_argument(arguments, 1, len(items), budget), len(items))
    budget.step(max(0, end - start))
    return items[start:end]


def _push(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> int:
    _admit(items, budget, arguments)
    items += arguments
    return len(items)


def _unshift(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> int:
    _admit(items, budget, arguments)
    budget.step(len(items) // 64)
    items[0:0] = arguments
    return len(items)


def _admit(items: list[Any], budget: Budget, values: Sequence[Any]) -> None:
    budget.step(1 + len(values))
    refuse_cycle(items, values, budget)


def _pop(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> Any:
    if arguments and arguments[0] is not UNDEFINED:  # cookiecutter only; elsewhere it takes no argument
        index = whole_argument(arguments, 0, 0, budget)
        index = len(items) + index if index < 0 else index
        return items.pop(index) if 0 <= index < len(items) else UNDEFINED
    return items.pop() if items else UNDEFINED


def _shift(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> Any:
    budget.step(1 + len(items) // 64)
    return items.pop(0) if items else UNDEFINED


def _splice(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> list[Any]:
    if argument(arguments, 0) is UNDEFINED:
        return []
    start = from_end(whole_argument(arguments, 0, 0, budget), len(items))
    count = max(0, whole_argument(arguments, 1, len(items), budget))
    _admit(items, budget, arguments[2:])
    budget.step(len(items) // 16)
    removed = items[start : start + count]
    items[start : start + count] = arguments[2:] if argument(arguments, 1) is not UNDEFINED else []
    return removed


def _sort(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> list[Any]:
    """Sort by text, undefined last."""
    budget.step(len(items) * 2)
    known = [item for item in items if item is not UNDEFINED]
    rest = len(items) - len(known)
    items[:] = sorted(known, key=lambda item: spread(to_string(item, budget))) + [UNDEFINED] * rest
    return items


def _reverse(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> list[Any]:
    budget.step(1 + len(items) // 16)
    items.reverse()
    return items


def _fill(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> list[Any]:
    start = from_end(whole_argument(arguments, 1, 0, budget), len(items))
    end = from_end(whole_argument(arguments, 2, len(items), budget), len(items))
    _admit(items, budget, arguments[:1])
    budget.step(max(0, end - start))
    items[start:end] = [arguments[0]] * max(0, end - start)
    return items


def _copy_within(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> list[Any]:
    target = from_end(whole_argument(arguments, 0, 0, budget), len(items))
    start = from_end(whole_argument(arguments, 1, 0, budget), len(items))
    end = from_end(whole_argument(arguments, 2, len(items), budget), len(items))
    budget.step(1 + len(items))
    moved = items[start:end][: len(items) - target]
    items[target : target + len(moved)] = moved
    return items


def sorted_by(items: list[Any], compare: Any, budget: Budget) -> list[Any]:
    """Sort by a comparison, undefined last, as JavaScript's sort does."""
    known = [item for item in items if item is not UNDEFINED]
    budget.step(6 * len(items) * max(1, len(items).bit_length()))
    return sorted(known, key=cmp_to_key(compare)) + [UNDEFINED] * (len(items) - len(known))


def _append(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> int:
    return _push(items, budget, arguments)


def _insert(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> list[Any]:
    _admit(items, budget, arguments[1:])
    at = from_end(whole_argument(arguments, 0, 0, budget), len(items))
    items.insert(at, arguments[1])
    return []


def _remove(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> list[Any]:
    at = _index_of(items, budget, arguments[:1])
    return [items.pop(at)] if at >= 0 else []


def _count(items: list[Any], budget: Budget, arguments: Sequence[Any]) -> int:
    pay_for_search(items, arguments[0], budget)
    return sum(strictly_equal(item, arguments[0]) for item in items)


LIST_METHODS: Final = {
    "at": Method(_at, 1, 1),
    "concat": Method(_concat, 0, ANY_NUMBER),
    "copyWithin": Method(_copy_within, 1, 3),
    "fill": Method(_fill, 1, 3),
    "flat": Method(_flat, 0, 1),
    "includes": Method(_includes, 1, 2),
    "indexOf": Method(_index_of, 1, 2),
    "join": Method(_join, 0, 1),
    "lastIndexOf": Method(_last_index_of, 1, 2),
    "pop": Method(_pop),
    "push": Method(_push, 0, ANY_NUMBER),
    "reverse": Method(_reverse),
    "shift": Method(_shift),
    "slice": Method(_slice, 0, 2),
    "sort": Method(_sort),
    "splice": Method(_splice, 0, ANY_NUMBER),
    "unshift": Method(_unshift, 0, ANY_NUMBER),
}
# What Python's lists have, for templates of cookiecutter.
COOKIECUTTER_LISTS: Final = {
    "append": Method(_append, 1, 1),
    "count": Method(_count, 1, 1),
    "find": Method(_index_of, 1, 1),
    "index": Method(_index_of, 1, 1),
    "insert": Method(_insert, 2, 2),
    "pop": Method(_pop, 0, 1),
    "remove": Method(_remove, 1, 1),
}
