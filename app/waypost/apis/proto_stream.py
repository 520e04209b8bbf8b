"""Words one after the other, for who knows what must come next. What else comes is told with its line, not mended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from waypost.apis.clip import LONGEST_NAME
from waypost.apis.proto_words import Word
from waypost.apis.reference import Unreadable

DEEPEST = 32  # protoc's own limit for messages within messages


class Stream:
    """The words of a file, and how far they are read."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = words
        self._at = 0
        self._depth = 0

    @property
    def word(self) -> Word:
        """The next word."""
        return self._words[self._at]

    @property
    def last(self) -> Word:
        """The word before the next one."""
        return self._words[max(0, self._at - 1)]

    def ahead(self, count: int = 1) -> Word:
        return self._words[min(self._at + count, len(self._words) - 1)]

    def at(self, text: str) -> bool:
        return self.word.text == text and self.word.sort != "string"

    def next(self) -> Word:
        word = self.word
        if word.sort == "end":
            self.wrong("more")
        self._at += 1
        return word

    def take(self, text: str) -> bool:
        """Go past the next word if it is this one."""
        if not self.at(text):
            return False
        self._at += 1
        return True

    def expect(self, text: str) -> Word:
        if not self.at(text):
            self.wrong(f"`{text}`")
        return self.next()

    def name(self) -> str:
        if self.word.sort != "name":
            self.wrong("a name")
        return self.next().text

    def dotted(self) -> str:
        """A name with dots, which may begin with one."""
        line, name = self.word.line, "." if self.take(".") else ""
        name += self.name()
        while self.take("."):
            name += f".{self.name()}"
            if len(name) > LONGEST_NAME:
                raise Unreadable(f"a name of more than {LONGEST_NAME} letters", line)
        return name

    def constant(self) -> str:
        """A number, true, false, or the name of a value."""
        if self.word.sort == "number":
            return self.next().text
        return self.dotted()

    def number(self) -> str:
        """A whole number, which may be below zero."""
        sign = "-" if self.take("-") else ""
        if self.word.sort != "number":
            self.wrong("a number")
        return sign + self.next().text

    def strings(self) -> str:
        """A text; several that follow each other are one. With the first one's quotation marks."""
        if self.word.sort != "string":
            self.wrong("a text in quotation marks")
        found = [self.next().text]
        while self.word.sort == "string":
            found.append(self.next().text)
        return found[0] if len(found) == 1 else f'"{"".join(one[1:-1] for one in found)}"'

    def wrong(self, wanted: str) -> NoReturn:
        word = self.word
        found = "the end of the file" if word.sort == "end" else f"`{word.text[:60]}`"
        raise Unreadable(f"expected {wanted}, found {found}", word.line)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count a level of nesting."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unreadable(f"nested more than {DEEPEST} levels deep", self.word.line)
        yield
        self._depth -= 1
