"""Regular expressions of templates, matched by RE2 in linear time. Refuses look-around and back references.

A pattern in a template is a stranger's: with a backtracking engine one of ten letters can run for hours. The syntax is
JavaScript's without the `u` flag; where RE2 reads it differently it is written anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2

from waypost.golden.expressions.errors import ExpressionError, quoted
from waypost.golden.expressions.units import joined, written

MOST_PATTERN = 16_384  # letters, as Backstage allows
_SPACE = r"\t\n\x0B\f\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}"
_NOT_SPACE = (
    r"\x00-\x08\x0E-\x1F!-\x{9F}\x{A1}-\x{167F}\x{1681}-\x{1FFF}\x{200B}-\x{2027}\x{202A}-\x{202E}\x{2030}-\x{205E}"
    r"\x{2060}-\x{2FFF}\x{3001}-\x{FEFE}\x{FF00}-\x{10FFFF}"
)
_KEPT = frozenset("dDwWbBtnrfv")  # mean the same in both


class Regex:
    """A pattern with its flags, and how far a global or sticky one has come."""

    __slots__ = ("flags", "last_index", "program", "source")

    def __init__(self, source: str, flags: str) -> None:
        self.source = source
        self.flags = flags
        self.last_index = 0
        self.program = program(source, flags)

    def text(self) -> str:
        """Write it as a template shows it."""
        source = self.source.replace("\n", "\\n").replace("\r", "\\r")
        source = source.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        return f"/{source or '(?:)'}/" + "".join(flag for flag in "gimy" if flag in self.flags)

    def matches(self, text: str) -> Iterator[Any]:
        """Find every match from the beginning, left to right."""
        last = (-1, -1)
        for match in self.program.finditer(text):
            if match.span() != last:  # the wrapper around RE2 finds an empty match behind a gap twice
                yield match
            last = match.span()

    def found(self, text: str) -> Any:
        """Find the next match as `exec` does, remembering where it ended; None when there is none."""
        keeps = "g" in self.flags or "y" in self.flags
        start = self.last_index if keeps else 0
        match = None
        if start <= len(text):
            look = self.program.match if "y" in self.flags else self.program.search
            match = look(text, start)
        if keeps:
            self.last_index = match.end() if match else 0
        return match


@lru_cache(maxsize=256)
def program(source: str, flags: str) -> Any:
    """Compile a pattern of JavaScript; raise ExpressionError when it cannot be."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = "i" not in flags
    prefix = "(?m)" if "m" in flags else ""
    try:
        return re2.compile(prefix + translated(written(joined(source))), options)
    except re2.error as error:
        reason = error.args[0] if error.args else "not understood"
        if isinstance(reason, bytes):
            reason = reason.decode("utf-8", "replace")
        raise ExpressionError(
            f"the regular expression {quoted(source)} cannot be used: {reason}",
            fix="Look-ahead, look-behind and back references are not available.",
        ) from None


def translated(source: str) -> str:
    """Write a JavaScript pattern as RE2 reads it."""
    pieces: list[str] = []
    at, in_class = 0, False
    while at < len(source):
        letter = source[at]
        if letter == "\\" and at + 1 < len(source):
            piece, at = _escape(source, at + 1, in_class)
            pieces.append(piece)
            continue
        if in_class:
            in_class = letter != "]"
            pieces.append("\\[" if letter == "[" else letter)
        elif letter == "[":
            piece, length = _class_start(source, at)
            pieces.append(piece)
            in_class = length < 0
            at += abs(length) - 1
        else:
            pieces.append(r"[^\n\r\x{2028}\x{2029}]" if letter == "." else letter)
        at += 1
    return "".join(pieces)


def _class_start(source: str, at: int) -> tuple[str, int]:
    """Return the beginning of a class and its length, negative while the class stays open."""
    if source.startswith("[^]", at):
        return r"(?s:.)", 3
    if source.startswith("[]", at):
        return r"[^\x00-\x{10FFFF}]", 2
    return ("[^", -2) if source.startswith("[^", at) else ("[", -1)


def _escape(source: str, at: int, in_class: bool) -> tuple[str, int]:
    """Return what an escape (its letter is at `at`) means, and where the pattern goes on."""
    letter = source[at]
    if letter in "sS":
        inside = _SPACE if letter == "s" else _NOT_SPACE
        return inside if in_class else f"[{inside}]", at + 1
    for mark, width in (("x", 2), ("u", 4)):
        digits = source[at + 1 : at + 1 + width]
        if letter == mark and len(digits) == width and all(digit in "0123456789abcdefABCDEF" for digit in digits):
            return f"\\x{{{digits}}}", at + 1 + width
    if letter == "c" and source[at + 1 : at + 2].isalpha() and source[at + 1].isascii():
        return f"\\x{{{ord(source[at + 1]) % 32:x}}}", at + 2
    if letter == "b" and in_class:
        return r"\x08", at + 1
    if letter == "0":
        return r"\x00", at + 1
    if letter in _KEPT or (letter.isdigit() and not in_class):
        return "\\" + letter, at + 1
    if letter == "k" and source[at + 1 : at + 2] == "<":
        return r"\k", at + 1
    return (letter if letter.isalnum() or letter == "_" or ord(letter) > 127 else "\\" + letter), at + 1
