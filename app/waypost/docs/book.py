"""A site between its engine and its layout: titles, navigation and page contents as values. Nothing in it is trusted.

The same values travel in `waypost_pages.json`, so that who publishes a site sanitises and renders it anew instead of
believing HTML that somebody uploaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

FORMAT = 1
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation or of a page's table of contents; `url` is "" for a heading without a page."""

    title: str
    url: str
    children: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `url` is relative to the site: "" for the front page, "guide/" for guide.md."""

    url: str
    source: str  # below docs_dir
    title: str
    content: str  # HTML
    contents: tuple[Entry, ...] = ()
    edit_url: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of the search index."""

    location: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Book:
    """All of a site but its images and other files."""

    title: str
    description: str
    language: str
    pages: tuple[Page, ...]
    navigation: tuple[Entry, ...] = ()
    index: tuple[Found, ...] = ()
    redirects: Mapping[str, str] | None = None  # address in the site -> page of the site, or web address


class NotABook(ValueError):
    """The JSON does not hold what an engine writes."""


def to_json(book: Book) -> dict[str, Any]:
    """Return the plain form of a book."""
    return {"format": FORMAT, **asdict(book)}


def from_json(data: Any) -> Book:
    """Read a book from its plain form; raise NotABook when anything has another shape."""
    row = _mapping(data)
    if row.get("format") != FORMAT:
        raise NotABook(f"format {row.get('format')!r} is not {FORMAT}")
    return Book(
        title=_text(row, "title"),
        description=_text(row, "description"),
        language=_text(row, "language"),
        pages=tuple(_page(page) for page in _list(row, "pages")),
        navigation=_entries(row, "navigation", 0),
        index=tuple(
            Found(_text(found, "location"), _text(found, "title"), _text(found, "text"))
            for found in map(_mapping, _list(row, "index"))
        ),
        redirects={str(old): str(new) for old, new in _mapping(row.get("redirects") or {}).items()},
    )


def _page(data: Any) -> Page:
    row = _mapping(data)
    words = {name: _text(row, name) for name in ("url", "source", "title", "content", "edit_url")}
    return Page(**words, contents=_entries(row, "contents", 0))


def _entries(row: Mapping[str, Any], name: str, depth: int) -> tuple[Entry, ...]:
    if depth > _DEEPEST:
        raise NotABook(f"{name}: more than {_DEEPEST} levels")
    return tuple(
        Entry(_text(entry, "title"), _text(entry, "url"), _entries(entry, "children", depth + 1))
        for entry in map(_mapping, _list(row, name))
    )


def _mapping(data: Any) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise NotABook("an object was expected")
    return data


def _text(row: Mapping[str, Any], name: str) -> str:
    if not isinstance(row.get(name), str):
        raise NotABook(f"{name}: a text was expected")
    return str(row[name])


def _list(row: Mapping[str, Any], name: str) -> Sequence[Any]:
    if not isinstance(row.get(name), list | tuple):
        raise NotABook(f"{name}: a list was expected")
    return row[name]  # type: ignore[no-any-return]
