"""Reads a repository as a pull request would leave it: its files at the head over everything else at the base.

Not the head alone: a branch that is weeks old would then seem to take back what others merged since. A fork's head is
read through the repository that the pull request goes to; no token ever reaches the fork, and nothing of it is run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from waypost.apis.judge import judge
from waypost.catalog.budget import DEFAULT_BUDGET
from waypost.catalog.describe import describe
from waypost.catalog.discovery import is_ours
from waypost.catalog.entities import Repository, Snapshot
from waypost.catalog.files import Blob, Files, Touch, Wanted
from waypost.forge.desk import Change
from waypost.forge.protocol import Forge, ForgeError, Reading, Wish
from waypost.pages.paths import is_generated

ROUNDS = 32  # as in `reader`
STEERING = ("templates/", "integrations/")  # of the catalog repository: people's, and shown on pages


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a pull request brings: which files, and where they are read."""

    repository: Repository  # as it is, at the base that is known
    head: str
    changes: Sequence[Change] | None  # None: too many for GitHub to list
    is_catalog: bool

    @property
    def paths(self) -> frozenset[str] | None:
        """Every path that is another afterwards, old names too; None: any may be."""
        if self.changes is None:
            return None
        return frozenset(path for one in self.changes for path in (one.path, one.before) if path)


def concerns_us(changes: Sequence[Change] | None, watched: Collection[str], is_catalog: bool) -> bool:
    """Say whether a pull request may change the catalog, or what people see of it."""
    if changes is None:
        return True
    paths = [path for one in changes for path in (one.path, one.before) if path]
    if is_catalog and any(path.startswith(STEERING) or is_generated(path) for path in paths):
        return True
    return any(is_ours(path, watched, is_catalog) for path in paths)


def read(forge: Forge, proposed: Proposed) -> Snapshot:
    """Return the snapshot that a merge would bring."""
    files = Files()
    for _ in range(ROUNDS):
        answer = describe(proposed.repository, files, is_catalog=proposed.is_catalog, judge=judge)
        if isinstance(answer, Snapshot):
            return answer
        files = files.add(_answer(forge, proposed, answer))
    raise ForgeError(f"{proposed.repository.full_name}: too many rounds")


def texts(forge: Forge, proposed: Proposed, paths: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """Return the text of files at the base and at the head; "" where there is none."""
    wanted = tuple(sorted(paths))
    if not wanted:
        return {}
    before, after = _ask(
        forge, [_wish(proposed, proposed.repository.head, wanted), _wish(proposed, proposed.head, wanted)]
    )
    return {path: (_text(before.blobs.get(path)), _text(after.blobs.get(path))) for path in wanted}


def _answer(forge: Forge, proposed: Proposed, wanted: Wanted) -> Files:
    """Ask both commits in one call, each for what it has the say over."""
    base, touched = proposed.repository.head, proposed.paths
    paths, touches = set(wanted.paths), set(wanted.touches)
    at_head = Wish(
        *(proposed.repository.id, proposed.repository.full_name),
        paths=tuple(sorted(paths if touched is None else paths & touched)),
        folders=wanted.folders if touched is None else (),
        touches=tuple(sorted(touches if touched is None else touches & touched)),
        at=proposed.head,
    )
    at_base = replace(
        at_head,
        paths=tuple(sorted(paths - set(at_head.paths))),
        folders=() if touched is None else wanted.folders,
        touches=tuple(sorted(touches - set(at_head.touches))),
        at=base,
    )
    files = Files()
    wishes = [wish for wish in (at_base, at_head) if wish.paths or wish.folders or wish.touches]
    for reading in _ask(forge, wishes) if wishes else ():
        files = files.add(_files(forge, proposed, reading))
    if wanted.tree:
        files = replace(files, tree=_tree(forge, proposed))
    return files


def _ask(forge: Forge, wishes: Sequence[Wish]) -> Sequence[Reading]:
    readings = forge.read(wishes)
    if any(reading.repository is None for reading in readings):
        raise ForgeError(f"{wishes[0].full_name} cannot be read any more")
    return readings


def _files(forge: Forge, proposed: Proposed, reading: Reading) -> Files:
    wish = reading.wish
    found = {path: _whole(forge, wish.full_name, blob) for path, blob in reading.blobs.items()}
    folders = {folder: _entries(proposed, folder, reading.folders.get(folder, ())) for folder in wish.folders}
    touches = dict.fromkeys(wish.touches, Touch("", "")) | dict(reading.touches)
    return Files(dict.fromkeys(wish.paths) | found, folders, touches)


def _entries(proposed: Proposed, folder: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Add to a folder's entries what the pull request adds there, and drop the files it removes."""
    prefix, found = f"{folder}/" if folder else "", set(names)
    for change in proposed.changes or ():
        if change.before.startswith(prefix) and change.status == "renamed":
            found.discard(change.before.removeprefix(prefix))
        if not change.path.startswith(prefix):
            continue
        first, slash, _ = change.path.removeprefix(prefix).partition("/")
        if change.status == "removed":
            found.discard(first if not slash else "")
        else:
            found.add(first + slash)
    return tuple(sorted(found))


def _tree(forge: Forge, proposed: Proposed) -> tuple[str, ...]:
    name, touched = proposed.repository.full_name, proposed.paths
    if touched is None:
        return tuple(forge.tree(name, proposed.head))
    base = proposed.repository.head
    kept = {path for path in (forge.tree(name, base) if base else ()) if path not in touched}
    return tuple(sorted(kept | {one.path for one in proposed.changes or () if one.status != "removed"}))


def _wish(proposed: Proposed, at: str, paths: tuple[str, ...]) -> Wish:
    return Wish(proposed.repository.id, proposed.repository.full_name, paths, at=at)


def _whole(forge: Forge, full_name: str, blob: Blob) -> Blob:
    """Fetch what was too large to come along, within the budget; see `reader`."""
    if blob.text is not None or not 0 < blob.size <= DEFAULT_BUDGET.size:
        return blob
    data = forge.blob(full_name, blob.id)
    return blob if b"\0" in data else blob._replace(text=data.decode(errors="surrogateescape"))


def _text(blob: Blob | None) -> str:
    return (blob.text or "") if blob else ""
