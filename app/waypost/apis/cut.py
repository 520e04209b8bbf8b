"""Ends a reference that is longer than anybody reads, and says so in its notes. Changes nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from waypost.apis.reading import MOST_FIELDS, MOST_OPERATIONS, MOST_TYPES
from waypost.apis.reference import Field, Group, Reference, Type


def cut(reference: Reference) -> Reference:
    """Keep what comes first of operations, types and their fields."""
    room = _Room()
    groups = tuple(room.groups(reference.groups))
    types = tuple(room.types(reference.types))
    return replace(reference, groups=groups, types=types, notes=(*reference.notes, *room.notes()))


class _Room:
    """How much more is taken."""

    def __init__(self) -> None:
        self.left = {"operations": MOST_OPERATIONS, "types": MOST_TYPES, "fields": MOST_FIELDS}
        self.hidden = dict.fromkeys(self.left, 0)

    def take(self, what: str, asked: int) -> int:
        """Return how many of `asked` there is room for, and take it."""
        taken = min(asked, self.left[what])
        self.left[what] -= taken
        self.hidden[what] += asked - taken
        return taken

    def groups(self, groups: Sequence[Group]) -> Iterator[Group]:
        for group in groups:
            operations = group.operations[: self.take("operations", len(group.operations))]
            kept = tuple(replace(one, fields=self.fields(one.fields)) for one in operations)
            if kept or not group.operations:
                yield replace(group, operations=kept)

    def types(self, types: Sequence[Type]) -> Iterator[Type]:
        for one in types[: self.take("types", len(types))]:
            kept = replace(one, fields=self.fields(one.fields))
            yield replace(kept, values=one.values[: self.take("fields", len(one.values))])

    def fields(self, fields: Sequence[Field]) -> tuple[Field, ...]:
        return tuple(fields[: self.take("fields", len(fields))])

    def notes(self) -> Iterator[str]:
        for what, count in self.hidden.items():
            if count:
                yield f"{count:,} more {what}: there are too many to show."
