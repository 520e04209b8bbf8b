"""Bare git repositories on disk, one per repository id, and the writes that the API makes to them.

Reads go through pygit2 in this process; clones and pushes through `git http-backend` (smart_http.py).
A repository's lock is held while its refs move, by the API and by a push alike.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pygit2
from pygit2.enums import FileMode, ObjectType

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

_CONFIG = """[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
[http]
	receivepack = true
[receive]
	advertisePushOptions = true
[uploadpack]
	allowFilter = true
	allowReachableSHA1InWant = true
[gc]
	auto = 0
"""


class Change(NamedTuple):
    """What a file becomes. An id names a blob that is already there."""

    content: bytes | pygit2.Oid
    mode: int = FileMode.BLOB


class Author(NamedTuple):
    name: str
    email: str
    seconds: float
    offset: int = 0  # minutes east of UTC

    def signature(self) -> pygit2.Signature:
        return pygit2.Signature(self.name or "unknown", self.email or "unknown", int(self.seconds), self.offset)


class GitStore:
    """The folder of bare repositories."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._locks: dict[int, threading.RLock] = {}
        self._locks_guard = threading.Lock()
        self._open: dict[int, pygit2.Repository] = {}

    def path(self, repository_id: int) -> Path:
        return self._root / f"{repository_id}.git"

    def lock(self, repository_id: int) -> threading.RLock:
        """Return the lock under which the refs of a repository move."""
        with self._locks_guard:
            return self._locks.setdefault(repository_id, threading.RLock())

    def create(self, repository_id: int, default_branch: str) -> None:
        """Make an empty bare repository. Written by hand: `git init` costs 10 ms, which 5,000 repositories feel."""
        path = self.path(repository_id)
        for folder in (path, path / "refs", path / "objects", path / "objects" / "pack"):  # git makes the rest
            folder.mkdir()
        (path / "config").write_text(_CONFIG)
        self.set_default_branch(repository_id, default_branch)

    def set_default_branch(self, repository_id: int, branch: str) -> None:
        (self.path(repository_id) / "HEAD").write_text(f"ref: refs/heads/{branch}\n")

    def remove(self, repository_id: int) -> None:
        self._open.pop(repository_id, None)
        shutil.rmtree(self.path(repository_id), ignore_errors=True)

    def kilobytes(self, repository_id: int) -> int:
        """Return about how much a repository holds: its packs, and a disk block for each object outside them."""
        blocks = size = 0
        for folder in os.scandir(self.path(repository_id) / "objects"):
            with os.scandir(folder) as held:
                if folder.name == "pack":
                    size += sum(file.stat().st_size for file in held)
                else:
                    blocks += sum(1 for _ in held)
        return blocks * 4 + -(-size // 1024)

    def open(self, repository_id: int) -> pygit2.Repository:
        """Open a repository; a few hundred stay open because opening reads several files."""
        found = self._open.pop(repository_id, None)
        if found is None:
            found = pygit2.Repository(str(self.path(repository_id)), pygit2.enums.RepositoryOpenFlag.BARE)
            if len(self._open) >= 256:
                self._open.pop(next(iter(self._open)))
        self._open[repository_id] = found
        return found


def refs(repository: pygit2.Repository) -> dict[str, str]:
    """Return every ref and the id it points to, sorted by name."""
    found = {}
    for name in repository.references:
        reference = repository.references.get(name)
        if reference is not None:
            found[name] = str(reference.resolve().target)
    return dict(sorted(found.items()))


def target(repository: pygit2.Repository, ref: str) -> str | None:
    """Return the id a full ref points to (a tag object's own), or None."""
    reference = repository.references.get(ref)
    return str(reference.resolve().target) if reference is not None else None


def head(repository: pygit2.Repository, branch: str) -> pygit2.Commit | None:
    """Return the commit a branch points to, or None."""
    reference = repository.references.get(f"refs/heads/{branch}")
    return reference.peel(pygit2.Commit) if reference is not None else None


def resolve(repository: pygit2.Repository, name: str, default_branch: str = "") -> pygit2.Commit | None:
    """Return the commit that a branch, tag, full ref or (short) commit id names, or None."""
    if not name or name == "HEAD":
        return head(repository, default_branch) if default_branch else None
    for candidate in (name, f"refs/{name}", f"refs/heads/{name}", f"refs/tags/{name}"):
        if not candidate.startswith("refs/") or not pygit2.reference_is_valid_name(candidate):
            continue
        reference = repository.references.get(candidate)
        if reference is not None:
            return _as_commit(repository, str(reference.resolve().target))
    return _as_commit(repository, name)


def find(repository: pygit2.Repository, object_id: str) -> pygit2.Object | None:
    """Return an object by its (possibly short) id, or None."""
    if not 4 <= len(object_id) <= 40 or not set(object_id) <= set("0123456789abcdef"):
        return None
    try:
        return repository[object_id]
    except (KeyError, ValueError):
        return None


def _as_commit(repository: pygit2.Repository, object_id: str) -> pygit2.Commit | None:
    found = find(repository, object_id)
    while isinstance(found, pygit2.Tag):
        found = found.get_object()
    return found if isinstance(found, pygit2.Commit) else None


def entry(tree: pygit2.Tree, path: str) -> pygit2.Object | None:
    """Return the blob, tree or submodule commit at a path below a tree, or None; "" is the tree itself."""
    if not path.strip("/"):
        return tree
    try:
        return tree[path.strip("/")]
    except (KeyError, ValueError):
        return None


def build_tree(
    repository: pygit2.Repository, base: pygit2.Tree | None, changes: Mapping[str, Change | None]
) -> pygit2.Oid:
    """Write the tree that results from changing files (None removes; a folder left empty disappears)."""
    here: dict[str, Change | None] = {}
    below: dict[str, dict[str, Change | None]] = {}
    for path, change in changes.items():
        name, _, rest = path.partition("/")
        if rest:
            below.setdefault(name, {})[rest] = change
        else:
            here[name] = change
    builder = repository.TreeBuilder(base) if base is not None else repository.TreeBuilder()
    for name, change in here.items():
        if change is None:
            if builder.get(name) is not None:
                builder.remove(name)
            continue
        content = change.content
        builder.insert(name, repository.create_blob(content) if isinstance(content, bytes) else content, change.mode)
    for name, inner in below.items():
        old = entry(base, name) if base is not None else None
        written = build_tree(repository, old if isinstance(old, pygit2.Tree) else None, inner)
        if str(written) != EMPTY_TREE:
            builder.insert(name, written, FileMode.TREE)
        elif builder.get(name) is not None:
            builder.remove(name)
    return builder.write()


def commit_files(
    repository: pygit2.Repository,
    parents: Iterable[pygit2.Commit],
    changes: Mapping[str, Change | None],
    message: str,
    author: Author,
    committer: Author | None = None,
) -> pygit2.Oid:
    """Write a commit on top of its parents without moving any ref, and return its id."""
    known = list(parents)
    tree = build_tree(repository, known[0].tree if known else None, changes)
    signature = author.signature()
    return repository.create_commit(
        None,
        signature,
        committer.signature() if committer is not None else signature,
        message,
        tree,
        [parent.id for parent in known],
    )


def move_ref(repository: pygit2.Repository, name: str, target: pygit2.Oid | str | None) -> None:
    """Point a ref somewhere, or remove it (None). The caller holds the repository's lock and has checked."""
    if target is None:
        repository.references.delete(name)
    else:
        repository.references.create(name, str(target), force=True)


def is_ancestor(repository: pygit2.Repository, old: pygit2.Oid, new: pygit2.Oid) -> bool:
    """Tell whether moving from `old` to `new` is a fast-forward."""
    return old == new or repository.descendant_of(new, old)


def kind(found: pygit2.Object) -> str:
    """Return blob, tree, commit or tag."""
    return {ObjectType.BLOB: "blob", ObjectType.TREE: "tree", ObjectType.COMMIT: "commit", ObjectType.TAG: "tag"}[
        ObjectType(found.type)
    ]
