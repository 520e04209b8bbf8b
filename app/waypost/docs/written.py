"""The Markdown of a site as people wrote it, for reading it where there is no site. Included files are put in; no more.

It travels in `waypost_source.json`. Nothing in it is trusted either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

FORMAT = 1
_DEEPEST = 5
_LARGEST = 1024**2
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


def with_snippets(text: str, read: Callable[[str], str | None], depth: int = 0) -> str:
    """Return a page with the files that it includes put in; one that `read` does not know leaves nothing behind."""

    def put(name: str, indent: str) -> str:
        name, *part = name.strip().lstrip(";").strip().split(":")
        found = read(name) if name else None
        if found is None or depth >= _DEEPEST:
            return ""
        chosen = with_snippets(_part(found, part), read, depth + 1)
        return "\n".join(f"{indent}{line}".rstrip() for line in chosen.splitlines())

    def block(found: re.Match[str]) -> str:
        return "\n".join(put(line, found["indent"]) for line in found["files"].splitlines() if line.strip())

    if "8<" not in text or len(text) > _LARGEST:
        return text
    text = _BLOCK.sub(block, text)
    text = _LINE.sub(lambda found: put(found["file"], found["indent"]), text)
    return "\n".join(line for line in text.split("\n") if not _MARK.match(line))[:_LARGEST]


def _part(text: str, part: list[str]) -> str:
    """Return the lines `from:to`, or the section of a name, of an included file."""
    lines = text.splitlines()
    if not part:
        return text
    if part[0].isdecimal() or not part[0]:
        last = int(part[1]) if len(part) > 1 and part[1].isdecimal() else len(lines)
        return "\n".join(lines[max(int(part[0] or 1) - 1, 0) : last])
    inside, kept = False, []
    for line in lines:
        mark = _MARK.match(line)
        if mark and mark["name"] == part[0]:
            inside = mark["what"] == "start"
        elif inside:
            kept.append(line)
    return "\n".join(kept)
