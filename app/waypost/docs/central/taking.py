"""An upload becomes a book, files and Markdown that may be published. What does not fit is left out, or all is refused.

The HTML that was uploaded is not looked at: pages are made anew of `waypost_pages.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from waypost.docs import limits
from waypost.docs.book import Book, Entry, Found, NotABook, Page, from_json
from waypost.docs.central.names import clashes, folded, is_markdown, is_page, is_plain, is_published
from waypost.docs.layout import METADATA, PAGES, SOURCE
from waypost.docs.svg import NotAnImage, clean_svg
from waypost.docs.wellformed import fault
from waypost.docs.written import Text, read_texts
from waypost.pages.markdown import clean as one_line

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")  # of a letter beyond the first 65,536; without its other half no text
_BRACKETS = 1_000_000  # of JSON that is parsed: a few bytes can stand for a lot of memory
_TOLD = 20
_REBUILD = "Build it again with waypost docs build."


class NotTaken(Exception):
    """The upload is refused as a whole; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What of an upload may be published."""

    book: Book
    others: Mapping[str, bytes]  # images and downloads
    texts: Mapping[str, Text]  # Markdown pages by path
    claim: str  # the entity that it says it belongs to; not checked
    left_out: tuple[str, ...]  # in words


def take(files: Mapping[str, bytes]) -> Taken:
    """Read what was uploaded; raise NotTaken when there is nothing in it that can be published."""
    _check_size(files)
    book, left_out = _book(files)
    others, more = _others(files)
    left_out += more
    texts, more = _texts(files)
    left_out += more
    told = left_out[:_TOLD] + ([f"and {len(left_out) - _TOLD:,} more"] if len(left_out) > _TOLD else [])
    return Taken(book, others, texts, _claim(files), tuple(told))


def _check_size(files: Mapping[str, bytes]) -> None:
    if len(files) > limits.FILES:
        raise NotTaken(f"it has {len(files):,} files; at most {limits.FILES:,} are published. Leave some out.")
    size = sum(map(len, files.values()))
    if size > limits.SITE_BYTES:
        most = limits.SITE_BYTES // 1024**2
        raise NotTaken(f"it has {size // 1024**2:,} MB; at most {most} are published. Keep large files elsewhere.")


def _json(files: Mapping[str, bytes], name: str) -> Any:
    data = files.get(name)
    if data is None:
        raise NotTaken(f"it holds no {name}. {_REBUILD}")
    if len(data) > limits.DATA_BYTES or data.count(b"{") + data.count(b"[") > _BRACKETS:
        raise NotTaken(f"{name} is too large: {len(data):,} bytes. Split the documentation.")
    try:
        value = json.loads(data.decode())
        if _HALF.search(data):
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise NotTaken(f"{name} cannot be read: {_unreadable(error)}. {_REBUILD}") from error
    return value


def _unreadable(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    return "it holds half a letter" if isinstance(error, UnicodeEncodeError) else str(error)[:100]


def _claim(files: Mapping[str, bytes]) -> str:
    if METADATA not in files:
        return ""
    row = _json(files, METADATA)
    claim = row.get("entity", "") if isinstance(row, dict) else ""
    return one_line(claim, 300).lower() if isinstance(claim, str) else ""


def _book(files: Mapping[str, bytes]) -> tuple[Book, list[str]]:
    try:
        book = from_json(_json(files, PAGES))
    except NotABook as error:
        raise NotTaken(f"{PAGES} cannot be read: {error}. {_REBUILD}") from error
    if len(book.pages) > limits.PAGES or len(book.index) > limits.FOUND:
        raise NotTaken(f"it has {len(book.pages):,} pages; at most {limits.PAGES:,} are published. Split it.")
    if _count(book.navigation) > limits.NAVIGATION:
        raise NotTaken(f"its navigation has more than {limits.NAVIGATION:,} entries. Split it.")
    _check_addresses(book)
    pages, left_out = _pages(book.pages)
    if not pages:
        raise NotTaken(f"it holds no page that can be published{': ' * bool(left_out)}{'; '.join(left_out[:3])}.")
    away = sorted(old for old, new in (book.redirects or {}).items() if "://" in new)
    left_out += [f"redirect of {_quote(old)}: it leads to another site" for old in away]
    clean = Book(
        title=one_line(book.title, 200) or "Documentation",
        description=one_line(book.description, 500),
        language=book.language if _LANGUAGE.fullmatch(book.language) else "en",
        pages=pages,
        navigation=_entries(book.navigation),
        index=tuple(Found(row.location, one_line(row.title, 300), row.text) for row in book.index),
        redirects=_redirects(book, away),
    )
    return clean, left_out


def _check_addresses(book: Book) -> None:
    """Raise for addresses that nobody writes: those of the navigation come into every page."""
    contents = (entry for page in book.pages for entry in page.contents)
    longest = max(
        _longest(book.navigation),
        _longest(contents),
        max((len(row.location) for row in book.index), default=0),
        max((len(old) + len(new) for old, new in (book.redirects or {}).items()), default=0),
    )
    if longest > limits.ADDRESS:
        raise NotTaken(
            f"it has an address of {longest:,} letters; at most {limits.ADDRESS:,} are published. Shorten it."
        )


def _longest(entries: Iterable[Entry]) -> int:
    return max((max(len(entry.url), _longest(entry.children)) for entry in entries), default=0)


def _pages(pages: Sequence[Page]) -> tuple[tuple[Page, ...], list[str]]:
    kept: dict[str, Page] = {}
    left_out = []
    for page in pages:
        wrong, key = "", ""
        if not is_page(page.url) or not is_plain(page.source):
            wrong = "its name does not mean the same everywhere; rename the file"
        elif (key := folded(page.url)) in kept:
            wrong = f"it has the address of {_quote(kept[key].source)}, but for the case"
        elif len(page.content) > limits.PAGE_BYTES:
            wrong = f"it has more than {limits.PAGE_BYTES:,} bytes"
        elif reason := fault(page.content):
            wrong = f"not HTML as waypost docs build writes it: {reason}"
        if wrong:
            left_out.append(f"page {_quote(page.url or page.source)}: {wrong}")
        else:
            kept[key] = replace(page, title=one_line(page.title, 300), contents=_entries(page.contents))
    return tuple(kept.values()), left_out


def _redirects(book: Book, away: Sequence[str]) -> Mapping[str, str]:
    known = {page.source for page in book.pages}
    return {
        old: new
        for old, new in sorted((book.redirects or {}).items())
        if old not in away and old not in known and is_markdown(old) and new.partition("#")[0] in known
    }


def _entries(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(Entry(one_line(entry.title, 300), entry.url, _entries(entry.children)) for entry in entries)


def _count(entries: tuple[Entry, ...]) -> int:
    return sum(1 + _count(entry.children) for entry in entries)


def _others(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    kept: dict[str, bytes] = {}
    left_out = []
    for path, data in sorted(files.items()):
        if not is_published(path):
            if not _is_expected(path):
                left_out.append(f"file {_quote(path)}: not of a kind, or not by a name, that is published")
            continue
        if len(data) > limits.FILE_BYTES:
            left_out.append(f"file {_quote(path)}: {len(data):,} bytes, more than {limits.FILE_BYTES:,}")
            continue
        try:
            kept[path] = clean_svg(data) if path.lower().endswith(".svg") else data
        except NotAnImage as error:
            left_out.append(f"file {_quote(path)}: {error}")
    for path in clashes(kept):
        del kept[path]
        left_out.append(f"file {_quote(path)}: differs from another only by case, or is a folder too")
    return kept, left_out


def _texts(files: Mapping[str, bytes]) -> tuple[Mapping[str, Text], list[str]]:
    if SOURCE not in files:
        return {}, [f"the Markdown: it holds no {SOURCE}"]
    try:
        texts = read_texts(_json(files, SOURCE))
    except (NotTaken, ValueError) as error:
        return {}, [f"the Markdown: {error}"]
    kept = {
        path: text if is_plain(text.origin) else Text(text.text)
        for path, text in sorted(texts.items())
        if is_markdown(path) and len(text.text) <= limits.TEXT_LETTERS
    }
    for path in clashes(kept):
        del kept[path]
    return kept, [
        f"Markdown {_quote(path)}: by its name or size not published" for path in sorted(texts.keys() - kept.keys())
    ]


def _is_expected(path: str) -> bool:
    """Say whether a file is one of those that every built site has and that are made anew."""
    return path.endswith(".html") or path.lower().startswith(("waypost-assets/", "search/")) or path in _BUILT


_BUILT = frozenset({METADATA, PAGES, SOURCE})


def _quote(path: str) -> str:
    return f'"{one_line(path, 80)}"'
