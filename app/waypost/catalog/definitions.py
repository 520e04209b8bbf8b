"""The definition of an API within its descriptor, and what is said of one that cannot be read.

Reads no definition: whoever can hands in a `Judge`, because the languages they are written in are not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from waypost.catalog.check import Checked
from waypost.catalog.documents import position
from waypost.catalog.placeholders import placeholder
from waypost.catalog.problems import Problem, Severity

POINTER = "/spec/definition"
_LITERAL = re.compile(r"(?::|\s)\|[-+\d]*\s*(?:#.*)?$")


class Fault(NamedTuple):
    """Why a definition is not what its type says."""

    reason: str
    line: int = 0  # of the definition, from 1; 0 when the whole of it is meant


Judge = Callable[[str, str], Fault | None]  # asked with a definition and its spec.type


def stated(data: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the text of a definition and its type; None where an entity has none."""
    spec = data.get("spec")
    if data.get("kind") != "API" or not isinstance(spec, Mapping):
        return None
    text, type = spec.get("definition"), spec.get("type")
    return (text, type) if isinstance(text, str) and isinstance(type, str) else None


def target(value: Any) -> str:
    """Return what `$text` and its kin name as the definition in a document as written; "" where it stands there."""
    spec = value.get("spec") if isinstance(value, dict) else None
    written = spec.get("definition") if isinstance(spec, dict) else None
    return placeholder(written)[1] if isinstance(written, dict) else ""


def unreadable(fault: Fault, type: str, ref: str) -> Problem:
    """Say that a definition is not what its type says, at a line of a file that holds nothing else."""
    where = f"spec.type says {type}, but the definition cannot be read as such"
    fix = "Correct the definition, or say in spec.type what it is."
    return Problem(
        line=fault.line,
        column=1 if fault.line else 0,
        id="definition-unreadable",
        path=POINTER,
        message=f"{where}: {fault.reason}",
        fix=fix,
        ref=ref,
        severity=Severity.WARNING,
    )


def within(problem: Problem, checked: Checked, descriptor: str) -> Problem:
    """Move a problem from a line of the definition to its line in the descriptor that the definition stands in."""
    line, column = position(checked.document, POINTER)
    lines = descriptor.split("\n")
    # Only `|` keeps the lines of a text as they are; of a text that is folded or quoted its beginning is named.
    is_literal = problem.line and line <= len(lines) and _LITERAL.search(lines[line - 1].rstrip("\r"))
    return (
        replace(problem, line=line + problem.line, column=1)
        if is_literal
        else replace(problem, line=line, column=column)
    )
