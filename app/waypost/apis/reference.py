"""What every kind of API definition becomes: groups of operations, and the types they speak of. Shows nothing itself.

Every text is as its author wrote it: whoever shows it escapes it. Order is the order of the definition.
"""

from __future__ import annotations

from dataclasses import dataclass


class Unreadable(ValueError):
    """The definition is not what its type says; the text names line and reason, for a person."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.reason, self.line = reason, line  # from 1, within the definition; 0 when the whole of it is meant


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value is, as people read it, and the `Type` it leads to."""

    text: str  # "string (date-time)", "list of Order", "[Order!]!", "repeated Line"
    type: str = ""  # the name of a Type of the same reference; "" for what needs no explaining
    also: tuple[str, ...] = ()  # further Types that the text names: "one of Card, Voucher"


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, a property of an object, an argument, a field of a message."""

    name: str
    kind: Kind
    description: str = ""
    place: str = ""  # of a parameter: path, query, header, cookie; "" for a part of something else
    is_required: bool = False
    is_deprecated: bool = False
    details: tuple[str, ...] = ()  # "default 10", "one of new, paid", "at most 64 characters"


@dataclass(frozen=True, slots=True)
class Body:
    """What travels in one direction: a request, a message, an answer of one media type."""

    kind: Kind
    media: str = ""  # application/json; "" where there is only one
    description: str = ""
    fields: tuple[Field, ...] = ()  # of a body that has no name of its own
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation may answer."""

    code: str  # "200", "default"; "" where there are no codes
    description: str = ""
    bodies: tuple[Body, ...] = ()
    headers: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked of the API, or that it says."""

    verb: str  # GET, send, receive, query, mutation, subscription, rpc
    address: str  # /payments/{id}, a channel, a field of Query, package.Service/Method
    title: str = ""
    description: str = ""
    fields: tuple[Field, ...] = ()
    bodies: tuple[Body, ...] = ()
    answers: tuple[Answer, ...] = ()
    security: tuple[str, ...] = ()  # any one of these: "oauth2 (payments:read)"
    is_deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Operations that belong together: a tag, a channel, a service."""

    name: str
    description: str = ""
    operations: tuple[Operation, ...] = ()


@dataclass(frozen=True, slots=True)
class Type:
    """Something that operations speak of by its name."""

    name: str
    form: str = "object"  # object, enum, input, interface, union, scalar, message, alias
    description: str = ""
    fields: tuple[Field, ...] = ()
    values: tuple[tuple[str, str], ...] = ()  # of an enum: value, what it means
    kind: Kind | None = None  # of an alias, or of the items of a list
    is_deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Server:
    """Where the API answers."""

    url: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A whole definition. `notes` say, for people, what of it is not shown and why."""

    title: str = ""
    version: str = ""
    description: str = ""
    standard: str = ""  # "OpenAPI 3.1", "AsyncAPI 2.6", "GraphQL", "Protocol Buffers (proto3)"
    servers: tuple[Server, ...] = ()
    security: tuple[Field, ...] = ()  # schemes: name, kind, description
    groups: tuple[Group, ...] = ()
    types: tuple[Type, ...] = ()
    notes: tuple[str, ...] = ()
