"""Which names of files may stand in the central site. Changes no name: what does not fit is left out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

from waypost.docs.build import PUBLISHED
from waypost.docs.extensions import is_inside
from waypost.docs.layout import is_taken
from waypost.docs.limits import PATH

_MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
# What Windows and GitHub's web pages stumble over, or what means something in an address.
_ODD = frozenset('<>:"|?*%\\')


def is_plain(path: str) -> bool:
    """Say whether a path names one file below a folder, for everybody who reads it."""
    if not is_inside(path) or len(path) > PATH or _ODD & set(path):
        return False
    if not path.isascii() and any(unicodedata.category(letter)[0] == "C" for letter in path):
        return False  # unseen letters, and those that turn the line round
    parts = path.split("/")
    return path.isprintable() and all(part and part[0] not in ". " and part[-1] not in ". " for part in parts)


def is_published(path: str) -> bool:
    """Say whether a file beside the pages is of a kind that is only shown or saved."""
    stem, dot, suffix = path.rpartition("/")[2].rpartition(".")
    return is_plain(path) and bool(stem and dot) and suffix.lower() in PUBLISHED and not is_taken(path)


def is_page(url: str) -> bool:
    """Say whether an address of a page leads to an HTML file of the site."""
    path = unquote(url)
    file = f"{path}index.html" if not path or path.endswith("/") else path
    return is_plain(file) and file.endswith(".html") and not is_taken(file)


def is_markdown(path: str) -> bool:
    """Say whether a path is that of a Markdown page."""
    return is_plain(path) and path.lower().endswith(_MARKDOWN)


def folded(path: str) -> str:
    """Return what two paths have in common when some file system takes them for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", path).casefold())


def clashes(paths: Iterable[str]) -> list[str]:
    """Return the paths, sorted, that differ from an earlier one by case or form only, or that are a folder too."""
    known: set[str] = set()
    folders: dict[str, str] = {}
    found = []
    for path in sorted(paths):
        key = folded(path)
        parts = key.split("/")
        above = {"/".join(parts[:depth]) for depth in range(1, len(parts))}
        if key in known or key in folders or above & known:
            found.append(path)
            continue
        known.add(key)
        folders |= dict.fromkeys(above, path)
    return found
