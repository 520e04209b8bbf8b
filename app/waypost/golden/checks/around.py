"""What every check of a template looks at: its fields, its steps, and each text in it that is rendered."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from waypost.catalog.explain import pointer
from waypost.catalog.problems import Problem, Severity
from waypost.golden.actions.action import Action
from waypost.golden.checks.fetched import Missing, Skeleton, fetched
from waypost.golden.checks.language import Reading, read
from waypost.golden.expressions import Budget, ExpressionError
from waypost.golden.fields import Field, fields
from waypost.golden.sources import Source
from waypost.golden.template import Template

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A text of the template that is rendered, and the names it reads."""

    path: tuple[str | int, ...]  # in the template
    text: str
    part: str  # input | if | each | output
    step: int = -1  # index of its step; -1 in the output, which sees all steps
    reading: Reading = field(default_factory=Reading)

    @property
    def names(self) -> frozenset[Path]:
        return self.reading.names

    def severity(self, path: Path) -> Severity:
        """Say how bad it is that a name is not there: a part that asks for it first may well do without."""
        return Severity.ERROR if self.reading.certainty.is_needed(path) else Severity.WARNING


@dataclass(frozen=True)
class Around:
    """A template with everything that checks need to know of it."""

    template: Template
    source: Source
    actions: Mapping[str, Action]
    file: str = "template.yaml"  # as problems name it
    budget: Budget = field(default_factory=Budget)  # of everything that is tried out

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        return {each.name: each for each in fields(self.template)}

    @cached_property
    def spots(self) -> Sequence[Spot]:
        return tuple(_spots(self.template))

    @cached_property
    def fetched(self) -> Sequence[Skeleton | Missing]:
        """What its steps fetch from the template's own repository."""
        return tuple(fetched(self.template, self.source, posixpath.dirname(self.file), self.fields))

    def read(self, root: str) -> Iterator[tuple[Spot, Path]]:
        """Yield the spots that read a name, with the whole path of the name."""
        for spot in self.spots:
            yield from ((spot, path) for path in sorted(spot.names) if path[0] == root)

    def problem(
        self,
        id: str,
        path: Sequence[str | int],
        message: str,
        fix: str,
        severity: Severity = Severity.ERROR,
    ) -> Problem:
        """Return a problem at a place in the template."""
        place = pointer(path)
        line, column = self.template.parsed.position(0, place) if self.template.parsed.documents else (1, 1)
        return Problem(
            file=self.file, line=line, column=column, id=id, path=place, message=message, fix=fix, severity=severity
        )


def inside(problem: Problem, text: str, error: ExpressionError) -> Problem:
    """Move a problem to where in its text an error is; a text of several lines begins below its key."""
    if "\n" not in text or not error.line:
        return problem
    return replace(problem, line=problem.line + error.line, column=error.column)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a sentence with the name that was meant; "" where none is near enough to be sure of it."""
    by_case = {other.casefold(): other for other in known}
    near = get_close_matches(name[:80].casefold(), by_case, n=1, cutoff=0.75)
    return f'Did you mean "{by_case[near[0]]}"?' if near else ""


def _spots(template: Template) -> Iterator[Spot]:
    for number, step in enumerate(template.steps):
        place: tuple[str | int, ...] = ("spec", "steps", number)
        for part, value in (("if", step.condition), ("each", step.each), ("input", step.input)):
            for path, text in texts(value, (*place, part)):
                yield Spot(path, text, part, number, read(text))
    for path, text in texts(template.output, ("spec", "output")):
        yield Spot(path, text, "output", reading=read(text))


def texts(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield every text in a JSON value, with the path to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from texts(item, (*path, number))
