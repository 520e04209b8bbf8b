"""What a check of one entity may look at, and the problem it makes of what it sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from waypost.catalog.entities import Entity, Relation, Snapshot
from waypost.catalog.graph import Edges
from waypost.catalog.kinds import CUSTOM_FIELDS, KINDS
from waypost.catalog.people import People
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.refs import parse_ref

Found = Iterator[Problem]


class Surroundings(Protocol):
    """The entity's edges, what these lead to, the rings it is in, its repository, and the organisation's people."""

    @property
    def organisation(self) -> str: ...
    @property
    def people(self) -> People | None: ...
    @property
    def snapshots(self) -> Mapping[int, Snapshot]: ...
    @property
    def entities(self) -> Mapping[str, Entity]: ...
    @property
    def edges(self) -> Edges: ...
    @property
    def assumed(self) -> Mapping[str, str]: ...
    @property
    def titled(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def missing(self) -> Mapping[str, str]: ...
    @property
    def rings(self) -> Mapping[tuple[str, str], tuple[str, ...]]: ...


def problem(entity: Entity, id: str, path: str, message: str, fix: str, severity: Severity) -> Problem:
    """Return a problem at the place where an entity is declared."""
    origin = entity.origin
    return Problem(
        repository=origin.repository,
        file=origin.path,
        line=origin.line,
        id=id,
        path=path,
        message=message.strip(),
        fix=fix,
        ref=entity.ref,
        severity=severity,
    )


def hint(guess: str) -> str:
    """Return a question to end a message with."""
    return f' Did you mean "{guess}"?' if guess else ""


def place_of(entity: Entity, relation: Relation) -> str:
    """Return the JSON pointer of the value that states a relation; the whole `spec` when it cannot be told."""
    kind = KINDS.get(entity.kind)
    for field in kind.fields if kind else CUSTOM_FIELDS:
        if field.relation != relation.type:
            continue
        value = entity.spec.get(field.name)
        if _names(value, relation.target, field.kind, entity.namespace):
            return f"/spec/{field.name}"
        for number, item in enumerate(value if isinstance(value, list) else ()):
            if _names(item, relation.target, field.kind, entity.namespace):
                return f"/spec/{field.name}/{number}"
    return "/spec"


def _names(value: object, target: str, kind: str | None, namespace: str) -> bool:
    try:
        return isinstance(value, str) and str(parse_ref(value, kind, namespace)) == target
    except ValueError:
        return False
