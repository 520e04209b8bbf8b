"""The files that a definition is put together from, as far as a reader has brought them. Asks for the others."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from waypost.catalog import locations, references
from waypost.catalog.budget import Budget
from waypost.catalog.bundling import Bundle, Trouble, bundle
from waypost.catalog.entities import Repository
from waypost.catalog.explain import quote
from waypost.catalog.files import Blob
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.references import Part, Unusable

RESOLVERS = frozenset({"$openapi", "$asyncapi"})


@dataclass(frozen=True, slots=True)
class Parts:
    """Files of one repository."""

    repository: Repository
    is_catalog: bool
    blob: Callable[[str], Blob | None]  # notes what is not known yet
    is_awaited: Callable[[str], bool]
    memo: dict[Hashable, Any]
    budget: Budget

    def bundle(self, root: str) -> Bundle:
        """Put together the definition in a file that is there; once, however many entities name it."""
        made: Bundle | None = self.memo.get(("bundle", root))
        if made is None:
            made = bundle(root, self.load, self.resolve)
            if not made.is_waiting:
                self.memo["bundle", root] = made
        return made

    def load(self, path: str) -> Part | None:
        """Return a file; None when it is awaited."""
        blob = self.blob(path)
        if blob is None:
            if self.is_awaited(path):
                return None
            raise Unusable("placeholder-missing", "is not there")
        if blob.text is None:
            raise Unusable("placeholder-content", f"is not text, or larger than {self.budget.size:,} bytes")
        found = self.memo.get(key := ("part", blob.id))
        if found is None:
            try:
                found = references.read(blob.text, self.budget)
            except Unusable as error:
                found = error.id, str(error)
            self.memo[key] = found
        if isinstance(found, Part):
            return found
        raise Unusable(*found)

    def resolve(self, target: str, base: str) -> str:
        try:
            found = locations.resolve(target, base, self.repository)
            if self.is_catalog and found.startswith(locations.GENERATED):
                raise locations.Unreachable("generated", "is written by Waypost itself", "")
        except locations.Unreachable as error:
            raise Unusable(f"placeholder-{error.reason}", error.message) from error
        return found


def problem(trouble: Trouble, ref: str) -> Problem:
    """Say that a reference of a definition leads nowhere: the definition is shown without that part."""
    return Problem(
        file=trouble.file,
        line=trouble.line,
        column=trouble.column,
        id=trouble.id,
        message=f"$ref: {quote(trouble.target)} {trouble.reason}",
        fix="Correct the reference; it counts from the folder of its file.",
        ref=ref,
        severity=Severity.WARNING,
    )
