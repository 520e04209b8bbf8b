"""The relations that one descriptor states, both directions, as Backstage emits them. Does not ask who exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from waypost.catalog.kinds import Field
from waypost.catalog.refs import parse_ref


class Relation(NamedTuple):
    """One directed edge; the inverse is an edge of its own. Both ends are full lower-case refs."""

    source: str
    type: str
    target: str


class BadRef(NamedTuple):
    """A value that should name an entity and cannot; `pointer` says where, `reason` why."""

    pointer: str
    value: Any
    reason: str


def relations(
    ref: str, namespace: str, spec: Mapping[str, Any], fields: Sequence[Field]
) -> tuple[tuple[Relation, ...], list[BadRef]]:
    """Return what `spec` states, sorted and without repetition, and the values that are no refs."""
    found: set[Relation] = set()
    bad: list[BadRef] = []
    for field in fields:
        stated = spec.get(field.name)
        for pointer, value in _values(field.name, stated) if stated else ():
            try:
                target = _target(value, field.kind, namespace)
            except ValueError as error:
                bad.append(BadRef(pointer, value, str(error)))
                continue
            found.add(Relation(ref, field.relation, target))
            found.add(Relation(target, field.inverse, ref))
    return tuple(sorted(found)), bad


def _values(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield pointer and value of each ref. Backstage passes over every empty value here, whatever its type."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield f"/spec/{name}/{number}", item
    else:
        yield f"/spec/{name}", value


def _target(value: Any, kind: str | None, namespace: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f'"{value}" is not an entity ref: write [kind:][namespace/]name')
    return _named(value, kind, namespace)


@lru_cache(maxsize=1_024)  # the owner and the system of one entity are those of the next
def _named(value: str, kind: str | None, namespace: str) -> str:
    return str(parse_ref(value, kind, namespace))
