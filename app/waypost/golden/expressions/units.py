"""Strings as JavaScript counts them, in UTF-16 units, over Python's code points.

Almost every text has no letter beyond U+FFFF, and then both count alike. A text that has one is spread out into
surrogates while it is cut or searched, and joined again afterwards.
"""

from __future__ import annotations

import re

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def _pair(found: re.Match[str]) -> str:
    code = ord(found[0]) - 0x10000
    return chr(0xD800 + (code >> 10)) + chr(0xDC00 + (code & 0x3FF))


def spread(text: str) -> str:
    """Write each UTF-16 unit as one letter."""
    return text if text.isascii() or _units(text) == len(text) else _ASTRAL.sub(_pair, text)


def joined(text: str) -> str:
    """Put surrogate pairs together again; lone ones stay."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def written(text: str) -> str:
    """What arrives in a file: a lone surrogate becomes U+FFFD."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return joined(text).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def length(text: str) -> int:
    """Count as `.length` does."""
    return len(text) if text.isascii() else _units(text)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def find(text: str, part: str, start: int = 0) -> int:
    """Search forwards; -1 when it is not there."""
    return text.find(part, start)


def rfind(text: str, part: str, start: int) -> int:
    """Search the last place that begins at or before `start`.

    Backwards through the reversed text: Python's own rfind takes quadratic time on hostile input.
    """
    if start + len(part) < len(text):
        text = text[: start + len(part)]
    at = text[::-1].find(part[::-1])
    return -1 if at < 0 else len(text) - at - len(part)
