"""The relations that one descriptor states, both directions, as Backstage emits them. Does not ask who exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from waypost.catalog.entities import Relation
from waypost.catalog.kinds import Field
from waypost.catalog.refs import parse_ref


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
        for pointer, value in _values(field.name, spec.get(field.name)):
            try:
                target = _target(value, field.kind, namespace)
            except ValueError as error:
                bad.append(BadRef(pointer, value, str(error)))
                continue
            found.add(Relation(ref, field.relation, target))
            found.add(Relation(target, field.inverse, ref))
    return tuple(sorted(found)), bad


def _values(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield f"/spec/{name}/{number}", item
    elif value:  # Backstage passes over every empty value here, whatever its type
        yield f"/spec/{name}", value


def _target(value: Any, kind: str | None, namespace: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f'"{value}" is not an entity ref: write [kind:][namespace/]name')
    return str(parse_ref(value, kind, namespace))
