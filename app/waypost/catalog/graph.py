"""The edges between entities as maps that change a little at a time, and the rings they should not form."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from waypost.catalog.entities import Relation

# Relations of which a chain must end somewhere.
ENDING = ("childOf", "dependsOn", "partOf")
Edges = Mapping[str, tuple[Relation, ...]]


def merged(before: Sequence[Relation], less: Iterable[Relation], more: Iterable[Relation]) -> tuple[Relation, ...]:
    """Return a sorted multiset of edges without one occurrence of each of `less`, and with `more`."""
    edges = list(before)
    for edge in less:
        edges.remove(edge)
    edges.extend(more)
    edges.sort()
    return tuple(edges)


def targets(edges: Edges, ref: str, type: str) -> list[str]:
    """Return where edges of one type lead, sorted, each once."""
    found = [edge.target for edge in edges.get(ref, ()) if edge.type == type]
    return list(dict.fromkeys(found)) if len(found) > 1 else found


_INVERSE = {"childOf": "parentOf", "dependsOn": "dependencyOf", "partOf": "hasPart"}


def ring(edges: Edges, ref: str, type: str) -> tuple[str, ...]:
    """Return all that `ref` leads to and that lead back to it along one type of relation, sorted.

    Both directions are walked in step and the walk ends when either has no more to see: in an ordinary catalog few
    stand below a service or few above it, so this costs little however large the whole is.
    """
    ahead = partial(targets, edges, type=type)
    back = partial(targets, edges, type=_INVERSE[type])
    seen, inverse = _smaller_reach(ref, ahead, back)
    if ref not in seen:
        return ()
    # The ring lies within what was seen: keep those from which the walk in the other direction leads back.
    members = _reach(ref, inverse, within=seen)
    return tuple(sorted(members & seen))


def rings(edges: Edges, roots: Iterable[str], type: str) -> dict[str, tuple[str, ...]]:
    """Return the rings that some refs are in, by each of their members. Tarjan's algorithm, without recursion."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    waiting: set[str] = set()
    found: dict[str, tuple[str, ...]] = {}
    for root in roots:
        path = [] if root in order else [(root, iter(targets(edges, root, type)))]
        if path:
            order[root] = low[root] = len(order)
            stack.append(root)
            waiting.add(root)
        while path:
            at, rest = path[-1]
            other = next(rest, None)
            if other is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[at])
                if low[at] == order[at]:
                    found.update(_component(edges, type, stack, waiting, at))
            elif other not in order:
                order[other] = low[other] = len(order)
                stack.append(other)
                waiting.add(other)
                path.append((other, iter(targets(edges, other, type))))
            elif other in waiting:
                low[at] = min(low[at], order[other])
    return found


def _component(edges: Edges, type: str, stack: list[str], waiting: set[str], at: str) -> dict[str, tuple[str, ...]]:
    """Take a finished component from the stack; one alone is a ring only when it leads to itself."""
    members: list[str] = []
    while not members or members[-1] != at:
        members.append(stack.pop())
        waiting.discard(members[-1])
    if len(members) == 1 and at not in targets(edges, at, type):
        return {}
    return dict.fromkeys(members, tuple(sorted(members)))


def _smaller_reach(
    ref: str, ahead: Callable[[str], list[str]], back: Callable[[str], list[str]]
) -> tuple[set[str], Callable[[str], list[str]]]:
    """Return what is reached from `ref` in the direction that ends first, and the other direction's step."""
    walks = [(ahead, set[str](), deque([ref])), (back, set[str](), deque([ref]))]
    while True:
        for number, (step, seen, queue) in enumerate(walks):
            if not queue:
                return seen, walks[1 - number][0]
            for other in step(queue.popleft()):
                if other not in seen:
                    seen.add(other)
                    queue.append(other)


def _reach(ref: str, step: Callable[[str], list[str]], within: set[str]) -> set[str]:
    seen: set[str] = set()
    queue = deque([ref])
    while queue:
        for other in step(queue.popleft()):
            if other in within and other not in seen:
                seen.add(other)
                queue.append(other)
    return seen


def way_round(edges: Edges, ref: str, type: str, members: Sequence[str]) -> list[str]:
    """Return the shortest way from `ref` back to itself within its ring, without `ref`; the first by name of equals."""
    inside = set(members)
    came: dict[str, str] = {}
    queue = deque([ref])
    while queue:
        at = queue.popleft()
        for other in targets(edges, at, type):
            if other == ref:
                return _path(came, ref, at)
            if other in inside and other not in came:
                came[other] = at
                queue.append(other)
    return []


def _path(came: Mapping[str, str], ref: str, at: str) -> list[str]:
    path = []
    while at != ref:
        path.append(at)
        at = came[at]
    return path[::-1]
