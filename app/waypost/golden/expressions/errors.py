"""What can go wrong in an expression, in words for the person who wrote the template. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class ExpressionError(Exception):
    """An expression that cannot be read or evaluated: what, where, and how to write it."""

    def __init__(self, message: str, line: int = 0, column: int = 0, fix: str = "", offset: int = -1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line  # from 1; 0 until `place` has been called
        self.column = column
        self.fix = fix
        self.offset = offset  # in the source, as far as it is known while it is raised

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}: " if self.line else ""
        return f"{place}{self.message}" + (f" {self.fix}" if self.fix else "")

    def at(self, offset: int) -> ExpressionError:
        """Remember where it happened, unless somebody nearer already did."""
        if self.offset < 0:
            self.offset = offset
        return self

    def place(self, source: str) -> ExpressionError:
        """Turn the offset into a line and a column of the source."""
        if not self.line:
            offset = min(max(self.offset, 0), len(source))
            self.line = source.count("\n", 0, offset) + 1
            self.column = offset - (source.rfind("\n", 0, offset) + 1) + 1
        return self


class BudgetExceeded(ExpressionError):
    """A template that asks for more work, output or nesting than anybody needs."""


def quoted(text: str, most: int = 60) -> str:
    """Show foreign text in a message: one line, bounded, no control characters."""
    shown = text if len(text) <= most else text[: most - 1] + "…"
    return '"' + "".join(letter if letter.isprintable() else " " for letter in shown) + '"'


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Offer the nearest known name."""
    near = get_close_matches(name[:64], list(known), n=1, cutoff=0.6)
    return f'Did you mean "{near[0]}"?' if near else ""
