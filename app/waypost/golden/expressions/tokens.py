"""Cut the code of a tag into names, numbers, texts and signs. Knows no grammar."""

from __future__ import annotations

import re
from typing import NamedTuple

from waypost.golden.expressions.errors import BudgetExceeded, ExpressionError, quoted
from waypost.golden.expressions.regexes import MOST_PATTERN, program

_TOKEN = re.compile(
    r"""[ \t\n\r\xa0]*(?:
    (?P<regex>r/) |
    (?P<name>[A-Za-z_][A-Za-z0-9_]*) |
    (?P<number>\d+(?:\.\d*)?) |
    (?P<string>["']) |
    (?P<sign>===|!==|\*\*|//|==|!=|<=|>=|[()\[\]{}.,:|~+\-*/%<>=]) |
    (?P<end>\Z)
    )""",
    re.VERBOSE | re.ASCII,
)
_DIGIT_NAME = re.compile(r"[ \t\n\r\xa0]*(\d*[A-Za-z_][A-Za-z0-9_]*)", re.ASCII)
_STRINGS = {quote: re.compile(rf"((?:[^{quote}\\]++|\\.)*+){quote}", re.DOTALL) for quote in "\"'"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_LETTER = re.compile(r"[A-Za-z_]")
_REGEX_BODY = re.compile(r"(?:[^/\\]++|\\.)*+", re.DOTALL)
_FLAGS = re.compile(r"[A-Za-z]*")
TOO_LONG = "the code of this template is too long to be read by anybody"
_BLANK = " \t\n\r\xa0"


class Token(NamedTuple):
    """One word of an expression."""

    kind: str  # name, number, string, regex, sign, end
    value: str
    offset: int
    flags: str = ""  # of a regex


def tokens_of(source: str, start: int, end: int, most: int) -> list[Token]:
    """Cut `source[start:end]` into at most so many tokens; the last one is the end."""
    tokens: list[Token] = []
    at = start
    after_dot = False
    while True:
        if after_dot:
            named = _DIGIT_NAME.match(source, at, end)
            if named:
                tokens.append(Token("name", named[1], named.start(1)))
                at, after_dot = named.end(), False
                continue
        found = _TOKEN.match(source, at, end)
        kind = found.lastgroup if found else None
        if not found or not kind:
            raise _unexpected(source, at, end)
        value, offset = found[kind], found.start(kind)
        at = found.end()
        after_dot = False
        if len(tokens) >= most:
            raise BudgetExceeded(TOO_LONG, offset=offset)
        if kind == "string":
            text, at = _string(source, at, end, value, offset)
            tokens.append(Token(kind, text, offset))
        elif kind == "regex":
            token, at = _regex(source, offset, end)
            tokens.append(token)
        elif kind == "number":
            if at < end and _LETTER.match(source, at):
                raise ExpressionError(
                    f"{quoted(source[offset : at + 1])} is not a number",
                    offset=offset,
                    fix="Write it out: 1000, not 1e3.",
                )
            tokens.append(Token(kind, value, offset))
        else:
            if value == "." and source[at : at + 1].isdecimal() and at < end and not _follows(tokens):
                raise ExpressionError(
                    "a number cannot begin with a point", offset=offset, fix="Write 0.5 instead of .5."
                )
            after_dot = value == "."
            tokens.append(Token(kind, value, offset))
            if kind == "end":
                return tokens


def _follows(tokens: list[Token]) -> bool:
    """Say whether the last token can be the left side of a dot."""
    return bool(tokens) and (tokens[-1].kind != "sign" or tokens[-1].value in ")]}")


def _string(source: str, at: int, end: int, quote: str, offset: int) -> tuple[str, int]:
    found = _STRINGS[quote].match(source, at, end)
    if not found:
        raise ExpressionError(f"the text that begins here has no closing {quote}", offset=offset)
    text = found[1]
    if "\\" in text:
        text = _ESCAPE.sub(lambda escape: _ESCAPES.get(escape[1], escape[1]), text)
    return text, found.end()


def _regex(source: str, offset: int, end: int) -> tuple[Token, int]:
    body = _REGEX_BODY.match(source, offset + 2, end)
    close = body.end() if body else end
    if not body or source[close : close + 1] != "/" or close >= end:
        raise ExpressionError("the regular expression that begins here has no closing /", offset=offset)
    flags = _FLAGS.match(source, close + 1, end)
    letters = flags[0] if flags else ""
    if body[0].endswith("\\\\"):
        raise ExpressionError("a regular expression cannot end with an escaped backslash", offset=offset)
    if len(set(letters)) < len(letters) or set(letters) - set("gimy"):
        raise ExpressionError(f"unknown flags {quoted(letters)}", offset=offset, fix="Use g, i, m and y, each once.")
    if len(body[0]) > MOST_PATTERN:
        raise ExpressionError(f"the regular expression is longer than {MOST_PATTERN:,} letters", offset=offset)
    try:
        program(body[0], letters)
    except ExpressionError as error:
        raise error.at(offset) from None
    return Token("regex", body[0], offset, letters), close + 1 + len(letters)


def _unexpected(source: str, at: int, end: int) -> ExpressionError:
    while at < end and source[at] in _BLANK:
        at += 1
    return ExpressionError(f"unexpected {quoted(source[at : at + 1])}", offset=at)
