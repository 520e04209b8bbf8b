"""The syntax tree of a template. Nodes are made by the parsers and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any


@dataclass(slots=True)
class Node:
    """Anything with a place in the source."""

    offset: int


@dataclass(slots=True)
class Literal(Node):
    value: Any


@dataclass(slots=True)
class RegexLiteral(Node):
    source: str
    flags: str


@dataclass(slots=True)
class Name(Node):
    name: str


@dataclass(slots=True)
class Group(Node):
    """`(a, b)`: all are evaluated, the last counts."""

    items: list[Node]


@dataclass(slots=True)
class ListOf(Node):
    items: list[Node]


@dataclass(slots=True)
class RecordOf(Node):
    pairs: list[tuple[str, Node]]


@dataclass(slots=True)
class Lookup(Node):
    target: Node
    key: Node


@dataclass(slots=True)
class Slice(Node):
    target: Node
    start: Node | None
    stop: Node | None
    step: Node | None


@dataclass(slots=True)
class Arguments:
    """What stands between the parentheses of a call."""

    positional: list[Node] = field(default_factory=list)
    keywords: list[tuple[str, Node]] = field(default_factory=list)


@dataclass(slots=True)
class Call(Node):
    target: Node
    arguments: Arguments


@dataclass(slots=True)
class Filter(Node):
    name: str
    value: Node
    arguments: Arguments


@dataclass(slots=True)
class Unary(Node):
    sign: str  # not, -, +, floor
    value: Node


@dataclass(slots=True)
class Chain(Node):
    """Operators of one level, applied from left to right: kept flat, so that a long sum is not a deep one."""

    first: Node
    rest: list[tuple[str, Node]]


@dataclass(slots=True)
class Logic(Node):
    """`and` or `or` over two or more operands."""

    word: str
    items: list[Node]


@dataclass(slots=True)
class Choice(Node):
    """`body if condition else other`."""

    condition: Node
    body: Node
    other: Node | None


@dataclass(slots=True)
class Test(Node):
    """`value is name(arguments)`."""

    value: Node
    name: str
    arguments: Arguments | None


@dataclass(slots=True)
class Text(Node):
    text: str


@dataclass(slots=True)
class Output(Node):
    value: Node


@dataclass(slots=True)
class If(Node):
    branches: list[tuple[Node, list[Node]]]
    other: list[Node] | None


@dataclass(slots=True)
class For(Node):
    targets: list[str]
    value: Node
    body: list[Node]
    other: list[Node] | None


@dataclass(slots=True)
class Set(Node):
    """`{% set a, b = value %}`, or the rendered body of a `{% set a %}` block."""

    targets: list[str]
    value: Node | None
    body: list[Node]


@dataclass(slots=True)
class Signature:
    """The parameters of a macro: plain ones, then those with a default."""

    names: list[str]
    defaults: list[tuple[str, Node]]


@dataclass(slots=True)
class Macro(Node):
    name: str
    signature: Signature
    body: list[Node]


@dataclass(slots=True)
class CallBlock(Node):
    call: Call
    signature: Signature
    body: list[Node]


@dataclass(slots=True)
class FilterBlock(Node):
    name: str
    arguments: Arguments
    body: list[Node]


@dataclass(slots=True)
class Block(Node):
    name: str
    body: list[Node]


@dataclass(slots=True)
class Switch(Node):
    value: Node
    cases: list[tuple[Node, list[Node]]]
    other: list[Node] | None


def walk(nodes: Iterable[Any]) -> Iterator[Node]:
    """Visit nodes and everything below them, in the order they are written."""
    pending = list(nodes)[::-1]
    while pending:
        item = pending.pop()
        kind = type(item)
        if kind is str or kind is Text:
            if kind is Text:
                yield item
            continue
        if kind is list or kind is tuple:
            pending.extend(reversed(item))
            continue
        below = _below(item.__class__)
        if below is None:
            continue
        if kind is not Arguments and kind is not Signature:
            yield item
        for name in below:
            pending.append(getattr(item, name))


def statements(nodes: Iterable[Node]) -> Iterator[Node]:
    """Visit tags and text and what stands inside tags, but no expression."""
    pending = list(nodes)
    while pending:
        node = pending.pop()
        yield node
        match node:
            case If(branches=branches, other=other):
                pending += [inner for _, body in branches for inner in body] + (other or [])
            case Switch(cases=cases, other=other):
                pending += [inner for _, body in cases for inner in body] + (other or [])
            case For(body=body, other=other):
                pending += body + (other or [])
            case Set(body=body) | Macro(body=body) | CallBlock(body=body) | FilterBlock(body=body) | Block(body=body):
                pending += body


@cache
def _below(kind: type) -> tuple[str, ...] | None:
    """Name the fields that may hold nodes, the last first; None for what is no part of a tree."""
    if not issubclass(kind, (Node, Arguments, Signature)):
        return None
    return tuple(part.name for part in reversed(fields(kind)) if part.type not in ("int", "str", "Any"))
