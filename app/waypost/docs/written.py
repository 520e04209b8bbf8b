"""The Markdown of a site as people wrote it, for reading it where there is no site. Included files are put in; no more.

It travels in `waypost_source.json`. Nothing in it is trusted either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from posixpath import normpath
from typing import Any

from waypost.docs.limits import TEXT_LETTERS

FORMAT = 1
_DEEPEST = 5
_MOST_READ = 16 * TEXT_LETTERS  # letters of included files, whether they are shown or not
_EACH = 1_000  # letters that an include counts for at least: looking for a file takes its time too
# pymdownx.snippets: one file on a line, or files between two lines of scissors.
_LINE = re.compile(r'^(?P<indent>[ \t]*)-{1,}8<-{1,}[ \t]+(?P<quote>["\'])(?P<file>[^"\'\n]+)(?P=quote)[ \t]*$', re.M)
_BLOCK = re.compile(r"^(?P<indent>[ \t]*)-{1,}8<-{1,}[ \t]*\n(?P<files>(?:[^\n]*\n)*?)[ \t]*-{1,}8<-{1,}[ \t]*$", re.M)
_MARK = re.compile(r"^.*-8<-{1,}[ \t]+\[[ \t]*(?P<what>start|end)[ \t]*:[ \t]*(?P<name>[\w-]+)[ \t]*\].*$")


@dataclass(frozen=True, slots=True)
class Text:
    """One page."""

    text: str
    origin: str = ""  # its file, seen from the repository; "" when it is not known


def to_json(texts: Mapping[str, Text]) -> dict[str, Any]:
    """Return the plain form of pages by their path below the docs folder."""
    pages = [{"path": path, "origin": page.origin, "text": page.text} for path, page in sorted(texts.items())]
    return {"format": FORMAT, "pages": pages}


def read_texts(data: Any) -> dict[str, Text]:
    """Read pages from their plain form; raise ValueError when it has another shape."""
    rows = data.get("pages") if isinstance(data, dict) else None
    if not isinstance(rows, list) or data.get("format") != FORMAT:
        raise ValueError(f"pages in format {FORMAT} were expected")
    found = {}
    for row in rows:
        words = [row.get(name) if isinstance(row, dict) else None for name in ("path", "origin", "text")]
        if not all(isinstance(word, str) for word in words):
            raise ValueError("a page has a path, an origin and a text")
        path, origin, text = map(str, words)
        found[path] = Text(text, origin)
    return found


def with_snippets(text: str, read: Callable[[str], str | None], most: int = TEXT_LETTERS) -> str:
    """Return a page with the files that it includes put in; one that `read` does not know leaves nothing behind.

    As in the engine a file does not include itself. What would come to more than `most` letters stays as it is written.
    """
    return _Including(read, most - len(text)).expand(text)


@dataclass(slots=True)
class _Including:
    """What one page may still include."""

    read: Callable[[str], str | None]
    letters: int  # that may be put in; below 0 nothing more is
    to_read: int = _MOST_READ
    open: list[str] = field(default_factory=list)  # the files that are being put in, each by the one before it

    def expand(self, text: str) -> str:
        if "8<" not in text:
            return text
        text = _BLOCK.sub(lambda found: self.put(found, found["files"].splitlines()), text)
        text = _LINE.sub(lambda found: self.put(found, [found["file"]]), text)
        return "\n".join(line for line in text.split("\n") if not _MARK.match(line))

    def put(self, found: re.Match[str], names: Sequence[str]) -> str:
        shown = []
        for name in names:
            if self.letters < 0:
                break
            if name.strip():
                shown.append(self.file(name, found["indent"]))
        return found[0] if self.letters < 0 else "\n".join(shown)

    def file(self, name: str, indent: str) -> str:
        before = self.letters
        text = self.chosen(name)
        if self.letters >= 0:  # what was put into this file is part of it
            self.letters = before - len(text) - (text.count("\n") + 1) * len(indent)
        return "" if self.letters < 0 else "\n".join(f"{indent}{line}".rstrip() for line in text.splitlines())

    def chosen(self, name: str) -> str:
        path, *part = name.strip().lstrip(";").strip().split(":")
        if not path or normpath(path) in self.open or len(self.open) >= _DEEPEST:
            return ""
        found = self.read(path)
        self.to_read -= _EACH + len(found or "")
        if self.to_read < 0:
            self.letters = -1
        if found is None or self.letters < 0:
            return ""
        self.open.append(normpath(path))
        text = self.expand(_part(found, part))
        self.open.pop()
        return text


def _part(text: str, part: list[str]) -> str:
    """Return the lines `from:to`, or the section of a name, of an included file."""
    lines = text.splitlines()
    if not part:
        return text
    if part[0].isdecimal() or not part[0]:
        last = int(part[1][:9]) if len(part) > 1 and part[1].isdecimal() else len(lines)
        return "\n".join(lines[max(int(part[0][:9] or 1) - 1, 0) : last])
    inside, kept = False, []
    for line in lines:
        mark = _MARK.match(line)
        if mark and mark["name"] == part[0]:
            inside = mark["what"] == "start"
        elif inside:
            kept.append(line)
    return "\n".join(kept)
