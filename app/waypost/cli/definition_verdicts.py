"""The definition of an API, judged by `waypost validate`: where it stands in the descriptor or in the file it names.

Reads files of the same checkout only. One that is not there is none of its business: the descriptor is judged alone.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from waypost.catalog import definitions, placeholders
from waypost.catalog.check import Checked
from waypost.catalog.entities import Repository
from waypost.catalog.locations import Unreachable, resolve
from waypost.cli.verdicts import in_repository


def judged(file: str, content: bytes, verdict: Checked) -> Checked:
    """Add what is wrong with a definition to the verdict on its descriptor."""
    if verdict.data is None:
        return verdict
    target = definitions.target(verdict.document.value)
    where, text = _named(file, target) if target and file != "-" else ("", None)
    data = verdict.data
    if text is not None:
        data = placeholders.fill(data, {definitions.POINTER: text})
    stated = definitions.stated(data)
    if stated is None:
        return verdict
    from waypost.apis.judge import judge

    if (fault := judge(*stated)) is None:
        return verdict
    problem = definitions.unreadable(fault, stated[1], verdict.ref or "")
    if target:
        problem = replace(problem, file=where)
    else:
        problem = definitions.within(problem, verdict, content.decode("utf-8", "replace"))
    return replace(verdict, problems=tuple(sorted({*verdict.problems, problem})))


def _named(file: str, target: str) -> tuple[str, str | None]:
    """Return the path of a file that a descriptor names, as seen from here, and its text; None where there is none."""
    from waypost.sync.checkouts import Checkout

    path = os.path.abspath(file)
    inside = in_repository(file)
    base = inside if path.endswith(f"/{inside}") else os.path.basename(path)
    top = path[: -len(base)]
    try:
        found = resolve(target, base, Repository(0, "", ""))
    except Unreachable:
        return "", None
    blob = Checkout(Path(top)).blob(found)
    return os.path.relpath(os.path.join(top, found)), blob.text if blob else None
