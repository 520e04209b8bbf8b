"""The definition of an API becomes a reference, as its entity's `spec.type` says. Fetches nothing it refers to."""

from __future__ import annotations

import json
from typing import Any

from waypost.apis.reference import Reference, Unreadable
from waypost.catalog.budget import Budget
from waypost.catalog.documents import parse
from waypost.catalog.problems import Severity

TYPES = ("openapi", "asyncapi", "graphql", "grpc")  # trpc is code, and what else there may be is anybody's
# A definition repeats itself more than a descriptor, and may have been put together from several files.
_BUDGET = Budget(size=4 * 1024 * 1024, nodes=200_000, aliases=1_000, copied=50_000)


def read(definition: object, kind: str) -> Reference | None:
    """Read a definition; None when there is no text, or nobody here reads its type. Raises Unreadable."""
    kind = kind.lower()
    if not isinstance(definition, str) or not definition.strip() or kind not in TYPES:
        return None
    if len(definition.encode("utf-8", "surrogatepass")) > _BUDGET.size:
        raise Unreadable(f"has more than the {_BUDGET.size:,} bytes that are read at most")
    # A parser is imported when the first definition of its type is read: most commands read none.
    if kind == "graphql":
        from waypost.apis.graphql import read_graphql

        return read_graphql(definition)
    if kind == "grpc":
        from waypost.apis.grpc import read_grpc

        return read_grpc(definition)
    data = _data(definition)
    if kind == "openapi":
        from waypost.apis.openapi import read_openapi

        return read_openapi(data)
    from waypost.apis.asyncapi import read_asyncapi

    return read_asyncapi(data)


def _data(definition: str) -> dict[Any, Any]:
    """The mapping that JSON or YAML holds."""
    value = _json(definition) if definition.lstrip("\ufeff \t\r\n").startswith("{") else None
    if value is None:  # what begins with a brace may be YAML all the same
        value = _yaml(definition)
    if not isinstance(value, dict):
        found = "nothing" if value is None else "a list" if isinstance(value, list) else "a single value"
        raise Unreadable(f"holds {found} where a mapping must stand", 1)
    from waypost.apis.clip import clip_all

    return clip_all(value)


def _json(definition: str) -> object:
    try:
        return json.loads(definition.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None


def _yaml(definition: str) -> object:
    parsed = parse(definition, _BUDGET)
    document = parsed.documents[0] if parsed.documents else None
    for problem in (*parsed.problems, *(document.problems if document else ())):
        if problem.severity is Severity.ERROR:
            raise Unreadable(problem.message, problem.line)
    return document.value if document else None
