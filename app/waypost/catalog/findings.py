"""What is wrong with an entity among the others: checks of one entity and its neighbours, in a list you can read.

Nothing here depends on more than the entity, its edges, what these lead to, and the rings it is in: that is what lets
`build` check again only where something changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from waypost.catalog.entities import Entity, Relation
from waypost.catalog.graph import ENDING, Edges, targets, way_round
from waypost.catalog.kinds import CUSTOM_FIELDS, KINDS
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.refs import parse_ref
from waypost.catalog.tiers import tier_number

_RELIES = ("consumesApi", "dependsOn")
_NAMED_IN_RING = 8


class Surroundings(Protocol):
    """What a check may look at."""

    @property
    def entities(self) -> Mapping[str, Entity]: ...
    @property
    def edges(self) -> Edges: ...
    @property
    def assumed(self) -> Mapping[str, str]: ...
    @property
    def missing(self) -> Mapping[str, str]: ...
    @property
    def rings(self) -> Mapping[tuple[str, str], tuple[str, ...]]: ...


Found = Iterator[Problem]


def examine(around: Surroundings, entity: Entity) -> list[Problem]:
    """Return everything that is wrong with one entity among the others."""
    return [problem for check in CHECKS for problem in check(around, entity)]


def face(entity: Entity | None) -> tuple[object, ...] | None:
    """Return what the checks of its neighbours see of an entity: when it is the same, they need not be made again."""
    return None if entity is None else (is_deprecated(entity), tier_number(entity))


def is_deprecated(entity: Entity) -> bool:
    return str(entity.spec.get("lifecycle") or "").strip().lower() == "deprecated"


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


def _in_its_state(around: Surroundings, entity: Entity) -> Found:
    reason = f"{entity.reason}." if entity.reason else ""
    since = f" since {entity.since[:10]}" if entity.since else ""
    if entity.state == "orphan":
        yield _problem(
            entity,
            "orphan",
            "",
            f"{entity.ref} is an orphan{since}: {reason}",
            "Declare it again to keep it, or remove what refers to it: it is dropped when its grace period ends.",
            Severity.WARNING,
        )
    elif entity.state == "stale":
        yield _problem(
            entity,
            "stale",
            "",
            f"{entity.ref} may be out of date{since}: {reason}",
            "Give the Waypost App access to the repository; what was known last is shown until then.",
            Severity.WARNING,
        )
    elif entity.state == "archived":
        yield _problem(
            entity,
            "archived",
            "",
            f"{reason} {entity.ref} is kept and marked archived.",
            "Unarchive the repository, or remove its descriptor.",
            Severity.NOTE,
        )


def _refers_to_what_exists(around: Surroundings, entity: Entity) -> Found:
    for relation in entity.relations:
        if relation.source != entity.ref or relation.target in around.entities:
            continue
        if relation.target in around.assumed or relation.type == "ownedBy":
            continue
        guess = around.missing.get(relation.target, "")
        yield _problem(
            entity,
            "reference-dangling",
            place_of(entity, relation),
            f"{entity.ref} names {relation.target} ({relation.type}), which is not in the catalog.{_hint(guess)}",
            f"Write {guess}." if guess else "Describe it, or remove the reference.",
            Severity.WARNING,
        )


def _has_a_known_owner(around: Surroundings, entity: Entity) -> Found:
    for relation in entity.relations:
        if relation.source != entity.ref or relation.type != "ownedBy":
            continue
        target = around.assumed.get(relation.target, relation.target)
        if target in around.entities and target.startswith(("group:", "user:")):
            continue
        written = entity.spec.get("owner")
        guess = around.missing.get(relation.target, "")
        what = (
            f'"{written}" is {target}, not a group or user.'
            if target in around.entities
            else f'no group or user "{written}".'
        )
        yield _problem(
            entity,
            "owner-unknown",
            place_of(entity, relation),
            f"{entity.ref}: {what}{_hint(guess)}",
            f"Write {guess}."
            if guess
            else "Name a group or user of the catalog, or register the team in registrations/.",
            Severity.WARNING,
        )


def _hint(guess: str) -> str:
    return f' Did you mean "{guess}"?' if guess else ""


def _relied_on(around: Surroundings, entity: Entity) -> Iterator[tuple[Relation, Entity]]:
    last = None
    for relation in around.edges.get(entity.ref, ()):
        if relation.type in _RELIES and relation != last and (other := around.entities.get(relation.target)):
            yield relation, other
        last = relation


def _relies_on_nothing_deprecated(around: Surroundings, entity: Entity) -> Found:
    if is_deprecated(entity):
        return
    for relation, other in _relied_on(around, entity):
        if is_deprecated(other):
            yield _problem(
                entity,
                "target-deprecated",
                place_of(entity, relation),
                f"{entity.ref} relies on {other.ref}, which is deprecated.",
                f"Move away from {other.ref}; its page says what replaces it.",
                Severity.WARNING,
            )


def _relies_on_nothing_below_its_tier(around: Surroundings, entity: Entity) -> Found:
    own = tier_number(entity)
    if own is None:
        return
    for relation, other in _relied_on(around, entity):
        theirs = tier_number(other)
        if theirs is not None and theirs > own:
            yield _problem(
                entity,
                "tier-inversion",
                place_of(entity, relation),
                f"{entity.ref} is tier {own} and relies on {other.ref}, which is tier {theirs} only.",
                f"Raise {other.ref} to tier {own}, or make {entity.ref} bear its absence.",
                Severity.WARNING,
            )


_RING_WORDS = {"childOf": "a child of", "dependsOn": "dependent on", "partOf": "part of"}


def _is_in_no_ring(around: Surroundings, entity: Entity) -> Found:
    for type in ENDING:
        members = around.rings.get((type, entity.ref))
        if members is None:
            continue
        way = way_round(around.edges, entity.ref, type, members)
        if len(way) > _NAMED_IN_RING:
            way = [*way[:_NAMED_IN_RING], f"{len(way) - _NAMED_IN_RING} more"]
        through = f" through {', '.join(way)}" if way else ""
        pointers = (Relation(entity.ref, type, target) for target in targets(around.edges, entity.ref, type))
        place = next((place_of(entity, one) for one in pointers if one.target in members), "/spec")
        yield _problem(
            entity,
            "cycle",
            place,
            f"{entity.ref} is {_RING_WORDS[type]} itself{through}.",
            "Remove one of these references: a chain must end somewhere.",
            Severity.WARNING,
        )


def _problem(entity: Entity, id: str, path: str, message: str, fix: str, severity: Severity) -> Problem:
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


Check = Callable[[Surroundings, Entity], Found]
CHECKS: tuple[Check, ...] = (
    _in_its_state,
    _has_a_known_owner,
    _refers_to_what_exists,
    _relies_on_nothing_deprecated,
    _relies_on_nothing_below_its_tier,
    _is_in_no_ring,
)
