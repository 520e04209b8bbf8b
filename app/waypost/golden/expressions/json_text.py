"""Values as JSON text, letter for letter as JavaScript's JSON.stringify writes it. Bounded in size and depth."""

from __future__ import annotations

import math
from json.encoder import encode_basestring
from typing import Any

from waypost.golden.expressions import numbers
from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import MOST_DEPTH
from waypost.golden.expressions.errors import BudgetExceeded, ExpressionError
from waypost.golden.expressions.records import items_of
from waypost.golden.expressions.units import joined
from waypost.golden.expressions.values import UNDEFINED, Function, Safe, Undefined


def to_json(value: Any, indent: int | str | None = None, budget: Budget | None = None) -> str:
    """Write JSON; undefined alone has none and gives an empty text."""
    written = json_or_undefined(value, indent, budget or Budget())
    return "" if isinstance(written, Undefined) else written


def json_or_undefined(value: Any, indent: int | str | None, budget: Budget) -> str | Undefined:
    """Write JSON, or undefined for undefined. An indent is at most ten letters, as in JavaScript."""
    if isinstance(value, Undefined):
        return value
    budget.step(4)
    step = " " * min(indent, 10) if isinstance(indent, int) else (indent or "")[:10]
    pieces: list[str] = []
    _write(value, step, "\n", pieces, budget, 0)
    return "".join(pieces)


def _write(value: Any, step: str, margin: str, pieces: list[str], budget: Budget, depth: int) -> None:
    if isinstance(value, list):
        entries = [("", item) for item in value]
        _wrap(entries, "[]", step, margin, pieces, budget, depth)
    elif isinstance(value, dict):
        colon = ": " if step else ":"
        entries = [(_quote(key) + colon, item) for key, item in items_of(value) if item is not UNDEFINED]
        _wrap(entries, "{}", step, margin, pieces, budget, depth)
    else:
        text = _scalar(value)
        budget.make(len(text))
        pieces.append(text)


def _wrap(
    entries: list[tuple[str, Any]], brackets: str, step: str, margin: str, pieces: list[str], budget: Budget, depth: int
) -> None:
    if not entries:
        pieces.append(brackets)
        return
    if depth > MOST_DEPTH:
        raise BudgetExceeded(f"a value is nested more than {MOST_DEPTH} levels deep")
    inner = margin + step
    budget.step(3 * len(entries))
    between = brackets[0] + (inner if step else "")
    for key, item in entries:
        budget.make(len(between) + len(key))
        pieces.append(between + key)
        _write(item, step, inner, pieces, budget, depth + 1)
        between = "," + (inner if step else "")
    pieces.append((margin if step else "") + brackets[1])


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _quote(value)
    if value is None or value is UNDEFINED:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return numbers.text_of(value) if math.isfinite(numbers.double(value)) else "null"
    if isinstance(value, Safe):
        return _quote(value.value)
    if isinstance(value, Function):
        raise ExpressionError(f"{value.name} is a function and has no JSON", fix=f"Call it: {value.name}().")
    return "{}"  # a regular expression


def _quote(text: str) -> str:
    quoted = encode_basestring(joined(text))
    if quoted.isascii():
        return quoted
    return "".join(f"\\u{ord(letter):04x}" if "\ud800" <= letter <= "\udfff" else letter for letter in quoted)
