"""What a reader hands to `describe` and what `describe` asks for in return: values only, nothing is read here.

The reader (sync for the forge, sync/local.py for checkouts) owns the loop, `describe` owns the rules:

    files = Files()
    while isinstance(answer := describe(repository, files), Wanted):
        files = files.add(read(repository, answer))        # everything of one commit: repository.head

Each round asks only for what the rounds before did not bring, and their number is bounded by `describe`: usually
three (the well-known places, what they point at, the last commits), one where nothing is found.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Blob(NamedTuple):
    """A file's content. `text` is None when the file is binary or larger than `Budget.size` (1 MiB).

    A reader that gets larger files in pieces only must fetch the rest itself, up to that size. Bytes that are not
    UTF-8 are decoded with errors="surrogateescape": the parser reports them, with the place.
    """

    id: str  # git blob id
    text: str | None
    size: int = 0


class Touch(NamedTuple):
    """The last commit that touched a path, and its date (ISO 8601, as git gives it). Both "" where there is no git."""

    commit: str
    committed: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is still needed, all at the same commit. Sorted; never holds what Files already answers."""

    paths: tuple[str, ...] = ()  # files: answer each in Files.blobs, None for one that is absent
    folders: tuple[str, ...] = ()  # listings: answer each in Files.folders, () for one that is absent; "" is the root
    touches: tuple[str, ...] = ()  # answer each in Files.touches
    tree: bool = False  # the whole list of paths, for globs: answer in Files.tree


@dataclass(frozen=True, slots=True)
class Files:
    """What is known so far of one repository at one commit.

    A reader that has the whole tree at hand may give it from the start: then only files that exist are asked for,
    and no folder.
    """

    blobs: Mapping[str, Blob | None] = field(default_factory=dict)  # None: known to be absent, or not a plain file
    folders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # folder -> entry names, "name/" for folders
    touches: Mapping[str, Touch] = field(default_factory=dict)
    tree: tuple[str, ...] | None = None  # every file of the commit, "a/b.yaml"; None: not known
    is_tree_complete: bool = True  # False when the forge cut the listing short
    # What `describe` worked out from the blobs in an earlier round, so that no file is parsed twice. Not for readers.
    memo: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def add(self, other: Files) -> Files:
        """Return both together; what `other` knows comes last and wins."""
        return Files(
            {**self.blobs, **other.blobs},
            {**self.folders, **other.folders},
            {**self.touches, **other.touches},
            self.tree if other.tree is None else other.tree,
            self.is_tree_complete and other.is_tree_complete,
            self.memo,
        )
