"""What a command says in the log of a run: nobody's text can give orders to the runner there.

A runner takes a line that begins with :: (after blanks), or one with ##[ anywhere, for a command: an annotation, the
output of a step, or that commands after it count for nothing.
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TextIO

# One of our own annotations, whole and alone: cli/verdicts.py writes all that is not ours in it in another way.
_OURS = re.compile(r"::(?:error|warning|notice) [^\r\n]*")
_LINES = re.compile(r"([\r\n][^\S\r\n]*)::")
_FIRST = re.compile(r"([^\S\r\n]*)::")


@contextmanager
def guarded() -> Iterator[None]:
    """Let both streams say nothing that a runner obeys, annotations of ours excepted."""
    with redirect_stdout(_Guarded(sys.stdout)), redirect_stderr(_Guarded(sys.stderr)):
        yield


class _Guarded(io.TextIOBase):
    """A stream whose orders are broken by a blank, so that people still read them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_blank = True  # nothing but blanks since the last line end

    def write(self, text: str) -> int:
        if not (self._is_blank and _OURS.fullmatch(text)):
            text = _LINES.sub(r"\1: :", text).replace("##[", "## [")
            text = _FIRST.sub(r"\1: :", text, count=1) if self._is_blank and _FIRST.match(text) else text
        last = re.split(r"[\r\n]", text)[-1]
        self._is_blank = not last.strip() and (self._is_blank or last != text)
        return self._stream.write(text)

    def flush(self) -> None:
        self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        return self._stream.isatty()
