"""The values a form would send: what was answered, with the defaults of what was not. Changes no value that is there.

As forms do: nested objects are filled, a branch of dependencies, oneOf or if/then only when its condition holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from waypost.golden.parameters import branches
from waypost.golden.parameters.effort import Effort, TooMuch
from waypost.golden.parameters.pointers import cost, resolve
from waypost.golden.parameters.schema import violations

_MOST_ROUNDS = 10  # a default may meet a condition that brings another default
_DEEPEST = 40


def with_defaults(
    pages: Sequence[Mapping[str, Any]], values: Mapping[str, Any], effort: Effort | None = None
) -> dict[str, Any]:
    """Return the values with every default that applies; they are shared between the pages, as in a form."""
    effort = effort or Effort()
    filled: dict[str, Any] = deepcopy(dict(values))
    try:
        for _ in range(_MOST_ROUNDS):
            before = deepcopy(filled)
            for page in pages:
                _Filler(page, effort).fill(page, filled)
            if filled == before:
                break
    except TooMuch:
        pass  # validating spends from the same effort, and says so
    return filled


class _Filler:
    """Fills one page."""

    def __init__(self, root: Any, effort: Effort) -> None:
        self.root = root
        self.effort = effort

    def fill(self, schema: Any, value: Any, depth: int = 0) -> None:
        """Add to a value, in place, what a schema has defaults for."""
        self.effort.spend()
        if depth > _DEEPEST:
            return
        schema = self._resolved(schema)
        if not isinstance(schema, dict):
            return
        if isinstance(value, dict):
            self._properties(schema, value, depth)
        elif isinstance(value, list) and isinstance(schema.get("items"), dict):
            for item in value:
                self.fill(schema["items"], item, depth + 1)
        for branch in self._holding(schema, value):
            self.fill(branch, value, depth + 1)

    def _properties(self, schema: Mapping[str, Any], value: dict[str, Any], depth: int) -> None:
        properties = schema.get("properties")
        outer = schema.get("default")
        for name, inner in (properties if isinstance(properties, dict) else {}).items():
            inner = self._resolved(inner)
            if name not in value:
                if isinstance(outer, dict) and name in outer:
                    value[name] = deepcopy(outer[name])
                else:
                    self._add(name, inner, value, depth)
            if name in value:
                self.fill(inner, value[name], depth + 1)

    def _add(self, name: str, schema: Any, value: dict[str, Any], depth: int) -> None:
        """Add one property, where it has a default or an object of defaults."""
        if not isinstance(schema, dict):
            return
        if "default" in schema:
            value[name] = deepcopy(schema["default"])
        elif schema.get("type") == "object" or "properties" in schema:
            inside: dict[str, Any] = {}
            self.fill(schema, inside, depth + 1)
            # Half an object asks for the other half, though nobody wanted any of it.
            if inside and self._fits(schema, inside):
                value[name] = inside

    def _holding(self, schema: Mapping[str, Any], value: Any) -> Iterator[Any]:
        """Yield the schemas within a schema that apply to this value."""
        yield from _list(schema.get("allOf"))
        if "if" in schema:
            yield schema.get("then" if self._fits(schema["if"], value) else "else", {})
        dependencies = schema.get("dependencies")
        if isinstance(dependencies, dict) and isinstance(value, dict):
            yield from (inner for name, inner in dependencies.items() if name in value and isinstance(inner, dict))
        for keyword in ("oneOf", "anyOf"):
            yield from self._chosen(_list(schema.get(keyword)), value)

    def _chosen(self, options: list[Any], value: Any) -> Iterator[Any]:
        options = [self._resolved(option) for option in options]
        meant = branches.meant(options, value)
        if meant is not None:
            yield meant
        elif fitting := [option for option in options if self._fits(option, value)][:1]:
            yield fitting[0]

    def _fits(self, schema: Any, value: Any) -> bool:
        return not violations(schema, value, self.root, self.effort)

    def _resolved(self, schema: Any) -> Any:
        for _ in range(_DEEPEST):
            if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
                return schema
            self.effort.spend(cost(schema["$ref"]))
            schema = resolve(self.root, schema["$ref"])
        return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
