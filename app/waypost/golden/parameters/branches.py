"""Which branch of a oneOf or anyOf somebody meant: told by the properties that a branch fixes. Judges nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple


class Selector(NamedTuple):
    """A property that tells the branches apart, and the values that do."""

    name: str
    allowed: list[Any]


def fixed(branch: Any) -> Iterator[Selector]:
    """Yield the properties to which a branch allows a few values only."""
    properties = branch.get("properties") if isinstance(branch, dict) else None
    for name, schema in (properties if isinstance(properties, dict) else {}).items():
        if not isinstance(schema, dict):
            continue
        if "const" in schema:
            yield Selector(name, [schema["const"]])
        elif isinstance(schema.get("enum"), list):
            yield Selector(name, schema["enum"])


def selector(branches: list[Any]) -> Selector | None:
    """Return the property that every branch fixes, with the values of all of them."""
    by_name: dict[str, list[list[Any]]] = {}
    for branch in branches:
        for name, allowed in fixed(branch):
            by_name.setdefault(name, []).append(allowed)
    for name, values in by_name.items():
        if len(values) == len(branches):
            return Selector(name, [value for allowed in values for value in allowed])
    return None


def meant(branches: list[Any], value: Any) -> Any | None:
    """Return the one branch whose fixed properties a value has; the only branch there is; else None."""
    if not isinstance(value, dict):
        return branches[0] if len(branches) == 1 else None
    fitting = [branch for branch in branches if _is_addressed(branch, value)]
    if len(fitting) == 1:
        return fitting[0]
    return None if fitting or len(branches) != 1 or any(fixed(branches[0])) else branches[0]


def _is_addressed(branch: Any, value: dict[str, Any]) -> bool:
    present = [choice for choice in fixed(branch) if choice.name in value]
    return bool(present) and all(
        any(value[name] == item and type(value[name]) is type(item) for item in allowed) for name, allowed in present
    )
