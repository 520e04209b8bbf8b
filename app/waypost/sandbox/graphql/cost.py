"""What a query costs, from its text alone: nodes asked for, and points charged. Executes nothing.

https://docs.github.com/en/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from graphql import DocumentNode, FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode
from graphql.language import IntValueNode, Node, SelectionSetNode, VariableNode

MOST_NODES = 500_000


class Cost(NamedTuple):
    nodes: int
    requests: int

    @property
    def points(self) -> int:
        """A hundred requests for lists make a point; one is the least."""
        return max(1, round(self.requests / 100))


def cost(document: DocumentNode, variables: Mapping[str, Any]) -> Cost:
    """Count the nodes a query may return and the lists it reads."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    nodes = requests = 0
    for definition in document.definitions:
        selections = getattr(definition, "selection_set", None)
        if selections is not None and not isinstance(definition, FragmentDefinitionNode):
            found = _count(selections, 1, fragments, variables)
            nodes, requests = nodes + found.nodes, requests + found.requests
    return Cost(nodes, requests)


def _count(
    selections: SelectionSetNode,
    times: int,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> Cost:
    nodes = requests = 0
    for one in selections.selections:
        inner: Node = one
        repeated = times
        if isinstance(one, FragmentSpreadNode):
            inner = fragments[one.name.value]
        elif isinstance(one, FieldNode) and (size := _size(one, variables)) is not None:
            nodes, requests, repeated = nodes + times * size, requests + times, times * size
        below = (
            inner.selection_set if isinstance(inner, FieldNode | InlineFragmentNode | FragmentDefinitionNode) else None
        )
        if below is not None:
            found = _count(below, repeated, fragments, variables)
            nodes, requests = nodes + found.nodes, requests + found.requests
    return Cost(nodes, requests)


def _size(field: FieldNode, variables: Mapping[str, Any]) -> int | None:
    """Return how many a field asks for, or None when it is no list in pages."""
    for argument in field.arguments or ():
        if argument.name.value not in ("first", "last"):
            continue
        if isinstance(argument.value, IntValueNode):
            return int(argument.value.value)
        if isinstance(argument.value, VariableNode):
            return int(variables.get(argument.value.name.value) or 0)
    return None
