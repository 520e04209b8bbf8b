"""Markdown out of other people's text. Whatever a descriptor says becomes text; only our own marks become Markdown.

`Md` marks text that is Markdown already: the only ways to make it are the functions here, so mypy sees raw text that
is about to reach a page. Escaped for GitHub's dialect and the HTML in it: tables, autolinks, mentions, math, comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NewType

from waypost.integrations.urls import quote_path, safe_url

Md = NewType("Md", str)

NOTHING = Md("")
DASH = Md("—")
_SHORT = 40
CLIP = 100  # characters of a title, a name or a value in a table

# Invisible or reordering: bidi controls, zero-width (not the joiners that scripts and emoji need), tags, surrogates.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_SPECIAL = re.compile(
    r"[\\`*\[\]|~#<>&$]"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"  # inside a word it is only a letter
    r"|@(?=\S)"  # a mention would ping people; an address would become a link
    r"|:(?=//)|(?i:(?<=www)\.)"  # GitHub links bare addresses, also http
)
_SIGNS = frozenset("\\`*[]|~#<>&$_@:")  # what it looks for, besides the dot after www: most lines have none
_ADDRESS = re.compile(r"https://\S+")
_START = re.compile(r"[-+=:]|\d+(?=[.)])")  # a list, a rule, a table's second line
_ESCAPES = {
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
    "@": "@&#8203;",
    "$": "<span>$</span>",  # GitHub's own way to write a dollar that begins no formula
}


def clean(value: object, clip: int = CLIP) -> str:
    """Return one line of visible text, clipped; not yet Markdown."""
    text = str(value)
    if not _is_ordinary(text):
        text = _UNSEEN.sub("", text.replace("\u2028", " ").replace("\u2029", " "))
    text = " ".join(text.split())
    return text if len(text) <= clip else text[: clip - 1].rstrip() + "…"


def _is_ordinary(text: str) -> bool:
    """Say whether nothing in a text can be unseen: a first look, far cheaper than the expression."""
    return text.isascii() and text.isprintable()


def text(value: object, clip: int = CLIP) -> Md:
    """Escape one line of text."""
    return _word(value, clip) if isinstance(value, str) and len(value) <= _SHORT else _escaped(value, clip)


def _escaped(value: object, clip: int) -> Md:
    line = clean(value, clip)
    if not _SIGNS.isdisjoint(line) or "www" in line.lower():
        line = _SPECIAL.sub(_escape, line)
    if start := _START.match(line):
        line = f"\\{line}" if not start[0].isdigit() else f"{start[0]}\\{line[start.end() :]}"
    return Md(line)


# Types, lifecycles, labels: the same few words on every page.
_word = lru_cache(maxsize=4_096)(_escaped)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return _ESCAPES.get(character) or f"\\{character}"


def prose(value: str, clip: int = 2_000) -> Md:
    """Escape a description: its paragraphs stay, https addresses become links, the rest is text."""
    whole = value.strip()
    body = whole[: clip + 1]
    paragraphs = re.split(r"\n[ \t]*\n", body.replace("\r\n", "\n")) if "\n" in body else [body]
    shown = [_linked(paragraph) for paragraph in paragraphs if paragraph.strip()]
    return Md("\n\n".join(shown) + ("…" if len(whole) > clip else ""))


def _linked(paragraph: str) -> Md:
    line = clean(paragraph, len(paragraph) + 1)
    whole = []
    end = 0
    for found in _ADDRESS.finditer(line):
        bare = found[0].rstrip(".,;:!?)'\"")
        if url := safe_url(bare):
            whole += [spaced(line[end : found.start()]), f"<{url}>"]
            end = found.start() + len(bare)
    return Md("".join([*whole, spaced(line[end:])]))


def spaced(piece: str) -> str:
    """Escape a piece of a line, whatever its length; a space at either end stays."""
    if not piece.strip():
        return " " if piece else ""
    inside = text(piece, len(piece) + 1)
    return f"{' ' * (piece[0] == ' ')}{inside}{' ' * (piece[-1] == ' ')}"


def quoted(value: str, clip: int = CLIP) -> Md:
    """Escape a message of ours, in which backticks stand around what people write; what they quote stays text."""
    pieces = clean(value, clip).split("`")
    if len(pieces) % 2 == 0:
        return text(value, clip)
    shown = (code(piece, clip) if place % 2 and piece else spaced(piece) for place, piece in enumerate(pieces))
    return Md("".join(shown))


def code(value: object, clip: int = CLIP) -> Md:
    """A value as code. HTML where a backtick or a pipe would end the span or the table cell."""
    line = clean(value, clip)
    if "`" in line or "|" in line or not line:
        return Md(f"<code>{text(line, clip)}</code>")
    return Md(f"`{line}`")


def fence(body: str, language: str = "") -> Md:
    """A block of code; its fence is longer than any in the text."""
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    if not _is_ordinary(body.replace("\n", "").replace("\t", "")):
        body = _UNSEEN.sub("", body)
    longest = max(map(len, re.findall(r"`{3,}", body)), default=2) if "```" in body else 2
    marks = "`" * (longest + 1)
    return Md(f"{marks}{language}\n{body.rstrip()}\n{marks}")


def link(label: Md, address: str) -> Md:
    """A link to an address that is safe already: one of ours, or what `safe_url` returned."""
    return Md(f"[{label}]({address})")


def outside(label: object, address: str, trusted: str = "") -> Md:
    """A link to somebody else's address; where that is not fit for a link, label and address as text."""
    if url := safe_url(address, trusted):
        return link(text(label), url)
    return Md(f"{text(label)} {code(address)}")


def file_link(label: Md, path: str) -> Md:
    """A link to a file by its relative path."""
    return Md(f"[{label}]({quote_path(path)})")


def bold(inside: Md) -> Md:
    return Md(f"**{inside}**")


def small(inside: Md) -> Md:
    return Md(f"<sub>{inside}</sub>")


def join(pieces: Iterable[Md], between: str = " · ") -> Md:
    """The pieces that say something, with a separator of ours."""
    return Md(between.join(piece for piece in pieces if piece))


def table(headings: Sequence[str], rows: Iterable[Sequence[Md]]) -> Md:
    """A table; a heading that begins with `#` is a column of numbers and stands to the right."""
    return Md("\n".join([_head(tuple(headings)), *[f"| {' | '.join(row)} |" for row in rows]]))


@lru_cache(maxsize=256)  # the same few tables on every page
def _head(headings: tuple[str, ...]) -> str:
    names = [heading.removeprefix("#") for heading in headings]
    rules = ["---:" if heading.startswith("#") else "---" for heading in headings]
    return f"| {' | '.join(names)} |\n| {' | '.join(rules)} |"


def folded(summary: Md, body: Md) -> Md:
    """Something to open by hand. GitHub wants the empty lines."""
    return Md(f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>")


def alert(kind: str, body: Md) -> Md:
    """GitHub's own boxes: note, tip, important, warning, caution."""
    return Md(f"> [!{kind.upper()}]\n> " + body.replace("\n", "\n> "))


def comment(value: str) -> Md:
    """A remark for those who read the source."""
    return Md(f"<!-- {clean(value, 300).replace('--', '- -').replace('>', '›').rstrip('-')} -->")
