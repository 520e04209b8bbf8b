"""Descriptors that are not in the catalog yet, checked against what it records: names, owners, references.

The same checks as in the catalog itself, seen from these entities; what they do to others is the business of `compare`.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from waypost.catalog.claims import taken
from waypost.catalog.entities import Entity, Relation, Snapshot
from waypost.catalog.findings import examine
from waypost.catalog.graph import merged
from waypost.catalog.nearest import nearest
from waypost.catalog.ownership import other_names, titles
from waypost.catalog.people import People
from waypost.catalog.problems import Problem
from waypost.catalog.teams import is_derived


@dataclass(slots=True)
class _Surroundings:
    organisation: str
    entities: Mapping[str, Entity]
    people: People | None = None
    snapshots: Mapping[int, Snapshot] = field(default_factory=dict)
    edges: dict[str, tuple[Relation, ...]] = field(default_factory=dict)
    assumed: dict[str, str] = field(default_factory=dict)
    titled: dict[str, tuple[str, ...]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    rings: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)


def check(
    entities: Sequence[Entity], recorded: Mapping[str, Entity], organisation: str = ""
) -> dict[str, list[Problem]]:
    """Return the problems of each entity by its ref.

    `recorded` may read a record only when it is asked for one. An entity whose origin names no repository holds every
    name that is recorded for a file of the same path.
    """
    own = {entity.ref: entity for entity in entities}
    around = _Surroundings(organisation, ChainMap(own, recorded))  # type: ignore[arg-type]  # read only
    stated: dict[str, list[Relation]] = {}
    for entity in entities:
        for edge in entity.relations:
            stated.setdefault(edge.source, []).append(edge)
    around.edges = {ref: merged((), (), edges) for ref, edges in stated.items()}
    _guess(around, {ref for ref in stated if ref not in around.entities}, organisation)
    return {ref: [*_name(entity, recorded.get(ref)), *examine(around, entity)] for ref, entity in own.items()}


def _guess(around: _Surroundings, unknown: set[str], organisation: str) -> None:
    """Find what is meant by refs that name nothing; people are read only when one of these may be meant."""
    if not unknown:
        return
    by_kind: dict[str, list[str]] = {}
    by_name: dict[str, list[str]] = {}
    for ref in sorted(around.entities):
        by_kind.setdefault(ref.partition(":")[0], []).append(ref)
        by_name.setdefault(ref.rpartition("/")[2], []).append(ref)
    if any(ref.startswith(("group:", "user:")) for ref in unknown):
        for ref in (*by_kind.get("group", ()), *by_kind.get("user", ())):
            for name in other_names(around.entities[ref], organisation):
                if name in unknown:
                    around.assumed.setdefault(name, ref)
            for name in titles(around.entities[ref]):
                if name in unknown:
                    around.titled[name] = (*around.titled.get(name, ()), ref)
        for name, refs in around.titled.items():
            if len(refs) == 1:
                around.assumed.setdefault(name, refs[0])
    around.missing = {ref: nearest(ref, by_kind, by_name) for ref in unknown if ref not in around.assumed}


def _name(entity: Entity, record: Entity | None) -> list[Problem]:
    if record is None or is_derived(record):
        return []
    origin, holder = entity.origin, record.origin
    is_same = (
        origin.repository.lower() == holder.repository.lower() if origin.repository else origin.path == holder.path
    )
    return [] if is_same else [taken(entity, record)]
