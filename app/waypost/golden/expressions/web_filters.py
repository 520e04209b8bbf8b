"""Filters about HTML and addresses. Each is `filter(value, arguments, budget)`; the registry is in `filters`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from waypost.golden.expressions import numbers, units
from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import to_number, to_string, to_text
from waypost.golden.expressions.errors import ExpressionError
from waypost.golden.expressions.methods import argument
from waypost.golden.expressions.records import items_of
from waypost.golden.expressions.text_filters import filled, like, text_of
from waypost.golden.expressions.values import UNDEFINED, WHITESPACE, Safe, is_truthy

_ESCAPES = {"&": "&amp;", '"': "&quot;", "'": "&#39;", "<": "&lt;", ">": "&gt;", "\\": "&#92;"}
_TAG = r"</?[a-z][a-z0-9]*\b[^>]*>"
_TAGS = re.compile(_TAG, re.IGNORECASE | re.ASCII)
_MARKUP = re.compile(_TAG + "|<!--.*?-->", re.IGNORECASE | re.ASCII | re.DOTALL)
_MOST_PASSES = 8  # of taking tags out of tags
_SPACE = f"[{WHITESPACE}]"
_SPACES = re.compile(_SPACE + "+")
_KEPT_SPACES = re.compile(f"({_SPACE}+)")
_WRAPPED = re.compile(r"(?:\(|<|&lt;)?(.*?)(?:\.|,|\)|\n|&gt;)?\Z")
_MAIL = re.compile(r"[\w.!#$%&'*+\-/=?^`{|}~]++@[a-z\d-]++(?:\.[a-z\d-]++)+\Z", re.IGNORECASE | re.ASCII)
_DOMAIN = re.compile(r"\.(?:org|net|com)(?::|/|\Z)")


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


def nl2br(value: Any, arguments: Sequence[Any], budget: Budget) -> Any:
    text = "" if value is UNDEFINED or value is None else text_of(value)
    budget.make(len(text) + 6 * text.count("\n"))
    return like(value, text.replace("\r\n", "\n").replace("\n", "<br />\n"))


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


WEB_FILTERS: dict[str, Callable[[Any, Sequence[Any], Budget], Any]] = {
    "e": escape,
    "escape": escape,
    "forceescape": force_escape,
    "nl2br": nl2br,
    "safe": safe,
    "striptags": strip_tags,
    "urlencode": url_encode,
    "urlize": urlize,
}
