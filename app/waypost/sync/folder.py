"""The catalog repository as a folder: what is recorded there, and writing what differs from a stream of files.

People's files are never touched: `plan` refuses every path that is not generated. A symbolic link in a generated place
is replaced, not followed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

from waypost.catalog import records
from waypost.catalog.entities import Entity
from waypost.catalog.refs import full_ref
from waypost.pages.forms import is_theirs
from waypost.pages.paths import FORMS, GENERATED, is_generated
from waypost.pages.plan import blob_id, plan

BATCH = 500  # files in memory at a time


@dataclass(slots=True)
class Tally:
    """What writing came to."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0


def recorded(root: Path) -> dict[str, Entity]:
    """Return the claims under entities/, by ref; a file that is none of ours claims nothing."""
    found = {}
    for path in generated(root):
        if _ref(path):
            try:
                claim = records.read(_text(root, path))
            except ValueError:
                continue  # edited by hand beyond recognition: written anew
            found[claim.ref] = claim
    return found


class Records(Mapping[str, Entity]):
    """The same claims, each read when it is asked for: their names are in the paths."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.paths = {ref: path for path in generated(root) if (ref := _ref(path))}

    def __getitem__(self, ref: str) -> Entity:
        try:
            return records.read(_text(self.root, self.paths[ref]))
        except ValueError as error:
            raise KeyError(ref) from error

    def __contains__(self, ref: object) -> bool:
        return ref in self.paths

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


def _ref(path: str) -> str:
    """Return the ref whose file this is; "" for other files."""
    parts = path.removesuffix(".yaml").split("/")
    if not path.endswith(".yaml") or len(parts) != 5 or parts[0] != "entities":
        return ""
    kind, namespace, name = (unquote(part) for part in (parts[1], parts[2], parts[4]))
    return full_ref(kind, namespace, name)


def generated(root: Path) -> Iterator[str]:
    """Yield every path that is ours to write or remove, as it is now. Links are named, not followed."""
    for name in GENERATED:
        if name == FORMS:
            for path in (root / name).parent.glob(f"{name.rpartition('/')[2]}*"):
                yield path.relative_to(root).as_posix()
            continue
        if not name.endswith("/"):
            if os.path.lexists(root / name):
                yield name
            continue
        if os.path.islink(root / name.rstrip("/")):
            continue  # what is behind it is not ours; writing puts a folder in its place
        for at, folders, files in os.walk(root / name):
            links = [folder for folder in folders if os.path.islink(os.path.join(at, folder))]
            base = os.path.relpath(at, root)
            yield from (f"{base}/{file}" for file in (*files, *links))


def write(root: Path, rendered: Iterable[tuple[str, str]], is_dry: bool = False) -> Tally:
    """Write what differs and remove what is ours and was not rendered. Raises OSError."""
    head = _Head(root, set(generated(root)))
    tally = Tally()
    seen: set[str] = set()
    made: set[str] = set()
    files = iter(rendered)
    # The kernel makes files while the next ones are rendered; at most two batches are in memory.
    with ThreadPoolExecutor(1) as writer:
        writing: Future[None] | None = None
        while batch := list(islice(files, BATCH)):
            changes = plan(batch, head, lambda path: _text(root, path), full=False).changes
            seen.update(path for path, _ in batch if path in head.paths)
            tally.written += len(changes)
            tally.unchanged += len(batch) - len(changes)
            if writing is not None:
                writing.result()
            writing = None if is_dry else writer.submit(_put_all, root, changes, made)
        if writing is not None:
            writing.result()
    for path in sorted(head.paths - seen):
        if is_theirs(path, lambda path: _text(root, path)):
            continue
        tally.removed += 1
        if not is_dry:
            _remove(root, path)
    return tally


@dataclass(frozen=True, slots=True)
class _Head(Mapping[str, str]):
    """Blob ids of the files that are there, worked out when they are asked for."""

    root: Path
    paths: set[str]

    def __getitem__(self, path: str) -> str:
        if path not in self.paths:
            raise KeyError(path)
        full = self.root / path
        return "" if full.is_symlink() else blob_id(full.read_bytes())

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


def _text(root: Path, path: str) -> str:
    full = root / path
    return "" if full.is_symlink() else full.read_bytes().decode("utf-8", "replace")


def _put_all(root: Path, changes: Mapping[str, bytes | None], made: set[str]) -> None:
    for path, data in changes.items():
        if data is not None:
            _put(root, path, data, made)


def _put(root: Path, path: str, data: bytes, made: set[str]) -> None:
    folder = path.rpartition("/")[0]
    if folder not in made:
        _make(root, folder, made)
    full = f"{root}/{path}"
    try:
        # Not through a link that somebody put there.
        number = os.open(full, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
    except OSError:
        if not os.path.islink(full):
            raise
        os.unlink(full)
        number = os.open(full, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with open(number, "wb", buffering=0) as file:
        file.write(data)


def _make(root: Path, folder: str, made: set[str]) -> None:
    at = os.fspath(root)
    if not folder:
        os.makedirs(at, exist_ok=True)
    for step in folder.split("/"):
        at = f"{at}/{step}"
        if at in made:
            continue
        if os.path.islink(at):
            os.unlink(at)
        os.makedirs(at, exist_ok=True)
        made.add(at)
    made.add(folder)


def _remove(root: Path, path: str) -> None:
    """Remove a file and the folders it leaves empty."""
    assert is_generated(path)
    full = root / path
    if full.is_dir() and not full.is_symlink():
        return  # a link was here when we began, and a folder of ours is in its place
    full.unlink()
    for folder in Path(path).parents[:-1]:
        try:
            os.rmdir(root / folder)
        except OSError:
            return
