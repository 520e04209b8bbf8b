"""What is wrong with the expressions of one text: what cannot be read, and what is not there. Evaluates nothing."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache

from waypost.golden.checks.certainty import Certainty, certainty
from waypost.golden.expressions import (
    Budget,
    ExpressionError,
    Hint,
    Style,
    filters_used,
    functions_used,
    hints,
    names,
    parse,
)
from waypost.golden.expressions.backstage_filters import BACKSTAGE_FILTERS
from waypost.golden.expressions.errors import did_you_mean
from waypost.golden.expressions.filters import FILTERS
from waypost.golden.expressions.functions import builtin_functions
from waypost.golden.expressions.scan import PLAIN

IN_CONDITIONS = ("always", "failure")  # what only the `if` of a step knows
_FILTERS = frozenset({*FILTERS, *BACKSTAGE_FILTERS})
_FUNCTIONS = frozenset(builtin_functions(Budget()))
_RAW = re.compile(r"{%-?\s*(?:raw|verbatim)\b")
_MOST_READ = 200_000  # letters of a text in which other languages are looked for


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text reads, and its mistakes; with mistakes that keep it from being read, nothing else is known."""

    names: frozenset[tuple[str, ...]] = frozenset()
    certainty: Certainty = field(default_factory=Certainty)
    errors: tuple[ExpressionError, ...] = ()


@lru_cache(maxsize=2048)
def read(source: str, style: Style = PLAIN) -> Reading:
    """Read a text. The functions of conditions are no mistakes here."""
    try:
        parsed = parse(source, style)
        found = names(parsed)
        filters, functions = filters_used(parsed), functions_used(parsed)
    except ExpressionError as error:
        return Reading(errors=(error,))
    known = _FILTERS | {"jsonify"} if style.cookiecutter else _FILTERS
    unknown = [_no(source, "filter", name, known, r"\|\s*{}\b") for name in sorted(filters - known)]
    calls = functions - _FUNCTIONS - set(IN_CONDITIONS)
    unknown += [_no(source, "function", name, (*_FUNCTIONS, *IN_CONDITIONS), r"\b{}\s*\(") for name in sorted(calls)]
    return Reading(found, certainty(parsed) if found else Certainty(), tuple(unknown) or _foreign(source))


def functions(source: str) -> frozenset[str]:
    """Return the functions that a text calls; none where it cannot be read."""
    try:
        return functions_used(source)
    except ExpressionError:
        return frozenset()


def _no(source: str, what: str, name: str, known: Collection[str], form: str) -> ExpressionError:
    match = re.search(form.format(re.escape(name)), source)
    fix = next((hint.fix for hint in _hints(source) if name in hint.found), "") or did_you_mean(name, known)
    error = ExpressionError(f'there is no {what} "{name}"', fix=fix or f"Known: {', '.join(sorted(known))}.")
    return error.at(match.start() if match else 0).place(source)


def _foreign(source: str) -> tuple[ExpressionError, ...]:
    """Return what can be read and never works, because it is said in another language: x.map(...), x.upper()."""
    found = _hints(source)
    return tuple(
        ExpressionError(f'"{hint.found}" does not work here', hint.line, hint.column, hint.fix) for hint in found
    )


def _hints(source: str) -> tuple[Hint, ...]:
    # What is raw is for somebody else's language.
    return () if _RAW.search(source) or len(source) > _MOST_READ else hints(source)
