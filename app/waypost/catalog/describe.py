"""What one repository says of itself: from the files that are known so far to a snapshot, or to what is still wanted.

Pure: reads nothing. See `files` for the loop that a reader runs around it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from waypost.catalog import made_from
from waypost.catalog.budget import DEFAULT_BUDGET, Budget
from waypost.catalog.definitions import Judge
from waypost.catalog.discovery import CODEOWNERS, REGISTRATIONS, TEMPLATES, WELL_KNOWN
from waypost.catalog.entities import Repository, Snapshot, Source
from waypost.catalog.evidence import evidence
from waypost.catalog.files import Files, Touch, Wanted
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.reading import Reading, Scope


def describe(
    repository: Repository,
    files: Files,
    *,
    kinds: Collection[str] = (),
    is_catalog: bool = False,
    known: Iterable[Source] = (),
    budget: Budget = DEFAULT_BUDGET,
    judge: Judge | None = None,
) -> Snapshot | Wanted:
    """Return the snapshot of a repository, or what must be read first.

    `kinds` are those that waypost.yaml declares. With `is_catalog` the descriptors are the registrations instead of
    the well-known places. `known` are sources of an earlier snapshot: a file that still holds the same blob is not
    asked for its last commit again, so leave out the paths that a push has touched since. `judge` is asked about the
    definitions of APIs.
    """
    scope = Scope(repository, kinds, is_catalog, {source.path: source for source in known}, budget, judge)
    reading = Reading(scope, files)
    reading.follow(reading.matching((*REGISTRATIONS, *TEMPLATES)) if is_catalog else WELL_KNOWN)
    for path in (*CODEOWNERS, made_from.FILE):
        reading.blob(path)
    folders = tuple(reading.template_folders())
    touches = {path: reading.touch(path) for path in {entity.origin.path for entity in reading.entities.values()}}
    root = _root(files)
    wanted = Wanted(
        tuple(sorted(reading.paths)),
        () if root is not None else ("",),
        tuple(sorted({*(path for path, touch in touches.items() if touch is None), *reading.untouched})),
        reading.needs_tree,
    )
    if wanted != Wanted():
        return wanted
    if not files.is_tree_complete:
        reading.report("", _CUT)
    snapshot = _snapshot(reading, {path: touch or Touch("", "") for path, touch in touches.items()}, root or ())
    made = reading.blob(made_from.FILE)
    return replace(snapshot, made_from=made_from.read(made.text or "") if made else None, folders=folders)


_CUT = Problem(
    id="tree-incomplete",
    message="the repository has more files than GitHub lists; globs may miss some",
    fix="Name the descriptor files one by one in a Location.",
    severity=Severity.WARNING,
)


def _root(files: Files) -> tuple[str, ...] | None:
    """Return the names in the root folder, folders with a slash; None when they are not known."""
    if "" in files.folders:
        return files.folders[""]
    if files.tree is None:
        return None
    return tuple({name + slash for name, slash, _ in (path.partition("/") for path in files.tree)})


def _snapshot(reading: Reading, touches: dict[str, Touch], root: tuple[str, ...]) -> Snapshot:
    return Snapshot(
        reading.scope.repository,
        tuple(reading.entities.values()),
        tuple(sorted(reading.problems)),
        tuple(
            Source(path, blob.id, *touches.get(path, Touch("", ""))) for path, blob in sorted(reading.sources.items())
        ),
        tuple(sorted(reading.watched)),
        evidence(reading.files.blobs, root),
    )
