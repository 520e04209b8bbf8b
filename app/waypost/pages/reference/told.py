"""Descriptions in definitions, which are CommonMark by their standards: what little of it is safe and helps to read.

Paragraphs, lists, code, bold and https links stay what they are; everything else is text. HTML and images never pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from waypost.integrations.urls import safe_url
from waypost.pages.markdown import CLIP, NOTHING, Md, bold, clean, code, fence, link, spaced, text

_MARKS = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|!?\[(?P<label>[^\[\]]{1,200})\]\((?P<target>https://[^()\s]{1,1000})\)"
    r"|\*\*(?P<bold>[^*]+)\*\*"
    r"|(?P<address>https://[^\s<>\"'`()\[\]]+)"
)
_ITEM = re.compile(r"[ \t]{0,12}(?:[-*+]|\d{1,9}[.)])[ \t]+(?=\S)")
_HEADING = re.compile(r"#{1,6}[ \t]+(?=\S)")
_FENCE = re.compile(r"[ \t]{0,12}(```+|~~~+)[ \t]*([A-Za-z]*)")
_PLAIN = frozenset({"json", "yaml", "xml", "http", "bash", "sh", "shell", "graphql", "protobuf", "text"})


def line(value: str, clip: int = CLIP) -> Md:
    """A description in one line, as in a cell of a table."""
    return _inline(clean(value[: 8 * clip], clip))


def _inline(whole: str) -> Md:
    shown: list[Md] = []
    end = 0
    for found in _MARKS.finditer(whole):
        shown += [_text(whole[end : found.start()]), _marked(found)]
        end = found.end()
    return Md("".join([*shown, _text(whole[end:])]))


def _text(piece: str) -> Md:
    return Md(spaced(piece)) if piece else NOTHING


def _marked(found: re.Match[str]) -> Md:
    if inside := found["code"]:
        return code(inside, len(inside) + 1) if inside.strip() else _text(found[0])
    if inside := found["bold"]:
        return bold(text(inside, len(inside) + 1)) if inside == inside.strip() else _text(found[0])
    if target := found["target"]:
        url = safe_url(target)
        return link(text(found["label"], 200), url) if url else _text(found[0])
    bare = found["address"].rstrip(".,;:!?")
    if url := safe_url(bare):
        return Md(f"<{url}>{_text(found['address'][len(bare) :])}")
    return _text(found[0])


def told(value: str, clip: int = 2_000) -> Md:
    """A description as blocks; one that is cut ends with three dots."""
    whole = value.strip()
    lines = whole[:clip].replace("\r\n", "\n").split("\n")
    return Md("\n\n".join(_blocks(lines)) + ("…" if len(whole) > clip else ""))


def _blocks(lines: list[str]) -> Iterator[Md]:
    """Paragraphs, lists, headings (in bold: the page has headings of its own) and fenced code."""
    paragraph: list[str] = []
    items: list[str] = []
    place = 0
    while place < len(lines):
        current = lines[place]
        place += 1
        fenced, item = _FENCE.match(current), _ITEM.match(current)
        if paragraph and (fenced or item or not current.strip() or _HEADING.match(current)):
            yield _paragraph(paragraph)
            paragraph = []
        if items and (fenced or not (item or (current.startswith((" ", "\t")) and current.strip()))):
            yield _list(items)
            items = []
        if fenced:
            body, place = _code(lines, place, fenced[1])
            yield fence(body, fenced[2].lower() if fenced[2].lower() in _PLAIN else "")
        elif item:
            items.append(current[item.end() :])
        elif items:
            items[-1] += f" {current.strip()}"
        elif heading := _HEADING.match(current):
            yield bold(text(current[heading.end() :].rstrip(" #"), 200))
        elif current.strip():
            paragraph.append(current)
    if paragraph:
        yield _paragraph(paragraph)
    if items:
        yield _list(items)


def _code(lines: list[str], start: int, marks: str) -> tuple[str, int]:
    """The lines up to the fence that closes, and where it goes on."""
    end = next((at for at in range(start, len(lines)) if lines[at].strip().startswith(marks)), len(lines))
    return "\n".join(lines[start:end]), end + 1


def _paragraph(lines: list[str]) -> Md:
    whole = " ".join(lines)
    return _inline(clean(whole, len(whole) + 1))


def _list(items: list[str]) -> Md:
    return Md("\n".join(f"- {_inline(clean(item, len(item) + 1))}" for item in items))
