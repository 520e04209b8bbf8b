"""Records and lists as templates see them: order of keys, length, copies. Keeps Python's own objects out of reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any

from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.errors import BudgetExceeded, ExpressionError
from waypost.golden.expressions.regexes import Regex
from waypost.golden.expressions.units import written
from waypost.golden.expressions.values import UNDEFINED, Function, Safe

_MOST_DEPTH = 120


def is_index(key: str) -> bool:
    """Say whether JavaScript takes this key for the index of an array: "0", "17", not "01"."""
    return (
        key.isdecimal() and key.isascii() and (key[0] != "0" or key == "0") and len(key) <= 10 and int(key) < 2**32 - 1
    )


def items_of(record: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """List the entries in JavaScript's order: keys that look like an index first, by their size."""
    if not any(isinstance(key, int) or key[:1].isdecimal() for key in record):
        return record.items()
    entries = [(key if isinstance(key, str) else str(key), value) for key, value in record.items()]
    indexed = sorted((entry for entry in entries if is_index(entry[0])), key=lambda entry: int(entry[0]))
    return indexed + [entry for entry in entries if not is_index(entry[0])]


def own(record: dict[str, Any], key: str) -> Any:
    """Read one entry."""
    return record.get(key, UNDEFINED)


def clone(value: Any, budget: Budget) -> Any:
    """Copy lists and records, so that a template may change them; what is one list stays one list."""
    return _clone(value, {}, budget, 0)


def _clone(value: Any, known: dict[int, Any], budget: Budget, depth: int) -> Any:
    if not isinstance(value, (list, dict)):
        return value
    if id(value) in known:
        return known[id(value)]
    _count(value, budget, depth)
    copy: Any
    if isinstance(value, list):
        copy = [_clone(item, known, budget, depth + 1) for item in value]
    else:
        copy = {key: _clone(item, known, budget, depth + 1) for key, item in value.items()}
    known[id(value)] = copy
    return copy


def public(value: Any, budget: Budget) -> Any:
    """Copy a value for the world outside: plain data, without undefined inside, functions refused."""
    return _public(value, budget, 0)


def _public(value: Any, budget: Budget, depth: int) -> Any:
    if isinstance(value, Safe):
        return written(value.value)
    if isinstance(value, str):
        return written(value)
    if isinstance(value, Regex):
        return value.text()
    if isinstance(value, Function):
        raise ExpressionError(f"{value.name} is a function, not a value", fix=f"Call it: {value.name}().")
    if isinstance(value, list):
        _count(value, budget, depth)
        return [None if item is UNDEFINED else _public(item, budget, depth + 1) for item in value]
    if isinstance(value, dict):
        _count(value, budget, depth)
        return {key: _public(item, budget, depth + 1) for key, item in items_of(value) if item is not UNDEFINED}
    if isinstance(value, float) and not isfinite(value):
        return None  # as JSON has it
    return value


def _count(value: list[Any] | dict[str, Any], budget: Budget, depth: int) -> None:
    if depth > _MOST_DEPTH:
        raise BudgetExceeded(f"a value is nested more than {_MOST_DEPTH} levels deep")
    budget.step(2 * len(value) + 1)


def refuse_cycle(owner: Any, values: Iterable[Any], budget: Budget) -> None:
    """Refuse to put a list into itself, at whatever depth."""
    for value in walk(values, budget):
        if value is owner:
            raise ExpressionError("a list cannot contain itself")


def walk(values: Iterable[Any], budget: Budget) -> Iterator[Any]:
    """Visit lists and records, and those inside them, once each."""
    pending = [value for value in values if isinstance(value, (list, dict))]
    seen: set[int] = set()
    while pending:
        value = pending.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        yield value
        inside = value if isinstance(value, list) else value.values()
        budget.step(2 * len(inside) + 1)
        pending += [item for item in inside if isinstance(item, (list, dict))]
