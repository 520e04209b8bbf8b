"""A JSON Schema held against a value: the verdict of the validator that Backstage uses (npm jsonschema), as values.

It differs from the drafts in ways that templates rely on: what is missing fits everything but `required`, unknown types
and formats allow anything, `required: true` stands in a property, `dependencies` may be a single name. No `$ref` is
ever fetched, and schemas that lead in circles end in a violation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from waypost.golden.parameters.keywords import KEYWORDS
from waypost.golden.parameters.pointers import resolve
from waypost.golden.parameters.values import MISSING, Path, Violation

MOST_VIOLATIONS = 100
_MOST_VISITS = 50_000  # of schemas: a real form needs a few hundred
_DEEPEST = 80


class _TooMuch(Exception):
    pass


@dataclass(slots=True)
class Run:
    """What one validation has used up."""

    root: Any
    visits: int = 0
    depth: int = 0

    def visit(self, schema: Any, value: Any, path: Path) -> Iterator[Violation]:
        """Yield where a value does not fit a schema."""
        self.visits += 1
        if self.visits > _MOST_VISITS or self.depth >= _DEEPEST:
            raise _TooMuch
        self.depth += 1
        try:
            yield from self._keywords(schema, value, path)
        finally:
            self.depth -= 1

    def fits(self, schema: Any, value: Any) -> bool:
        return next(self.visit(schema, value, ()), None) is None

    def _keywords(self, schema: Any, value: Any, path: Path) -> Iterator[Violation]:
        if schema is True:
            return
        if schema is False:
            if value is not MISSING:
                yield Violation(path, "false", None, value, {})
            return
        if not isinstance(schema, dict):
            yield Violation(path, "schema", schema, value, {})
            return
        if isinstance(reference := schema.get("$ref"), str):
            found = resolve(self.root, reference)
            if found is None:
                yield Violation(path, "$ref", reference, value, schema)
            else:
                yield from self.visit(found, value, path)
            return
        for keyword, expected in schema.items():
            judge = KEYWORDS.get(keyword)
            # What is missing fits whatever is asked of it, save that it be there.
            if judge and (value is not MISSING or keyword == "required"):
                yield from judge(self, schema, expected, value, path)


def violations(schema: Any, value: Any, root: Any = None) -> list[Violation]:
    """Return where a value does not fit a schema, at most 100; local references are looked up in `root`."""
    try:
        return list(islice(Run(schema if root is None else root).visit(schema, value, ()), MOST_VIOLATIONS))
    except _TooMuch:
        return [Violation((), "too-much", None, value, schema if isinstance(schema, dict) else {})]
