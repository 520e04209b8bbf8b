"""What a repository shows without a descriptor: who owns its root, and what lies there."""

from __future__ import annotations

from collections.abc import Mapping

from waypost.catalog.discovery import CODEOWNERS
from waypost.catalog.entities import Evidence
from waypost.catalog.files import Blob

# Patterns that mean every file.
_EVERYTHING = frozenset({"*", "/", "/*", "**", "/**", "**/*"})


def evidence(blobs: Mapping[str, Blob | None], root: tuple[str, ...]) -> Evidence:
    """Return the evidence; `root` are the names in the root folder, folders with a slash."""
    found = next((blob for path in CODEOWNERS if (blob := blobs.get(path))), None)
    text = (found.text if found else None) or ""
    return Evidence(root_owners(text), tuple(sorted(root)))


def root_owners(text: str) -> tuple[str, ...]:
    """Return the owners of everything, as written; the last such line counts, as on GitHub."""
    owners: tuple[str, ...] = ()
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words and words[0] in _EVERYTHING:
            owners = tuple(words[1:])
    return owners
