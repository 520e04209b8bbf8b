"""A GraphQL schema between its two spellings and the reference: named types with members. Judges no schema.

A schema that is only a part of one (federation, fragments of a larger graph) is as good as a whole one: a type that is
not defined here is shown by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from waypost.apis.reference import Answer, Body, Field, Group, Kind, Operation, Reference, Type

ROOTS = ("query", "mutation", "subscription")  # in the order in which people look for them
NAMES = {root: root.capitalize() for root in ROOTS}  # of the types, unless the schema names others
_NO_REASON = "No longer supported"  # what GraphQL puts in where nobody wrote one
BUILT_IN = frozenset({"Int", "Float", "String", "Boolean", "ID"})


@dataclass(frozen=True, slots=True)
class Member:
    """A field of an object or an interface, with what it takes."""

    field: Field
    arguments: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A type, and the members of one that has any."""

    type: Type
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class Schema:
    """Every type by name, in order, and which of them an API begins with."""

    types: Mapping[str, Named]
    roots: Mapping[str, str]  # query, mutation, subscription -> name of the type
    description: str = ""
    notes: tuple[str, ...] = ()


def names_shown(defined: Iterable[str], roots: Mapping[str, str]) -> frozenset[str]:
    """Return the types that get an entry of their own, to which others may lead."""
    return frozenset(name for name in defined if not name.startswith("__")) - set(roots.values()) - BUILT_IN


def assemble(schema: Schema) -> Reference:
    """Turn a schema into groups of operations and types."""
    shown = names_shown(schema.types, schema.roots)
    return Reference(
        standard="GraphQL",
        description=schema.description,
        groups=tuple(_groups(schema)),
        types=tuple(_type(named) for name, named in schema.types.items() if name in shown),
        notes=schema.notes,
    )


def _groups(schema: Schema) -> Iterator[Group]:
    for root in ROOTS:
        if named := schema.types.get(schema.roots.get(root, "")):
            operations = tuple(_operation(root, member) for member in named.members)
            yield Group(named.type.name, named.type.description, operations)


def _operation(root: str, member: Member) -> Operation:
    field = member.field
    return Operation(
        verb=root,
        address=field.name,
        description="\n\n".join(filter(None, (field.description, *field.details))),
        fields=member.arguments,
        answers=(Answer("", bodies=(Body(field.kind),)),),
        is_deprecated=field.is_deprecated,
    )


def _type(named: Named) -> Type:
    """A type whose fields say what they take."""
    if not named.members:
        return named.type
    fields = (replace(one.field, details=(*_takes(one), *one.field.details)) for one in named.members)
    return replace(named.type, fields=tuple(fields))


def _takes(member: Member) -> Iterator[str]:
    for argument in member.arguments:
        default = next((one.removeprefix("default ") for one in argument.details if one.startswith("default ")), "")
        written = f"{argument.name}: {argument.kind.text}{f' = {default}' if default else ''}"
        yield f"takes `{written.replace('`', '')}`"


def why(reason: object) -> str:
    """Why something is deprecated, in a line; "" when nobody said it."""
    said = " ".join(reason.split()) if isinstance(reason, str) else ""
    return "" if said == _NO_REASON else said


def value(name: str, description: str, is_deprecated: bool, reason: object) -> tuple[str, str]:
    """A value of an enum, and what it means."""
    mark = f"Deprecated: {why(reason)}" if why(reason) else "Deprecated."
    return name, "\n\n".join(filter(None, (description, mark))) if is_deprecated else description


def union(members: Iterable[str], shown: frozenset[str], word: str = "one of") -> Kind | None:
    """The kind that names several types; None when there are none."""
    listed = tuple(dict.fromkeys(members))
    first, *further = [name for name in listed if name in shown] or [""]
    return Kind(f"{word} {', '.join(listed)}", first, tuple(further)) if listed else None
