"""A JSON Schema held against a value: the verdict of the validator that Backstage uses (npm jsonschema), as values.

It differs from the drafts in ways that templates rely on: what is missing fits everything but `required`, unknown types
and formats allow anything, `required: true` stands in a property, `dependencies` may be a single name. No `$ref` is
ever fetched, and schemas that lead in circles end in a violation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from waypost.golden.parameters.effort import Effort, TooMuch
from waypost.golden.parameters.keywords import KEYWORDS
from waypost.golden.parameters.pointers import cost, resolve
from waypost.golden.parameters.values import MISSING, Path, Violation

MOST_VIOLATIONS = 100
_DEEPEST = 80


@dataclass(slots=True)
class Run:
    """One validation: where references are looked up, and what it has used up."""

    root: Any
    effort: Effort = field(default_factory=Effort)
    depth: int = 0

    def visit(self, schema: Any, value: Any, path: Path) -> Iterator[Violation]:
        """Yield where a value does not fit a schema."""
        self.effort.spend()
        if self.depth >= _DEEPEST:
            raise TooMuch
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
            self.effort.spend(cost(reference))
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


def violations(schema: Any, value: Any, root: Any = None, effort: Effort | None = None) -> list[Violation]:
    """Return where a value does not fit a schema, at most 100; local references are looked up in `root`.

    `effort` is what several validations may spend together.
    """
    run = Run(schema if root is None else root, effort or Effort())
    try:
        return list(islice(run.visit(schema, value, ()), MOST_VIOLATIONS))
    except TooMuch:
        return [Violation((), "too-much", None, value, schema if isinstance(schema, dict) else {})]
