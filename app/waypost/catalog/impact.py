"""What a pull request does to the catalog and to those who rely on it, as a value. Words for people are in pages.

An entity that its descriptor no longer declares is kept as an orphan for a while: here it counts as removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from waypost.catalog.catalog import Catalog
from waypost.catalog.compare import Change, Dependent, Difference, compare
from waypost.catalog.compare import impact as users
from waypost.catalog.entities import Entity
from waypost.catalog.ownership import team_of
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.tiers import tier

# Asked for on purpose by an owner: others should know, nothing stops working.
_ANNOUNCED = frozenset({"target-deprecated"})
# What differs with every commit says nothing to people.
_SILENT = frozenset({"origin.commit", "origin.committed", "origin.line", "origin.index", "since"})


@dataclass(frozen=True, slots=True)
class Loss:
    """An entity that goes, what it is called from then on ("" for nothing), and who still names it; sorted."""

    ref: str
    renamed: str
    users: tuple[Dependent, ...]

    def by_owner(self) -> Mapping[str | None, tuple[str, ...]]:
        """The users by who owns them; None last: nobody."""
        found: dict[str | None, list[str]] = {}
        for user in sorted(self.users, key=lambda one: (one.owner is None, one.owner or "", one.ref)):
            found.setdefault(user.owner, []).append(user.ref)
        return {owner: tuple(refs) for owner, refs in found.items()}


class Move(NamedTuple):
    """Something of an entity that was one thing and is another: a path, an owner, a lifecycle, a tier."""

    ref: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Impact:
    """All of it; every list is sorted by ref."""

    repository: str  # owner/name of the pull request's
    before: Catalog = field(repr=False)
    after: Catalog = field(repr=False)
    difference: Difference = field(repr=False)
    added: tuple[str, ...] = ()  # without those that only got another name
    changed: tuple[Change, ...] = ()
    lost: tuple[Loss, ...] = ()
    moved: tuple[Move, ...] = ()  # declared in another file or repository
    owners: tuple[Move, ...] = ()  # handed over: refs of the owners, "" for nobody
    deprecated: tuple[str, ...] = ()
    lifecycles: tuple[Move, ...] = ()
    tiers: tuple[Move, ...] = ()
    elsewhere: tuple[Problem, ...] = ()  # new problems in other repositories

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.lost or self.moved or self.owners or self.elsewhere)

    @property
    def renamed(self) -> tuple[Loss, ...]:
        return tuple(loss for loss in self.lost if loss.renamed)

    @property
    def removed(self) -> tuple[Loss, ...]:
        return tuple(loss for loss in self.lost if not loss.renamed)

    @property
    def breakages(self) -> tuple[Problem, ...]:
        """The new problems of others that ask them to do something."""
        return tuple(one for one in self.elsewhere if one.severity is not Severity.NOTE and one.id not in _ANNOUNCED)

    @property
    def broken(self) -> tuple[str, ...]:
        """The refs in other repositories that lose something they use, or get something to mend."""
        users = {user.ref for loss in self.lost for user in loss.users}
        outside = {ref for ref in users if not _is_of(self.after.entities[ref], self.repository)}
        return tuple(sorted(outside.union(one.ref or one.file for one in self.breakages)))

    @property
    def breaks(self) -> bool:
        """Say whether others lose something that they use."""
        return bool(self.broken)

    @property
    def affected(self) -> tuple[str, ...]:
        """The owners who should know: of users of what goes, of new problems, and both sides of a handover."""
        found = {user.owner for loss in self.lost for user in loss.users}
        found.update(self.after.owner(problem.ref) for problem in self.elsewhere if problem.ref in self.after.entities)
        found.update(end for move in self.owners for end in (move.before, move.after))
        return tuple(sorted(owner for owner in found if owner))

    @property
    def teams(self) -> tuple[str, ...]:
        """The slugs of the GitHub teams to mention: those for whom something breaks; none when nothing does."""
        if not self.breaks:
            return ()
        found = {self.after.owner(ref) for ref in self.broken if ref in self.after.entities}
        return tuple(sorted({slug for owner in found if owner and (slug := mention(self.after, owner))}))


def impact(before: Catalog, after: Catalog, repository: str) -> Impact:
    """Compare the catalog as it is with the one that a pull request to `repository` would make of it."""
    difference = compare(before, after)
    gone = [ref for ref in difference.removed if not _is_kept_as_orphan(before, ref)]
    gone += [change.ref for change in difference.changed if _becomes_orphan(before, after, change.ref)]
    came_back = {ref for ref in (one.ref for one in difference.changed) if _becomes_orphan(after, before, ref)}
    added = {*difference.added, *came_back}
    names = _renames(before, after, sorted(gone), sorted(added))
    kept = [change for change in difference.changed if change.ref not in gone and change.ref not in came_back]
    changes = [change for change in map(_spoken, kept) if change.fields]
    pairs = [(change.ref, before.entities[change.ref], after.entities[change.ref]) for change in changes]
    return Impact(
        repository,
        before,
        after,
        difference,
        tuple(sorted(added - set(names.values()))),
        tuple(changes),
        tuple(Loss(ref, names.get(ref, ""), _left(after, ref)) for ref in sorted(gone)),
        tuple(_moves(pairs, _place)),
        tuple(_handovers(before, after, {*difference.related, *(change.ref for change in kept)})),
        tuple(ref for ref, was, now in pairs if _lifecycle(now) == "deprecated" != _lifecycle(was)),
        tuple(_moves(pairs, _lifecycle)),
        tuple(_moves(pairs, tier)),
        tuple(problem for problem in difference.gained if problem.repository.lower() not in ("", repository.lower())),
    )


def mention(catalog: Catalog, owner: str) -> str:
    """Return the slug of the GitHub team that a group stands for, as it says itself or as GitHub knows; else ""."""
    entity = catalog.entities.get(owner)
    if entity is None or entity.kind != "Group":
        return ""
    if (team := team_of(entity, catalog.people, catalog.organisation)) is not None:
        return team.slug
    place, _, slug = str(entity.annotations.get("github.com/team-slug") or "").removeprefix("@").rpartition("/")
    known = catalog.people is None and place.lower() in ("", catalog.organisation.lower())
    return slug if known and slug.replace("-", "").replace("_", "").isalnum() and slug.isascii() else ""


def _becomes_orphan(before: Catalog, after: Catalog, ref: str) -> bool:
    return after.entities[ref].state == "orphan" != before.entities[ref].state


def _is_kept_as_orphan(before: Catalog, ref: str) -> bool:
    """Its grace period may end with the build: nobody removes it now."""
    return before.entities[ref].state == "orphan"


def _renames(before: Catalog, after: Catalog, gone: Iterable[str], added: Iterable[str]) -> dict[str, str]:
    """Pair what goes with what comes at the same place: same file, same document, same kind."""
    at = {_descriptor(after.entities[ref]): ref for ref in added}
    pairs = ((ref, at.get(_descriptor(before.entities[ref]))) for ref in gone)
    return {ref: name for ref, name in pairs if name}


def _descriptor(entity: Entity) -> tuple[int, str, int, str]:
    return entity.origin.repository_id, entity.origin.path, entity.origin.index, entity.kind


def _spoken(change: Change) -> Change:
    return Change(change.ref, tuple(name for name in change.fields if name not in _SILENT))


def _left(after: Catalog, ref: str) -> tuple[Dependent, ...]:
    """Who still names what goes, once everything is merged."""
    return tuple(one for one in users(after, ref).dependents if after.entities[one.ref].state != "orphan")


def _moves(pairs: Iterable[tuple[str, Entity, Entity]], fact: Callable[[Entity], str]) -> Iterator[Move]:
    for ref, was, now in pairs:
        if (old := fact(was)) != (new := fact(now)):
            yield Move(ref, old, new)


def _handovers(before: Catalog, after: Catalog, refs: Iterable[str]) -> Iterator[Move]:
    """Also of entities that stay as they are while the name of their owner comes to mean somebody else."""
    for ref in sorted(refs):
        if ref not in before.entities or ref not in after.entities:
            continue
        was, now = stated_owner(before, ref), stated_owner(after, ref)
        if was != now and after.entities[ref].state != "orphan":
            yield Move(ref, was, now)


def stated_owner(catalog: Catalog, ref: str) -> str:
    """Return who owns an entity, also one whom the catalog does not know; "" for nobody."""
    if known := catalog.owner(ref):
        return known
    return next((edge.target for edge in catalog.relations(ref) if edge.type == "ownedBy"), "")


def _place(entity: Entity) -> str:
    return f"{entity.origin.repository}/{entity.origin.path}"


def _lifecycle(entity: Entity) -> str:
    return str(entity.spec.get("lifecycle") or "")


def _is_of(entity: Entity, repository: str) -> bool:
    return entity.origin.repository.lower() == repository.lower()
