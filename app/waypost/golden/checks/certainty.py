"""Which of the names that a text reads it needs in any case, and which it asks for first. Evaluates nothing.

What is tested (`{% if values.x %}`, `values.x or "a"`, `| default("a")`) may be absent on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from waypost.golden.expressions import Parsed, names, tree

Path = tuple[str, ...]

_SURE, _BRANCH, _TESTED = "sure", "branch", "tested"


@dataclass(frozen=True, slots=True)
class Certainty:
    """The names read in any case, in a part that may be left out, and where their absence is thought of."""

    sure: frozenset[Path] = frozenset()
    branch: frozenset[Path] = frozenset()
    tested: frozenset[Path] = frozenset()

    def is_needed(self, path: Path) -> bool:
        """Say whether the text cannot do without a name."""
        return path in self.sure and not self.is_tested(path)

    def is_tested(self, path: Path) -> bool:
        """Say whether the text asks for a name, or for what holds it, or for a part of it."""
        return any(other[: len(path)] == path or path[: len(other)] == other for other in self.tested if len(other) > 1)


def certainty(parsed: Parsed) -> Certainty:
    """Tell apart how a text reads its names."""
    whole = names(parsed)
    found: dict[str, set[Path]] = {_SURE: set(), _BRANCH: set(), _TESTED: set()}
    pending: list[tuple[Any, str]] = [(node, _SURE) for node in parsed.nodes]
    while pending:
        node, state = pending.pop()
        if isinstance(node, tree.Name | tree.Lookup | tree.Call):
            found[state] |= names(replace(parsed, nodes=(node,))) & whole
        else:
            pending += [(child, state if state == _TESTED else change or state) for child, change in _children(node)]
    return Certainty(*(frozenset(found[state]) for state in (_SURE, _BRANCH, _TESTED)))


def _children(node: Any) -> Iterator[tuple[Any, str]]:
    """Yield what stands below a node, and what becomes of its certainty; "" where that stays."""
    match node:
        case tree.If(branches=branches, other=other):
            yield from ((condition, _TESTED) for condition, _ in branches)
            yield from ((body, _BRANCH) for _, body in branches)
            yield other, _BRANCH
        case tree.Switch(value=value, cases=cases, other=other):
            yield value, _TESTED
            yield from ((case, _TESTED) for case, _ in cases)
            yield from ((body, _BRANCH) for _, body in cases)
            yield other, _BRANCH
        case tree.For(value=value, body=body, other=other):
            yield value, _TESTED
            yield from ((each, _BRANCH) for each in (body, other))
        case tree.Choice(condition=condition, body=body, other=other):
            yield condition, _TESTED
            yield from ((each, _BRANCH) for each in (body, other))
        case tree.Logic(items=items):
            yield items, _TESTED
        case tree.Test(value=value):
            yield value, _TESTED
        case tree.Filter(name="default" | "d", value=value, arguments=arguments):
            yield value, _TESTED
            yield arguments, _BRANCH
        case tree.Macro() | tree.CallBlock() | tree.Set():
            yield from ((child, _BRANCH) for child in _parts(node))
        case list() | tuple():
            yield from ((item, "") for item in node)
        case tree.Node() | tree.Arguments() | tree.Signature():
            yield from ((child, "") for child in _parts(node))


def _parts(node: Any) -> Iterable[Any]:
    return [getattr(node, part.name) for part in fields(node)]
