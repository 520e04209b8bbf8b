"""Who holds a name: what repositories claim and what the catalog's head records, settled one ref at a time.

Who is recorded keeps the name, by the numeric id of the repository, so that neither a rename nor an earlier letter in
the alphabet takes it over; among claimants met at once the lowest id wins. A failure to read never costs a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from waypost.catalog.dates import is_over
from waypost.catalog.entities import Entity, Snapshot
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.settings import Settings
from waypost.catalog.teams import is_derived

# Annotations that only Waypost writes; a descriptor that claims them is not believed (see `records`).
RESERVED = frozenset(
    {
        "backstage.io/managed-by-location",
        "backstage.io/managed-by-origin-location",
        "waypost.dev/repository-id",
        "waypost.dev/line",
        "waypost.dev/document",
        "waypost.dev/commit",
        "waypost.dev/committed",
        "waypost.dev/state",
        "waypost.dev/state-reason",
        "waypost.dev/state-since",
    }
)


@dataclass(frozen=True, slots=True)
class Ground:
    """What claims are settled on, besides the claims."""

    settings: Settings
    today: str
    snapshots: Mapping[int, Snapshot]
    hidden: Mapping[int, Snapshot]


class Verdict(NamedTuple):
    entity: Entity | None
    rivals: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()


def declared_by(snapshot: Snapshot | None) -> dict[str, Entity]:
    """Return what a repository declares, by ref."""
    found: dict[str, Entity] = {}
    if snapshot is not None and snapshot.state != "gone":
        for entity in snapshot.entities:
            found.setdefault(entity.ref, entity)
    return found


def settle(ground: Ground, ref: str, declared: Mapping[int, Entity], record: Entity | None) -> Verdict:
    """Decide who holds `ref`: `declared` is what each repository says of it now, `record` what the head says."""
    if record is not None and is_derived(record):
        record = None  # nobody declared it: there is no claim
    remains = None if record is None or record.origin.repository_id in declared else _remains(ground, record)
    holder = _holder(ground, ref, declared, record, remains)
    if holder is None:
        return Verdict(None)
    kept = _as_found(ground.snapshots[holder], declared[holder], record) if holder in declared else remains
    rivals = tuple(sorted(number for number in declared if number != holder))
    if kept is None or not rivals:
        return Verdict(kept)
    return Verdict(kept, rivals, tuple(taken(declared[number], kept) for number in rivals))


def _holder(
    ground: Ground, ref: str, declared: Mapping[int, Entity], record: Entity | None, remains: Entity | None
) -> int | None:
    heir = ground.settings.handovers.get(ref)
    if heir is not None:
        for number in sorted(declared):
            if ground.snapshots[number].repository.full_name.lower() == heir:
                return number
    if record is not None and (remains is not None or record.origin.repository_id in declared):
        return record.origin.repository_id
    return min(declared, default=None)


def _as_found(snapshot: Snapshot, entity: Entity, record: Entity | None) -> Entity:
    entity = without_reserved(entity)
    if snapshot.state == "stale":
        was = record.since if record is not None and record.state == "stale" else ""
        return replace(entity, state="stale", reason=_why_stale(snapshot), since=was or snapshot.since)
    if snapshot.repository.is_archived:
        reason = f"{snapshot.repository.full_name} was archived on GitHub"
        return replace(entity, state="archived", reason=reason, since=snapshot.since)
    return entity


def _why_stale(snapshot: Snapshot) -> str:
    return snapshot.reason or f"{snapshot.repository.full_name} could not be read"


def _remains(ground: Ground, record: Entity) -> Entity | None:
    """What is kept of an entity that its repository no longer declares, or of which it could not be asked."""
    number = record.origin.repository_id
    if number in ground.hidden:
        return None  # purged at once: what is left out must not be named
    snapshot = ground.snapshots.get(number)
    if snapshot is None or snapshot.state == "stale":
        if record.state == "orphan":
            return _unless_over(ground, record)
        reason = _why_stale(snapshot) if snapshot else f"{record.origin.repository} was not read"
        return _stale(record, reason, snapshot.since if snapshot else "")
    if snapshot.state == "present" and (reason := _why_unreadable(snapshot, record)):
        return _stale(record, reason, "")
    reason, since = _why_orphan(ground, snapshot, record)
    origin = record.origin
    if origin.repository != snapshot.repository.full_name:
        origin = replace(origin, repository=snapshot.repository.full_name)
    return _unless_over(ground, replace(record, origin=origin, state="orphan", reason=reason, since=since))


def _stale(record: Entity, reason: str, since: str) -> Entity:
    return replace(
        record, state="stale", reason=reason, since=(record.since if record.state == "stale" else "") or since
    )


def _why_unreadable(snapshot: Snapshot, record: Entity) -> str:
    """Say that the descriptor has errors: then nobody removed the entity, it only cannot be read."""
    path = record.origin.path
    for problem in snapshot.problems:
        if problem.severity is Severity.ERROR and (
            problem.ref == record.ref or (problem.file == path and not problem.ref)
        ):
            return f"{path} in {snapshot.repository.full_name} has errors"
    return ""


def _unless_over(ground: Ground, orphan: Entity) -> Entity | None:
    return None if is_over(orphan.since, ground.settings.grace_days, ground.today) else orphan


def _why_orphan(ground: Ground, snapshot: Snapshot, record: Entity) -> tuple[str, str]:
    """Say why and since when: the date of the commit that removed it as far as git says, else the day it was missed."""
    name = snapshot.repository.full_name
    path = record.origin.path
    source = next((source for source in snapshot.sources if source.path == path), None)
    if snapshot.state == "gone":
        reason, committed = snapshot.reason or f"{name} is no longer there", snapshot.since
    elif source is not None and source.blob:
        reason, committed = f"{path} in {name} no longer declares it", source.committed
    else:
        reason, committed = f"{name} no longer has {path}", source.committed if source else ""
    since = record.since if record.state == "orphan" else ""
    return reason, since or committed or ground.today


def taken(claim: Entity, kept: Entity) -> Problem:
    """Say to one who declares a name that another holds it."""
    origin, holder = claim.origin, kept.origin
    where = holder.repository if kept.state == "present" else f"{holder.repository} ({kept.state})"
    return Problem(
        repository=origin.repository,
        file=origin.path,
        line=origin.line,
        id="name-taken",
        path="/metadata/name",
        message=f"{claim.ref} is already declared by {where}, in {holder.path}.",
        fix="Retire it there, pick another name, or hand it over in waypost.yaml: "
        f"`handovers: {{{claim.ref}: {origin.repository}}}`.",
        severity=Severity.ERROR,
    )


def without_reserved(entity: Entity) -> Entity:
    """Drop annotations that only Waypost writes: somebody may have written them by hand, to deceive."""
    annotations = entity.metadata.get("annotations")
    if not isinstance(annotations, Mapping) or RESERVED.isdisjoint(annotations):
        return entity
    return replace(entity, data=drop_annotations(entity.data, RESERVED))


def drop_annotations(data: Mapping[str, object], names: Iterable[str]) -> dict[str, object]:
    """Return an envelope without some annotations, and without an empty `annotations`."""
    metadata = data["metadata"]
    assert isinstance(metadata, Mapping)
    gone = set(names)
    kept = {name: value for name, value in metadata["annotations"].items() if name not in gone}
    rest = {key: value for key, value in metadata.items() if key != "annotations"}
    # The place of a key means nothing; `records` writes the envelope in its own order.
    return {**data, "metadata": {**rest, "annotations": kept} if kept else rest}
