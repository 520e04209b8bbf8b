"""The catalog as one immutable value, and the questions it answers. How it comes about is in `build`.

Everything is kept in persistent maps, so that a changed repository costs what changed and the value before it stays
whole: both can be compared, and the old one is still there when a commit is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from immutables import Map

from waypost.catalog.entities import Entity, Relation, Snapshot
from waypost.catalog.ownership import member_in, other_names, titles
from waypost.catalog.people import People
from waypost.catalog.problems import Problem
from waypost.catalog.settings import Settings

_EMPTY: Map[Any, Any] = Map()


@dataclass(frozen=True, slots=True)
class Step:
    """One update: what it began from and which refs and repositories it touched."""

    before: object
    refs: frozenset[str]
    repositories: frozenset[int]


@dataclass(frozen=True, slots=True)
class Catalog:
    """What exists, who owns it and what is wrong. Made by `build.build` and `build.update` only."""

    organisation: str
    settings: Settings
    today: str = ""
    readers: str = "private"  # who may read the catalog, as the visibility of its repository
    people: People | None = None  # GitHub's teams and members; None: nothing may be said of them
    all_people: People | None = None  # the same, whoever may read the catalog
    snapshots: Map[int, Snapshot] = _EMPTY  # of the repositories that are in, by id
    hidden: Map[int, Snapshot] = _EMPTY  # of those left out: never shown, kept so that they can come in
    recorded: Map[str, Entity] = _EMPTY  # what entities/ says on the catalog's head: the claims
    recorded_in: Map[int, tuple[str, ...]] = _EMPTY
    entities: Map[str, Entity] = _EMPTY  # by full ref, in every state
    kept_in: Map[int, tuple[str, ...]] = _EMPTY  # the refs a repository holds, sorted
    rivals: Map[str, tuple[int, ...]] = _EMPTY  # repositories that declare what another holds
    edges: Map[str, tuple[Relation, ...]] = _EMPTY  # by source; an edge stated by both sides is there twice
    by_kind: Map[str, tuple[str, ...]] = _EMPTY
    by_name: Map[str, tuple[str, ...]] = _EMPTY
    aliases: Map[str, tuple[str, ...]] = _EMPTY  # other names of groups and users -> their refs
    titled: Map[str, tuple[str, ...]] = _EMPTY  # titles of groups and users, as refs -> their refs
    assumed: Map[str, str] = _EMPTY  # refs that name nothing but are an alias -> the entity that is meant
    missing: Map[str, str] = _EMPTY  # refs that name nothing -> the nearest that exists, or ""
    rings: Map[tuple[str, str], tuple[str, ...]] = _EMPTY  # (relation, ref) -> all that depend on each other with it
    slugs: Map[str, tuple[str, ...]] = _EMPTY  # owner/name in lower case -> entities that name it as their project
    bare: Map[int, Snapshot] = _EMPTY  # repositories that hold no entity
    found: Map[str, tuple[Problem, ...]] = _EMPTY  # by entity: what its repository and the catalog say of it
    contested: Map[str, tuple[Problem, ...]] = _EMPTY  # by ref: what is said to the repositories that do not hold it
    loose: Map[int, tuple[Problem, ...]] = _EMPTY  # by repository: what belongs to no entity that is kept
    token: object = field(default_factory=object, compare=False, repr=False)
    lineage: tuple[Step, ...] = field(default=(), compare=False, repr=False)

    def relations(self, ref: str) -> tuple[Relation, ...]:
        """Return every edge whose source is `ref`, whoever stated it, sorted by type and target.

        A target that names nothing is returned all the same, unless it is another name of a group or user.
        """
        edges = self.edges.get(ref, ())
        if self.assumed:
            edges = self._meant(ref, edges)
        known = dict.fromkeys(edges)
        return edges if len(known) == len(edges) else tuple(known)

    def _meant(self, ref: str, edges: tuple[Relation, ...]) -> tuple[Relation, ...]:
        assumed = self.assumed
        entity = self.entities.get(ref)
        names = (*other_names(entity, self.organisation), *titles(entity)) if entity else ()
        further = [edge for name in names if assumed.get(name) == ref for edge in self.edges.get(name, ())]
        if not further and not any(edge.target in assumed for edge in edges):
            return edges
        return tuple(sorted(Relation(ref, type, assumed.get(target, target)) for _, type, target in (*edges, *further)))

    def resolve(self, ref: str) -> str | None:
        """Return the ref of the entity that `ref` names, also by another name of a group or user."""
        return ref if ref in self.entities else self.assumed.get(ref)

    def owner(self, ref: str) -> str | None:
        """Return the group or user that owns an entity; None when nobody does or the owner is not known."""
        for edge in self.edges.get(ref, ()):
            if edge.type == "ownedBy":
                target = self.resolve(edge.target)
                if target is not None and target.startswith(("group:", "user:")):
                    return target
        return None

    def member(self, ref: str) -> str:
        """Return the login of the organisation's member who owns an entity though nothing describes them; else ""."""
        if self.people is None or self.owner(ref) is not None:
            return ""
        targets = (edge.target for edge in self.edges.get(ref, ()) if edge.type == "ownedBy")
        return next((login for target in targets if (login := member_in(target, self.people))), "")

    def kinds(self) -> Sequence[str]:
        """Return the lower-case kinds there are, sorted."""
        return sorted(self.by_kind)

    def refs(self, kind: str) -> Sequence[str]:
        """Return the refs of a lower-case kind, sorted."""
        return self.by_kind.get(kind, ())

    def problems_of(self, ref: str) -> tuple[Problem, ...]:
        """Return what is wrong with an entity that is kept, sorted."""
        return self.found.get(ref, ())

    def problems_in(self, repository_id: int) -> tuple[Problem, ...]:
        """Return everything that is wrong in a repository, also what belongs to no entity, sorted."""
        snapshot = self.snapshots.get(repository_id)
        problems = list(self.loose.get(repository_id, ()))
        for ref in self.kept_in.get(repository_id, ()):
            problems += self.found.get(ref, ())
        if snapshot is not None and self.contested:
            name = snapshot.repository.full_name
            for ref in {entity.ref for entity in snapshot.entities}:
                problems += [problem for problem in self.contested.get(ref, ()) if problem.repository == name]
        return tuple(sorted(problems))

    def all_problems(self) -> tuple[Problem, ...]:
        """Return everything that is wrong, sorted."""
        return tuple(sorted(self._every_problem()))

    def _every_problem(self) -> Iterator[Problem]:
        yield from self.settings.problems
        for problems in (*self.found.values(), *self.contested.values(), *self.loose.values()):
            yield from problems

    def undescribed(self) -> Sequence[Snapshot]:
        """Return the repositories that nothing in the catalog describes, by name; not the catalog's own."""
        own = self.settings.catalog_name(self.organisation)
        named = ((snapshot.repository.full_name.lower(), snapshot) for snapshot in self.bare.values())
        return [snapshot for name, snapshot in sorted(named, key=_name) if name != own and name not in self.slugs]


def _name(pair: tuple[str, Snapshot]) -> tuple[str, int]:
    return pair[0], pair[1].repository.id
