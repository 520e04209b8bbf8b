"""Whether HTML is of the plain form that our own sanitiser writes. Repairs nothing.

Who builds a site with Waypost uploads cleaned HTML: every element closed, every value quoted, no comments, no element
where a browser would close another one for it. Insisting on it costs nobody anything, and what a browser or a sanitiser
makes of crooked HTML need not be guessed: elements nested 200,000 deep kept one busy for minutes, and formatting that
is closed for its author is opened again behind it, with all its attributes, a thousand times.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from waypost.docs.clean import TAGS

DEEPEST = 150
DEEPEST_FORMATTING = 8
_TOKEN = re.compile(r'<(?:/([a-z][a-z0-9]*)|([a-z][a-z0-9]*)(?: [a-z][a-z-]*="[^"]*")*)>')
_VOID = frozenset({"br", "col", "hr", "img", "input", "wbr"})
# The names, and what closes what: https://html.spec.whatwg.org/multipage/parsing.html
_FORMATTING = frozenset({"a", "b", "code", "em", "i", "s", "small", "strong", "tt", "u"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = _HEADINGS | {"blockquote", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "hr", "li", "ol", "p"}
_CLOSE_P = _BLOCKS | {"pre", "section", "summary", "table", "ul"}
_CELLS = frozenset({"caption", "td", "th"})
_PARTS = frozenset({"tbody", "tfoot", "thead"})
# What may stand in what is no cell; and where alone it may stand.
_OF_TABLE = {
    "table": _PARTS | {"caption", "colgroup"},
    "colgroup": frozenset({"col"}),
    **dict.fromkeys(_PARTS, frozenset({"tr"})),
    "tr": frozenset({"td", "th"}),
}
_ONLY_IN_TABLE = frozenset[str]().union(*_OF_TABLE.values())
_ITEMS = {"li": frozenset({"li"}), "dd": frozenset({"dd", "dt"}), "dt": frozenset({"dd", "dt"})}
_NO_END_OF_ITEMS = frozenset({"div", "p"})  # an item within them still closes the one around them


def fault(html: str) -> str:
    """Return what is wrong with the form of cleaned HTML; "" when it is well."""
    open_elements: list[str] = []
    formatting = 0
    at = html.find("<")
    while at >= 0:
        token = _TOKEN.match(html, at)
        if token is None:
            return f'"{html[at : at + 20]}" is no plain tag'
        closing, opening = token.groups()
        if closing:
            if not open_elements or open_elements.pop() != closing:
                return f"</{closing}> closes nothing"
            formatting -= closing in _FORMATTING
        else:
            if wrong := _misplaced(opening, open_elements):
                return wrong
            formatting += opening in _FORMATTING
            if formatting > DEEPEST_FORMATTING:
                return f"formatting more than {DEEPEST_FORMATTING} deep"
            if opening not in _VOID:
                open_elements.append(opening)
            if len(open_elements) > DEEPEST:
                return f"elements more than {DEEPEST} deep"
        at = html.find("<", token.end())
    return f"<{open_elements[-1]}> is not closed" if open_elements else ""


def _misplaced(tag: str, around: Sequence[str]) -> str:
    """Say why a browser would not put an element where it stands; "" when it would."""
    parent = around[-1] if around else ""
    if tag not in TAGS:
        return f"<{tag}> is not published"
    if tag not in _OF_TABLE.get(parent, {tag}) or (tag in _ONLY_IN_TABLE and parent not in _OF_TABLE):
        return f"<{tag}> in <{parent}>" if parent else f"<{tag}> outside of a table"
    closed = ""
    if tag in _CLOSE_P and "p" in around:
        closed = "p"
    elif tag in _HEADINGS and parent in _HEADINGS:
        closed = parent
    elif tag in _ITEMS:
        closed = _item_around(_ITEMS[tag], around)
    elif tag == "a":
        closed = _link_around(around)
    return f"<{tag}> in <{closed}>" if closed else ""


def _item_around(items: frozenset[str], around: Sequence[str]) -> str:
    for name in reversed(around):
        if name in items:
            return name
        if name in _CLOSE_P | _CELLS and name not in _NO_END_OF_ITEMS:
            break
    return ""


def _link_around(around: Sequence[str]) -> str:
    for name in reversed(around):
        if name in _CELLS:  # a cell begins anew
            break
        if name == "a":
            return name
    return ""
