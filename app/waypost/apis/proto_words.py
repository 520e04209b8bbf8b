"""The words of a .proto file, and which comment belongs to which of them. Knows no grammar.

Comments belong where protoc puts them: to what follows them at once, or to what they follow on the same line, or on
the next line when nothing follows at once. Others belong to nothing and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from waypost.apis.clip import LONGEST_NAME
from waypost.apis.reference import Unreadable

MOST_WORDS = 200_000  # of one file; each costs about two microseconds
MOST_COMMENTS = 50_000

_WORD = re.compile(
    r"""(?P<gap>\s+)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<number>\.?\d(?:[eE][+-]|[\w.])*)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<comment>//[^\n]*|/\*)
    |(?P<sign>[;{}()\[\]<>=,.:/+-])""",
    re.VERBOSE | re.ASCII,
)
_ENDS = frozenset(";{},")  # words after which a comment may speak of what stands before
_STARS = re.compile(r"^[ \t]*\*(?: |$)?", re.MULTILINE)


@dataclass(slots=True)
class Word:
    """A word, its line, and what is said before and after it."""

    sort: str  # name, number, string, sign, end
    text: str
    line: int  # from 1
    before: str = ""
    after: str = ""


class _Comment(NamedTuple):
    text: str
    first: int  # line
    last: int
    is_block: bool


def words(text: str) -> list[Word]:
    """Split a file into words; the last one is its end."""
    found: list[Word] = []
    comments: list[_Comment] = []
    seen = 0
    for sort, said, line in _split(text.removeprefix("\ufeff")):
        if sort == "comment":
            seen += 1
            comments.append(_comment(said, line))
        else:
            word = Word(sort, said, line)
            if comments:
                _attach(comments, found[-1] if found else None, word)
                comments = []
            found.append(word)
        if len(found) > MOST_WORDS or seen > MOST_COMMENTS:
            many = f"more than {MOST_WORDS:,} words or {MOST_COMMENTS:,} comments, which are too many to read"
            raise Unreadable(many, line)
    return found


def _split(text: str) -> Iterator[tuple[str, str, int]]:
    at, line = 0, 1
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None:
            raise Unreadable(_odd(text[at]), line)
        sort, said, at = str(match.lastgroup), match[0], match.end()
        if said == "/*":
            close = text.find("*/", at)
            if close < 0:
                raise Unreadable("the comment that begins here does not end", line)
            said, at = text[match.start() : close + 2], close + 2
        elif sort == "name" and len(said) > LONGEST_NAME:
            raise Unreadable(f"a name of {len(said):,} letters; {LONGEST_NAME} are read at most", line)
        if sort != "gap":
            yield sort, said, line
        line += said.count("\n")
    yield "end", "", line


def _odd(character: str) -> str:
    if character in "\"'":
        return "the text that begins here does not end on its line"
    return f"{character!a} has no meaning here"


def _comment(said: str, line: int) -> _Comment:
    if said.startswith("//"):
        return _Comment(said.lstrip("/").removeprefix(" ").rstrip(), line, line, False)
    inside = _STARS.sub("", said[2:-2].lstrip("*")).strip()
    return _Comment(inside, line, line + said.count("\n"), True)


def _attach(comments: list[_Comment], previous: Word | None, following: Word) -> None:
    """Give each group of comments between two words to one of them, or to none."""
    groups = _groups(comments, previous)
    if previous is not None and previous.text in _ENDS:
        first = groups[0]
        is_beside = first[0].first == previous.line
        # On the line below it speaks of what is above only when it does not touch what is below.
        is_below = first[0].first == previous.line + 1
        is_apart = len(groups) > 1 or following.text == "}" or following.line > first[-1].last + 1
        if is_beside or (is_below and is_apart):
            previous.after = _joined(groups.pop(0))
    if groups and following.line <= groups[-1][-1].last + 1:
        following.before = _joined(groups[-1])


def _groups(comments: list[_Comment], previous: Word | None) -> list[list[_Comment]]:
    """Comments that are one: `//` on lines that follow each other."""
    groups: list[list[_Comment]] = []
    for one in comments:
        last = groups[-1][-1] if groups else None
        is_beside = previous is not None and last is not None and last.first == previous.line
        if last is None or one.is_block or last.is_block or one.first != last.last + 1 or is_beside:
            groups.append([])
        groups[-1].append(one)
    return groups


def _joined(group: list[_Comment]) -> str:
    return "\n".join(one.text for one in group).strip()
