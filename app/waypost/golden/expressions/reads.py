"""What a template reads and uses, found in its text: paths of values, filters, functions. Evaluates nothing."""

from __future__ import annotations

from collections.abc import Iterable

from waypost.golden.expressions import tree
from waypost.golden.expressions.engine import Parsed, assigned_names, parse


def names(source: str | Parsed) -> frozenset[tuple[str, ...]]:
    """Return the paths of what it was given that it reads: ("parameters", "name"); its own variables are left out."""
    nodes = _nodes(source)
    own = assigned_names(nodes)
    called = {id(node.target) for node in tree.walk(nodes) if isinstance(node, tree.Call)}
    inner: set[int] = set()
    found: set[tuple[str, ...]] = set()
    for node in tree.walk(nodes):
        if id(node) in inner or not isinstance(node, (tree.Name, tree.Lookup)):
            continue
        path, parts = _path(node)
        inner.update(id(part) for part in parts)
        if id(node) in called:
            path = path[:-1]  # a method, or a function
        if path and path[0] not in own:
            found.add(path)
    return frozenset(found)


def _path(node: tree.Node) -> tuple[tuple[str, ...], list[tree.Node]]:
    """Return the path that a chain of lookups reads for certain, and the nodes of the chain."""
    keys: list[str | None] = []
    parts: list[tree.Node] = []
    while isinstance(node, tree.Lookup):
        parts.append(node.target)
        keys.append(str(node.key.value) if isinstance(node.key, tree.Literal) else None)
        node = node.target
    if not isinstance(node, tree.Name):
        return (), [] if not isinstance(node, tree.Name) else parts
    path = [node.name]
    for key in reversed(keys):
        if key is None:
            break
        path.append(key)
    return tuple(path), parts


def filters_used(source: str | Parsed) -> frozenset[str]:
    """Return the names of the filters it applies."""
    return frozenset(
        node.name for node in tree.walk(_nodes(source)) if isinstance(node, (tree.Filter, tree.FilterBlock))
    )


def functions_used(source: str | Parsed) -> frozenset[str]:
    """Return the names of the functions it calls: always, failure, range; its own macros are left out."""
    nodes = _nodes(source)
    called = (node.target for node in tree.walk(nodes) if isinstance(node, tree.Call))
    return frozenset(node.name for node in called if isinstance(node, tree.Name)) - assigned_names(nodes)


def _nodes(source: str | Parsed) -> Iterable[tree.Node]:
    return (parse(source) if isinstance(source, str) else source).nodes
