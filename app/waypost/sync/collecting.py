"""From the catalog's claims to the artifacts that repositories left, and from those to commits of the central site.

What an artifact holds is judged by `docs.central`; here it is found, downloaded within limits and handed over, and what
one repository did wrong never stops the others. One writer: every commit is guarded by the head it was made from.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from waypost.catalog.entities import Repository
from waypost.docs.apart import NotTried, try_apart
from waypost.docs.artifacts import artifact_of
from waypost.docs.central.batch import place, settled
from waypost.docs.central.state import BrokenState
from waypost.docs.central.values import Batch, Facts, Failure, Refusal, Upload
from waypost.docs.limits import ARTIFACT, BRANCH
from waypost.docs.unpack import MOST_ARCHIVE_BYTES, NotUnpacked, unpack
from waypost.forge.artifacts import Artifact, Artifacts
from waypost.forge.protocol import (
    ForgeError,
    HeadMoved,
    NotAllowed,
    NotFound,
    NotInstalled,
    RateLimited,
    Store,
    Unavailable,
)

log = logging.getLogger("waypost.sync")
STATE = "state.json"
ATTEMPTS = 5
# What is unpacked is in memory: so much of it, and so many sites, are one commit.
BATCH_SITES, BATCH_BYTES = 25, 60 * 1024 * 1024
# What the people who may push to the default branch begin; never what a pull request of somebody else can begin.
EVENTS = ("push", "schedule", "workflow_dispatch", "repository_dispatch")
_END = (RateLimited, NotInstalled)
MISSES = 3  # answers in a row that did not come: then it is no longer about one repository


class Home(NamedTuple):
    """A repository with documented entities, and what artifacts with their documentation are called."""

    id: int
    full_name: str
    branch: str  # its default branch
    names: tuple[str, ...]


class Offer(NamedTuple):
    """The newest artifact of a name that has not been looked at."""

    home: Home
    artifact: Artifact


@dataclass(slots=True)
class Outcome:
    """What a look at the repositories brought."""

    asked: int = 0  # repositories
    placed: list[str] = field(default_factory=list)  # refs
    removed: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    commits: list[str] = field(default_factory=list)  # heads of the branch
    error: ForgeError | None = None  # why some were not asked


def homes(facts: Facts, repositories: Mapping[int, Repository], only: Collection[int] | None = None) -> list[Home]:
    """Return the repositories to ask: those with an entity that says it has documentation, which may be shown."""
    names: dict[int, list[str]] = {}
    if facts.mode == "off":
        return []
    for one in facts.entities.values():
        if one.is_declared and not one.is_hidden and (only is None or one.repository_id in only):
            names.setdefault(one.repository_id, []).append(artifact_of(one.ref))
    return [
        Home(number, known.full_name, known.default_branch, tuple(sorted(names[number])))
        for number in sorted(names)
        if (known := repositories.get(number)) is not None
    ]


def collect(
    artifacts: Artifacts,
    store: Store,
    facts: Facts,
    wanted: Sequence[Home],
    may_write: Callable[[], bool] = lambda: True,
    mermaid: bytes | None = None,
    is_dry: bool = False,
) -> Outcome:
    """Fetch what is new of these repositories and publish it; also take away what the catalog has no more.

    An outage ends the asking: what was found until then is published, and `error` says why there may be more. It also
    says when the token may ask nobody.
    """
    outcome = Outcome()
    store.refresh()
    with _readable():
        known = settled(_state(store), facts)
    for uploads in _batches(artifacts, _look(artifacts, wanted, known, outcome), outcome):
        publish(store, facts, uploads, outcome, may_write, mermaid, is_dry)
    return outcome


def publish(
    store: Store,
    facts: Facts,
    uploads: Sequence[Upload],
    outcome: Outcome,
    may_write: Callable[[], bool] = lambda: True,
    mermaid: bytes | None = None,
    is_dry: bool = False,
) -> None:
    """Commit what these uploads change, planned anew when the branch moved; nothing when that is nothing.

    No file of a site is so large that GitHub would refuse the commit for it, and with it those of the others.
    """
    uploads = _sound(uploads, facts, mermaid, outcome)
    for _ in range(ATTEMPTS):
        head = store.refresh()
        judge = partial(place, dict(store.tree()), _state(store), facts, mermaid=mermaid)
        batch = _judge(judge, uploads, outcome)
        if batch and not is_dry:
            if not may_write():
                return
            try:
                outcome.commits.append(store.commit(head, batch.changes, batch.message))
            except HeadMoved:
                continue
        _note(outcome, batch)
        return
    raise HeadMoved(f"the documentation branch kept moving; gave up after {ATTEMPTS} attempts. Nothing was written.")


def _sound(uploads: Sequence[Upload], facts: Facts, mermaid: bytes | None, outcome: Outcome) -> list[Upload]:
    """Return the uploads that a process of their own could read; the others are failures, and noted as such."""
    try:
        sound, failures = try_apart(uploads, facts, mermaid is not None)
    except NotTried as error:
        raise ForgeError(f"{error}. Nothing was written") from error
    outcome.failures += failures
    return sound


def _judge(
    judge: Callable[[Sequence[Upload], Sequence[Failure]], Batch],
    uploads: Sequence[Upload],
    outcome: Outcome,
) -> Batch:
    """Judge uploads together; when that fails by a mistake of ours, find out for whose upload, and leave it out."""
    with _readable():
        try:
            return judge(uploads, outcome.failures)
        except BrokenState:
            raise
        except Exception:
            if not uploads:
                raise
        sound = [upload for upload in uploads if _is_judged(judge, upload)]
        odd = [upload for upload in uploads if upload not in sound]
        outcome.failures += [
            Failure(one.repository_id, one.repository, "Waypost cannot read it", one.artifact_id, one.artifact)
            for one in odd
        ]
        return judge(sound, outcome.failures)


def _is_judged(judge: Callable[[Sequence[Upload], Sequence[Failure]], Batch], upload: Upload) -> bool:
    try:
        judge([upload], ())
    except Exception:
        log.exception("artifact %d of %s cannot be judged", upload.artifact_id, upload.repository)
        return False
    return True


@contextmanager
def _readable() -> Iterator[None]:
    """Say in words that somebody edited what the branch remembers."""
    try:
        yield
    except BrokenState as error:
        raise ForgeError(
            f"the branch {BRANCH} cannot be continued: {error}. Delete the branch to begin anew"
        ) from error


def _note(outcome: Outcome, batch: Batch) -> None:
    outcome.placed += batch.placed
    outcome.removed += [ref for ref in batch.removed if ref not in outcome.removed]  # a dry run tells each batch
    outcome.refusals += batch.refusals


def _state(store: Store) -> bytes:
    return store.read([STATE]).get(STATE, b"")


def _look(
    artifacts: Artifacts, wanted: Sequence[Home], known: Mapping[tuple[int, str], int], outcome: Outcome
) -> list[Offer]:
    """Ask each repository for its newest artifacts."""
    offers: list[Offer] = []
    refused: list[ForgeError] = []
    misses = 0
    for home in wanted:
        try:
            offers += _newest(artifacts, home, known)
        except _END as error:
            outcome.error = error
            break
        except Unavailable as error:
            outcome.error, misses = error, misses + 1
            if misses == MISSES:
                break
            continue
        except ForgeError as error:
            refused.append(error)
            outcome.failures.append(Failure(home.id, home.full_name, _why(error)))
        outcome.asked, misses = outcome.asked + 1, 0
    if refused and len(refused) == outcome.asked and all(isinstance(error, NotAllowed) for error in refused):
        outcome.error = refused[0]
        outcome.failures.clear()  # no fault of theirs
    return offers


def _newest(artifacts: Artifacts, home: Home, known: Mapping[tuple[int, str], int]) -> Iterator[Offer]:
    """Find the newest of each name; where there is only one entity, also what no descriptor named."""
    for name in home.names:
        found = _usable(artifacts.named(home.full_name, name), home)
        if not found and len(home.names) == 1:
            name = ARTIFACT
            found = _usable(artifacts.named(home.full_name, name), home)
        # a run that is repeated uploads later, and of an older commit
        newest = max(found, key=lambda one: (one.run_id, one.id), default=None)
        if newest is not None and newest.id > known.get((home.id, name), 0):
            yield Offer(home, newest)


def _usable(found: Iterable[Artifact], home: Home) -> list[Artifact]:
    return [one for one in found if not (one.is_expired or one.is_from_fork) and one.branch == home.branch]


def _batches(artifacts: Artifacts, offers: Sequence[Offer], outcome: Outcome) -> Iterator[list[Upload]]:
    """Download in portions that memory holds. The last one may be empty: then the catalog alone changes something."""
    batch: list[Upload] = []
    size = misses = 0
    for offer in offers:
        try:
            upload = _fetch(artifacts, offer)
        except _END as error:
            outcome.error = error
            break
        except Unavailable as error:
            outcome.error, misses = error, misses + 1
            if misses == MISSES:
                break
            continue
        except NotFound:  # it expired or was deleted since the listing; the next run brings another
            continue
        except (ForgeError, NotUnpacked) as error:
            outcome.failures.append(_failure(offer, _why(error)))
            continue
        more, misses = sum(map(len, upload.files.values())), 0
        if batch and (len(batch) == BATCH_SITES or size + more > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(upload)
        size += more
    yield batch


def _fetch(artifacts: Artifacts, offer: Offer) -> Upload:
    home, artifact = offer
    run = artifacts.run(home.full_name, artifact.run_id)
    if run.event not in EVENTS:
        raise NotUnpacked(f"its run was begun by {run.event}; documentation is taken from {', '.join(EVENTS)}")
    if run.is_from_fork or run.branch != home.branch or run.commit != artifact.commit:
        raise NotUnpacked(f"its run is not one of the default branch, {home.branch}")
    if not artifacts.is_on_branch(home.full_name, home.branch, artifact.commit):  # a tag may be called like it
        raise NotUnpacked(f"its commit is not on the default branch, {home.branch}")
    files = unpack(artifacts.download(home.full_name, artifact, MOST_ARCHIVE_BYTES))
    return Upload(
        repository_id=home.id,
        repository=home.full_name,
        commit=artifact.commit,
        committed=run.committed,
        artifact_id=artifact.id,
        files=files,
        artifact=artifact.name,
    )


def _failure(offer: Offer, reason: str) -> Failure:
    home, artifact = offer
    return Failure(home.id, home.full_name, reason, artifact.id, artifact.name)


def _why(error: Exception) -> str:
    """The first sentence: advice for an administrator is nothing for a page that everybody reads."""
    return str(error).partition(". ")[0].rstrip(".")
