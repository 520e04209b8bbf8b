"""What is wrong with an entity among the others: checks of one entity and its neighbours, in a list you can read.

Nothing here depends on more than the entity, its edges, what these lead to, the rings it is in, and its repository:
that is what lets `build` check again only where something changed. People change only with a full build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from waypost.catalog import owner_findings
from waypost.catalog.entities import Entity, Relation
from waypost.catalog.graph import ENDING, targets, way_round
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.surroundings import Found, Surroundings, hint, place_of, problem
from waypost.catalog.teams import is_derived
from waypost.catalog.tiers import tier_number

_RELIES = ("consumesApi", "dependsOn")
_NAMED_IN_RING = 8


def examine(around: Surroundings, entity: Entity) -> list[Problem]:
    """Return everything that is wrong with one entity among the others."""
    return [found for check in CHECKS for found in check(around, entity)]


def face(entity: Entity | None) -> tuple[object, ...] | None:
    """Return what the checks of its neighbours see of an entity: when it is the same, they need not be made again."""
    if entity is None:
        return None
    as_owner = owner_findings.face(entity) if entity.kind in ("Group", "User") else ()
    return (is_deprecated(entity), tier_number(entity), *as_owner)


def is_deprecated(entity: Entity) -> bool:
    return str(entity.spec.get("lifecycle") or "").strip().lower() == "deprecated"


def _in_its_state(around: Surroundings, entity: Entity) -> Found:
    reason = f"{entity.reason}." if entity.reason else ""
    since = f" since {entity.since[:10]}" if entity.since else ""
    if is_derived(entity):
        return  # see owner_findings
    if entity.state == "orphan":
        yield problem(
            entity,
            "orphan",
            "",
            f"{entity.ref} is an orphan{since}: {reason}",
            "Declare it again to keep it, or remove what refers to it: it is dropped when its grace period ends.",
            Severity.WARNING,
        )
    elif entity.state == "stale":
        yield problem(
            entity,
            "stale",
            "",
            f"{entity.ref} may be out of date{since}: {reason}",
            "Give the Waypost App access to the repository; what was known last is shown until then.",
            Severity.WARNING,
        )
    elif entity.state == "archived":
        yield problem(
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
        yield problem(
            entity,
            "reference-dangling",
            place_of(entity, relation),
            f"{entity.ref} names {relation.target} ({relation.type}), which is not in the catalog.{hint(guess)}",
            f"Write {guess}." if guess else "Describe it, or remove the reference.",
            Severity.WARNING,
        )


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
            yield problem(
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
            yield problem(
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
        yield problem(
            entity,
            "cycle",
            place,
            f"{entity.ref} is {_RING_WORDS[type]} itself{through}.",
            "Remove one of these references: a chain must end somewhere.",
            Severity.WARNING,
        )


Check = Callable[[Surroundings, Entity], Found]
CHECKS: tuple[Check, ...] = (
    _in_its_state,
    *owner_findings.CHECKS,
    _refers_to_what_exists,
    _relies_on_nothing_deprecated,
    _relies_on_nothing_below_its_tier,
    _is_in_no_ring,
)
