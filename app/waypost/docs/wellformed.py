"""Whether HTML is of the plain form that our own sanitiser writes. Repairs nothing.

Who builds a site with Waypost uploads cleaned HTML: every element closed, every value quoted, no comments. Insisting on
it costs nobody anything, and what a browser or a sanitiser makes of crooked HTML - or how long it takes: elements
nested 200,000 deep kept one busy for minutes - need not be guessed.
"""

from __future__ import annotations

import re

DEEPEST = 150
_TOKEN = re.compile(r'<(?:/([a-z][a-z0-9]*)|([a-z][a-z0-9]*)(?: [a-z][a-z-]*="[^"]*")*)>')
_VOID = frozenset({"br", "col", "hr", "img", "input", "wbr"})


def fault(html: str) -> str:
    """Return what is wrong with the form of cleaned HTML; "" when it is well."""
    open_elements: list[str] = []
    at = html.find("<")
    while at >= 0:
        token = _TOKEN.match(html, at)
        if token is None:
            return f'"{html[at : at + 20]}" is no plain tag'
        closing, opening = token.groups()
        if closing:
            if not open_elements or open_elements.pop() != closing:
                return f"</{closing}> closes nothing"
        elif opening not in _VOID:
            open_elements.append(opening)
            if len(open_elements) > DEEPEST:
                return f"elements more than {DEEPEST} deep"
        at = html.find("<", token.end())
    return f"<{open_elements[-1]}> is not closed" if open_elements else ""
