"""One repository of the in-memory forge: commits as immutable maps, so a history of thousands costs little."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from immutables import Map

from waypost.catalog.entities import Repository
from waypost.catalog.files import Blob, Touch
from waypost.forge.blobs import blob, blob_id
from waypost.forge.protocol import NotFound, Reading, Wish

Changes = Mapping[str, str | bytes | None]  # path -> content; None removes
FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)


class MemoryCommit(NamedTuple):
    """A commit and everything at it."""

    id: str
    parent: str
    files: Map[str, bytes]
    ids: Map[str, str]  # path -> blob id
    touches: Map[str, Touch]  # path or folder -> the last commit that touched it, also of removed ones
    message: str


EMPTY = MemoryCommit("", "", Map(), Map(), Map(), "")


class MemoryRepository:
    """Mutable: `value` is what the forge says now, `value.head` the default branch."""

    def __init__(self, value: Repository) -> None:
        self.value = replace(value, head="")
        self.is_hidden = False
        self.is_protected = False
        self._commits: dict[str, MemoryCommit] = {}
        self._branches: dict[str, str] = {}  # besides the default branch: name -> head

    @property
    def files(self) -> Map[str, bytes]:
        return self._commits.get(self.value.head, EMPTY).files

    def at(self, commit: str) -> MemoryCommit:
        if commit not in self._commits:
            raise NotFound(f"{self.value.full_name} has no commit {commit}")
        return self._commits[commit]

    def history(self) -> Iterator[MemoryCommit]:
        commit = self._commits.get(self.value.head)
        while commit is not None:
            yield commit
            commit = self._commits.get(commit.parent)

    def move(self, commit: str) -> None:
        self.value = replace(self.value, head=self.at(commit).id if commit else "")

    def head_of(self, branch: str) -> str:
        """Where a branch is; "" when there is none."""
        return self.value.head if branch == self.value.default_branch else self._branches.get(branch, "")

    def push(self, changes: Mapping[str, bytes | None], message: str, date: str, branch: str = "") -> str:
        """Add a commit to the default branch, or to another, which it may begin."""
        if branch not in ("", self.value.default_branch):
            self._branches[branch] = self.commit(self.head_of(branch), changes, message, date)
            return self._branches[branch]
        self.move(self.commit(self.value.head, changes, message, date))
        return self.value.head

    def commit(self, on: str, changes: Mapping[str, bytes | None], message: str, date: str = "") -> str:
        """Add a commit to no branch; its date is made up, a minute after the one before."""
        parent = self._commits.get(on, EMPTY)
        date = date or f"{FIRST_DAY + timedelta(minutes=len(self._commits)):%Y-%m-%dT%H:%M:%SZ}"
        seed = f"{self.value.id} {len(self._commits)} {parent.id} {sorted(changes)} {message}"
        number = hashlib.sha1(seed.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
        files, ids, touches = parent.files.mutate(), parent.ids.mutate(), parent.touches.mutate()
        for path, data in changes.items():
            if data is not None:
                files[path], ids[path] = data, blob_id(data)
            elif path in files:
                del files[path], ids[path]
            for touched in _with_folders(path):
                touches[touched] = Touch(number, date)
        commit = MemoryCommit(number, parent.id, files.finish(), ids.finish(), touches.finish(), message)
        self._commits[number] = commit
        return number

    def blob(self, wanted: str) -> bytes:
        for commit in reversed(self._commits.values()):
            for path, known in commit.ids.items():
                if known == wanted:
                    return commit.files[path]
        raise NotFound(f"{self.value.full_name} has no blob {wanted}")

    def answer(self, wish: Wish) -> Reading:
        """What the forge reads of it; an unknown `at` finds nothing, as in GraphQL."""
        commit = self._commits.get(wish.at or self.value.head, EMPTY)
        blobs: dict[str, Blob] = {path: blob(commit.files[path]) for path in wish.paths if path in commit.files}
        folders = {folder: names for folder in wish.folders if (names := _entries(commit.files, folder))}
        touches = {path: commit.touches[path] for path in wish.touches if path in commit.touches}
        return Reading(wish, self.value, blobs, folders, touches)


def as_bytes(changes: Changes) -> dict[str, bytes | None]:
    return {path: text.encode() if isinstance(text, str) else text for path, text in changes.items()}


def _with_folders(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]


def _entries(files: Map[str, bytes], folder: str) -> tuple[str, ...]:
    prefix = f"{folder}/" if folder else ""
    names = set()
    for path in files:
        if path.startswith(prefix):
            first, slash, _ = path[len(prefix) :].partition("/")
            names.add(first + slash)
    return tuple(sorted(names))
