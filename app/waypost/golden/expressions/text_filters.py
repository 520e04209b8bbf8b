"""Filters that make a text of a text. Each is `filter(value, arguments, budget)`; the registry is in `filters`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from waypost.golden.expressions import numbers, units
from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import order, to_number, to_string, to_text
from waypost.golden.expressions.errors import ExpressionError
from waypost.golden.expressions.methods import argument
from waypost.golden.expressions.properties import length_of
from waypost.golden.expressions.records import items_of
from waypost.golden.expressions.regexes import Regex
from waypost.golden.expressions.string_methods import replace_matches, split_text
from waypost.golden.expressions.values import UNDEFINED, WHITESPACE, Safe, is_number, is_truthy, kind

_ESCAPES = {"&": "&amp;", '"': "&quot;", "'": "&#39;", "<": "&lt;", ">": "&gt;", "\\": "&#92;"}
_TAG = r"</?[a-z][a-z0-9]*\b[^>]*>"
_TAGS = re.compile(_TAG, re.IGNORECASE | re.ASCII)
_MARKUP = re.compile(_TAG + "|<!--.*?-->", re.IGNORECASE | re.ASCII | re.DOTALL)
_MOST_PASSES = 8  # of taking tags out of tags
_SPACE = f"[{WHITESPACE}]"
_SPACES = re.compile(_SPACE + "+")
_KEPT_SPACES = re.compile(f"({_SPACE}+)")
_WORD = re.compile(r"\w+", re.ASCII)
_WRAPPED = re.compile(r"(?:\(|<|&lt;)?(.*?)(?:\.|,|\)|\n|&gt;)?\Z")
_MAIL = re.compile(r"[\w.!#$%&'*+\-/=?^`{|}~]++@[a-z\d-]++(?:\.[a-z\d-]++)+\Z", re.IGNORECASE | re.ASCII)
_DOMAIN = re.compile(r"\.(?:org|net|com)(?::|/|\Z)")


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


def escape(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    return value if isinstance(value, Safe) else force_escape(value, arguments, budget)


def force_escape(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    text = to_text(value, budget)
    budget.make(len(text) + 5 * sum(map(text.count, _ESCAPES)))
    for letter, escaped in _ESCAPES.items():  # "&" first
        text = text.replace(letter, escaped)
    return Safe(text)


def safe(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    return value if isinstance(value, Safe) else Safe(to_text(value, budget))


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


def nl2br(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    text = "" if value is UNDEFINED or value is None else text_of(value)
    budget.make(len(text) + 6 * text.count("\n"))
    return like(value, text.replace("\r\n", "\n").replace("\n", "<br />\n"))


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


def _without_markup(text: str) -> str:
    """Take tags and comments out; never looks for an end where there is none, which would take quadratic time."""
    comments, tags = text.rfind("-->") + 3, text.rfind(">") + 1
    if comments < 3:
        comments = 0
    return _MARKUP.sub("", text[:comments]) + _TAGS.sub("", text[comments:tags]) + text[max(comments, tags) :]


def strip_tags(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    text = text_of(filled(value))
    for _ in range(_MOST_PASSES + 1):
        budget.step(1 + len(text) // 16)
        stripped = _without_markup(text)
        if stripped == text:
            break
        text = stripped
    else:
        raise ExpressionError("the tags are nested too deeply to be taken out")
    text = text.strip(WHITESPACE)
    if not is_truthy(argument(arguments, 0)):
        return like(value, _SPACES.sub(" ", text))
    lines = "\n".join(line.strip(" ") for line in text.split("\n"))
    lines = re.sub(" +", " ", lines).replace("\r\n", "\n")
    return like(value, re.sub("\n\n\n+", "\n\n", lines))


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


def url_encode(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    if isinstance(value, (str, Safe)):
        return _percent(text_of(value), budget)
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        pairs = list(items_of(value))
    elif isinstance(value, list):
        pairs = [_pair(item) for item in value]
    budget.step(len(pairs))
    return "&".join(
        f"{_percent(to_string(k, budget), budget)}={_percent(to_string(v, budget), budget)}" for k, v in pairs
    )


def _pair(item: Any) -> tuple[Any, Any]:
    if item is UNDEFINED or item is None:
        raise ExpressionError("needs pairs in its list")
    if isinstance(item, dict):
        return item.get("0", UNDEFINED), item.get("1", UNDEFINED)
    letters = item if isinstance(item, list) else units.spread(text_of(item)) if isinstance(item, (str, Safe)) else []
    return argument(letters, 0), argument(letters, 1)


def _percent(text: str, budget: Budget) -> str:
    budget.make(len(text) * 3)
    try:
        return quote(units.joined(text), safe="!*'()")
    except UnicodeEncodeError:
        raise ExpressionError("half of a letter cannot be encoded for a URL") from None


def urlize(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    limit = argument(arguments, 0)
    most = None if limit is UNDEFINED or (isinstance(limit, float) and limit != limit) else to_number(limit, budget)
    no_follow = ' rel="nofollow"' if argument(arguments, 1) is True else ""
    text = text_of(value)
    budget.step(1 + len(text) // 8)
    pieces = [_link(word, most, no_follow) for word in _KEPT_SPACES.split(text) if word]
    budget.make(sum(map(len, pieces)))
    return "".join(pieces)


def _link(word: str, most: numbers.Number | None, no_follow: str) -> str:
    if word.isspace():
        return word
    found = _WRAPPED.match(word)
    address = found[1] if found else word
    short = address
    if most is not None:
        letters = 0 if most != most or most <= 0 else int(min(most, len(address) * 2))
        short = units.joined(units.spread(address)[:letters])
    if re.match(r"https?://", address):
        return f'<a href="{address}"{no_follow}>{short}</a>'
    if address.startswith("www."):
        return f'<a href="http://{address}"{no_follow}>{short}</a>'
    if _MAIL.match(address):
        return f'<a href="mailto:{address}">{address}</a>'
    if _DOMAIN.search(address):
        return f'<a href="http://{address}"{no_follow}>{short}</a>'
    return word


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
    "e": escape,
    "escape": escape,
    "forceescape": force_escape,
    "indent": indent,
    "lower": lower,
    "nl2br": nl2br,
    "replace": replace,
    "safe": safe,
    "string": as_text,
    "striptags": strip_tags,
    "title": title,
    "trim": trim,
    "truncate": truncate,
    "upper": upper,
    "urlencode": url_encode,
    "urlize": urlize,
    "wordcount": word_count,
}
