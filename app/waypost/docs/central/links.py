"""The links of a site that lead nowhere, and those to its neighbours. Follows none to another host: it asks nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from html import unescape
from posixpath import normpath
from urllib.parse import unquote

from waypost.docs.book import Book
from waypost.docs.central.values import Link
from waypost.docs.limits import BROKEN_KEPT

_HREF = re.compile(r' (?:href|src)="([^"]*)"')
_ID = re.compile(r' (?:id|name)="([^"]*)"')
_CENTRE = frozenset({"./", ".", "index.html", "report/", "report", "report/index.html"})  # always there
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def look(book: Book, files: Set[str], place: str) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """Return the broken links of a site and its links to other sites. `files` are its own, `book` is clean.

    A link to a neighbour is given as the path from the top of the centre, for a later look at who is there.
    """
    anchors = {_file(page.url): {unescape(name) for name in _ID.findall(page.content)} for page in book.pages}
    broken: set[tuple[str, str]] = set()
    away: set[tuple[str, str]] = set()
    for page in book.pages:
        own = _file(page.url)
        for written in {unescape(target) for target in _HREF.findall(page.content)}:
            if not written or _ELSEWHERE.match(written):
                continue
            path, _, anchor = written.partition("#")
            target = _resolved(own, path)
            if target.startswith("../"):
                neighbour = normpath(f"{place}/{target}") + ("/" if target.endswith("/") else "")
                if neighbour.startswith(".."):
                    broken.add((page.source, written[:300]))
                elif neighbour not in _CENTRE:
                    away.add((page.source, neighbour[:300]))
            elif not _is_there(target, unquote(anchor), files, anchors):
                broken.add((page.source, written[:300]))
    return tuple(_kept(broken)), tuple(_kept(away))


def is_present(path: str, tree: Set[str]) -> bool:
    """Say whether a path from the top of the centre is there; with or without the name of an index page."""
    return any(f"site/{one}" in tree for one in _names(path))


def _kept(found: set[tuple[str, str]]) -> Iterator[Link]:
    for page, target in sorted(found)[:BROKEN_KEPT]:
        yield Link(page, target)


def _file(url: str) -> str:
    path = unquote(url)
    return f"{path}index.html" if not path or path.endswith("/") else path


def _resolved(own: str, path: str) -> str:
    """Return where a link leads, seen from the top of the site."""
    plain = unquote(path.partition("?")[0])
    if not plain:
        return own
    if plain.startswith("/"):
        return "../../../../"  # from the root of a host: nobody knows where this site will stand
    whole = normpath(f"{own.rpartition('/')[0]}/{plain}".lstrip("/"))
    if whole == ".":
        return ""
    return whole + ("/" if plain.endswith(("/", "/.", "/..")) or plain in (".", "..") else "")


def _names(path: str) -> tuple[str, ...]:
    return (f"{path}index.html",) if not path or path.endswith("/") else (path, f"{path}/index.html")


def _is_there(target: str, anchor: str, files: Set[str], anchors: Mapping[str, Set[str]]) -> bool:
    file = next((one for one in _names(target) if one in files), None)
    if file is None:
        return False
    return not anchor or file not in anchors or anchor in anchors[file]
