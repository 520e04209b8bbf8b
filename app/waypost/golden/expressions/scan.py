"""Cut a template into text, `${{ }}`, `{% %}` and `{# #}`, with whitespace control. Reads no expression."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from waypost.golden.expressions.errors import ExpressionError
from waypost.golden.expressions.values import WHITESPACE

CODE_SPACE = " \t\n\r\xa0"
_CLOSER = {"block": "%}", "comment": "#}", "variable": "}}"}
_NAMES = {"block": "tag {% %}", "comment": "comment {# #}", "variable": "expression"}
# What may hide a closer inside code: strings, and regular expressions r/../.
_CODE = re.compile(r"""(?P<close>%}|}})|(?P<quote>["'])|(?P<regex>(?<![A-Za-z0-9_])r/)""")
_REGEX_END = re.compile(r"(?:[^/\\]++|\\.)*+/", re.DOTALL)
_STRING_END = {quote: re.compile(rf"(?:[^{quote}\\]++|\\.)*+(?:{quote}|$)", re.DOTALL) for quote in "\"'"}
_TAG = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPACES = re.compile(f"[{WHITESPACE}]*")


@dataclass(slots=True)
class Piece:
    """One part of a template; code is `source[start:end]`, text carries its own letters."""

    kind: str  # text, variable, block
    start: int
    end: int
    text: str = ""
    tag: str = ""  # of a block
    offset: int = 0  # where the piece begins


@dataclass(frozen=True, slots=True)
class Style:
    """How a template is delimited and trimmed."""

    trim_blocks: bool = False
    lstrip_blocks: bool = False
    cookiecutter: bool = False

    @property
    def opener(self) -> str:
        return "{{" if self.cookiecutter else "${{"


PLAIN = Style()


def is_plain(source: str, style: Style = PLAIN) -> bool:
    """Say whether there is nothing to render; a lone `#}` is an error, as in Backstage."""
    return "{%" not in source and style.opener not in source and "{#" not in source and "#}" not in source


def cut(source: str, style: Style = PLAIN) -> list[Piece]:
    """Cut a template into its pieces."""
    return list(_Scanner(source, style).pieces())


class _Scanner:
    """The place in the source, and the text that waits for the next tag to trim it."""

    def __init__(self, source: str, style: Style) -> None:
        self.source = source
        self.style = style
        self.opening = re.compile(r"\{%|\{#|" + re.escape(style.opener))
        self.at = 0
        self.waiting = ""
        self.stray = -2  # the next "#}", once it has been looked for

    def pieces(self) -> Iterator[Piece]:
        while True:
            found = self.opening.search(self.source, self.at)
            self._refuse_stray(found.start() if found else len(self.source))
            if not found:
                self.waiting += self.source[self.at :]
                yield from self._flush(len(self.source))
                return
            yield from self._tag(found)

    def _tag(self, found: re.Match[str]) -> Iterator[Piece]:
        source, start = self.source, found.start()
        kind = {"{%": "block", "{#": "comment"}.get(found[0], "variable")
        self.waiting += source[self.at : start]
        if kind == "block" and self.style.lstrip_blocks:
            self._strip_indent(start)
        self.at = found.end()
        if source.startswith("-", self.at):
            self.waiting = self.waiting.rstrip(WHITESPACE)
            self.at += 1
        yield from self._flush(start)
        close = self._close(kind, start)
        trims = source[close - 1] == "-"
        end = max(close - 1 if trims else close, self.at)
        piece = self._code(kind, start, end)
        self.at = close + 2
        if piece and piece.tag in ("raw", "verbatim"):
            self._raw(piece)
        elif piece:
            yield piece
        if trims:
            self.at = self._after_space(self.at)
        elif kind == "block" and not (piece and piece.tag in ("raw", "verbatim")):
            self._trim_newline()

    def _code(self, kind: str, start: int, end: int) -> Piece | None:
        if kind == "comment":
            return None
        first, last = self.at, end
        while first < last and self.source[first] in CODE_SPACE:
            first += 1
        while last > first and self.source[last - 1] in CODE_SPACE:
            last -= 1
        piece = Piece(kind, first, last, offset=start)
        if kind == "block":
            tag = _TAG.match(self.source, first, last)
            piece.tag = tag[0] if tag else ""
        return piece

    def _flush(self, end: int) -> Iterator[Piece]:
        if self.waiting:
            yield Piece("text", 0, 0, text=self.waiting, offset=end)
            self.waiting = ""

    def _close(self, kind: str, start: int) -> int:
        """Find the end of a tag, outside strings and regular expressions."""
        source, at, closer = self.source, self.at, _CLOSER[kind]
        if kind == "comment":
            at = source.find(closer, at)
            found = None
        else:
            found = _CODE.search(source, at)
        while found:
            at = found.end()
            if found["close"] == closer:
                return found.start()
            if found["close"]:
                at = found.start() + 1
            elif found["quote"]:
                string = _STRING_END[found["quote"]].match(source, at)
                at = string.end() if string else len(source)
            else:
                regex = _REGEX_END.match(source, at)
                if not regex:
                    raise ExpressionError("a regular expression r/../ has no end", offset=found.start())
                at = regex.end()
            found = _CODE.search(source, at)
        if kind == "comment" and at >= 0:
            return at
        raise ExpressionError(
            f"the {_NAMES[kind]} that begins here has no end",
            offset=start,
            fix=f'Close it with "{closer}", and close every quote before it.',
        )

    def _raw(self, piece: Piece) -> None:
        """Take everything up to the matching end of a raw block as text."""
        name = piece.tag
        if piece.end - piece.start != len(name):
            raise ExpressionError(f"{{% {name} %}} takes nothing after its name", offset=piece.offset)
        if self.style.trim_blocks:
            self._trim_newline()
        marker = re.compile(rf"\{{%[{WHITESPACE}]*(end)?{name}[{WHITESPACE}]*%\}}")
        depth = 1
        for found in marker.finditer(self.source, self.at):
            depth += -1 if found[1] else 1
            if not depth:
                break
        else:
            raise ExpressionError(
                f"{{% {name} %}} has no {{% end{name} %}}",
                offset=piece.offset,
                fix=f"Write {{% end{name} %}} without dashes.",
            )
        if "\n" in found[0]:
            raise ExpressionError(f"{{% end{name} %}} must stand on one line", offset=found.start())
        self.waiting = self.source[self.at : found.start()]
        self.at = found.end()

    def _refuse_stray(self, before: int) -> None:
        if self.stray != -1 and self.stray < self.at:
            self.stray = self.source.find("#}", self.at)
        if 0 <= self.stray < before:
            raise ExpressionError(
                'a comment ends here ("#}") that never began',
                offset=self.stray,
                fix="List the file under copyWithoutTemplating, or wrap the text in {% raw %} and {% endraw %}.",
            )

    def _after_space(self, at: int) -> int:
        found = _SPACES.match(self.source, at)
        return found.end() if found else at

    def _trim_newline(self) -> None:
        if self.style.trim_blocks:
            for newline in ("\n", "\r\n"):
                if self.source.startswith(newline, self.at):
                    self.at += len(newline)
                    return

    def _strip_indent(self, start: int) -> None:
        """Drop the blanks before a tag that is the first thing on its line."""
        line = self.source[self.source.rfind("\n", 0, start) + 1 : start]
        if not line.strip(WHITESPACE):
            kept = self.waiting.rfind("\n") + 1
            if not self.waiting[kept:].strip(WHITESPACE):
                self.waiting = self.waiting[:kept]
