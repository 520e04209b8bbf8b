"""Filters that make a text of a text. Each is `filter(value, arguments, budget)`; the registry is in `filters`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from waypost.golden.expressions import numbers, units
from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import order, to_number, to_string, to_text
from waypost.golden.expressions.errors import ExpressionError
from waypost.golden.expressions.methods import argument
from waypost.golden.expressions.properties import length_of
from waypost.golden.expressions.regexes import Regex
from waypost.golden.expressions.string_methods import replace_matches, split_text
from waypost.golden.expressions.values import UNDEFINED, WHITESPACE, Safe, is_number, is_truthy, kind

_WORD = re.compile(r"\w+", re.ASCII)


def text_of(value: Any) -> str:
    """Return the text, or say that it is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, Safe):
        return value.value
    raise ExpressionError(f"needs a text, not {kind(value)}", fix='Put "string" before it: | string |.')


def filled(value: Any) -> Any:
    """Return the value, with an empty text for undefined, null and false."""
    return "" if value is UNDEFINED or value is None or value is False else value


def like(original: Any, text: str) -> Any:
    """Keep a text safe when it was made from a safe one."""
    return Safe(text) if isinstance(original, Safe) else text


def spaces(count: numbers.Number, budget: Budget) -> str:
    """Return so many spaces, rounded up."""
    if count != count or count <= 0:
        return ""
    width = numbers.to_integer(numbers.ceil(count))
    budget.make(int(min(width, 2**53)))
    return " " * int(width)


def capitalize(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    text = text_of(filled(value)).lower()
    budget.make(len(text))
    return like(value, text[:1].upper() + text[1:])


def center(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    value = filled(value)
    width = argument(arguments, 0)
    width = width if is_truthy(width) else 80
    length = length_of(value)
    if order(length, width, budget) >= 0:
        return value
    room = numbers.subtract(to_number(width, budget), to_number(length, budget))
    before = numbers.subtract(numbers.divide(room, 2), numbers.remainder(room, 2))
    text = to_string(value, budget)
    left, right = spaces(before, budget), spaces(numbers.divide(room, 2), budget)
    budget.make(len(left) + len(text) + len(right))
    return like(value, left + text + right)


def indent(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    value = filled(value)
    text = text_of(value)
    if value == "":
        return ""
    width = argument(arguments, 0)
    margin = spaces(to_number(width if is_truthy(width) else 4, budget), budget)
    lines = text.count("\n") + 1
    budget.make(len(text) + lines * len(margin))
    budget.step(lines // 16)
    first = margin if is_truthy(argument(arguments, 1)) else ""
    return like(value, first + text.replace("\n", "\n" + margin))


def lower(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    text = text_of(filled(value))
    budget.make(len(text))
    return text.lower()


def upper(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    text = text_of(filled(value))
    budget.make(len(text))
    return text.upper()


def replace(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    """Replace every place, or as many as the third argument says."""
    wanted, new = argument(arguments, 0), argument(arguments, 1)
    if isinstance(wanted, Regex):
        return replace_matches(text_of(value), wanted, to_string(new, budget), budget)
    if not isinstance(wanted, str) and not is_number(wanted):
        return value
    subject = to_string(value, budget) if is_number(value) else value
    if not isinstance(subject, (str, Safe)):
        return subject
    text, part, replacement = text_of(subject), to_string(wanted, budget), to_string(new, budget)
    if not part:
        between = "," if new is UNDEFINED else replacement
        letters = split_text(text, "")
        budget.make(len(text) + len(between) * (len(letters) + 2))
        return like(subject, units.joined(replacement + between.join(letters) + replacement))
    most = argument(arguments, 2)
    count = -1 if most is UNDEFINED else most
    budget.read(len(text))
    if (is_number(count) and count == 0) or part not in text:
        return subject
    return like(value, _replaced(text, part, replacement, count, budget))


def _replaced(text: str, part: str, replacement: str, count: Any, budget: Budget) -> str:
    found = text.count(part)
    if not (is_number(count) and count == -1):
        most = to_number(count, budget)
        found = 0 if most != most or most <= 0 else min(found, int(min(numbers.ceil(most), 2**53)))
    budget.make(len(text) + found * max(0, len(replacement) - len(part)))
    return text.replace(part, replacement, found)


def title(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    text = text_of(filled(value))
    budget.make(len(text))
    budget.step(text.count(" "))
    words = (word.lower() for word in text.split(" "))
    return like(value, " ".join(word[:1].upper() + word[1:] for word in words))


def trim(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    text = text_of(value)
    budget.make(len(text))
    return like(value, text.strip(WHITESPACE))


def truncate(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    subject = filled(value)
    limit = argument(arguments, 0)
    limit = limit if is_truthy(limit) else 255
    if order(length_of(subject), limit, budget) <= 0:
        return subject
    text = units.spread(text_of(subject))
    number = to_number(limit, budget)
    most = int(max(0, min(numbers.to_integer(number), len(text))))
    if not is_truthy(argument(arguments, 1)):
        last = units.rfind(text, " ", len(text) if number != number else most)
        most = last if last >= 0 else most
    end = argument(arguments, 2)
    ending = "..." if end is UNDEFINED or end is None else to_string(end, budget)
    budget.make(most + len(ending))
    return like(value, units.joined(text[:most]) + ending)


def word_count(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    value = filled(value)
    if not is_truthy(value):
        return None
    text = text_of(value)
    budget.step(1 + len(text) // 16)
    return len(_WORD.findall(text)) or None


def as_text(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    if value is UNDEFINED or value is None:
        raise ExpressionError(
            f"needs a value, not {kind(value)}", fix='Give it a default first: | default("") | string.'
        )
    return value if isinstance(value, Safe) else to_text(value, budget)


TEXT_FILTERS: dict[str, Callable[[Any, Sequence[Any], Budget], Any]] = {
    "capitalize": capitalize,
    "center": center,
    "indent": indent,
    "lower": lower,
    "replace": replace,
    "string": as_text,
    "title": title,
    "trim": trim,
    "truncate": truncate,
    "upper": upper,
    "wordcount": word_count,
}
