"""`waypost validate --catalog DIR`: verdicts of single documents, with what a catalog checkout says to them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from waypost.catalog.against import check
from waypost.catalog.check import Checked
from waypost.catalog.documents import position
from waypost.catalog.entities import Entity, Origin
from waypost.catalog.problems import Problem
from waypost.catalog.refs import DEFAULT_NAMESPACE
from waypost.cli import UsageError
from waypost.cli.catalog_files import is_catalog
from waypost.cli.verdicts import in_repository
from waypost.sync.folder import Records

_REMOTE = re.compile(r"[:/]([^/:]+/[^/]+?)(?:\.git)?/?$")


def against_catalog(folder: str, verdicts: Iterable[tuple[str, Checked]]) -> Iterator[tuple[str, Checked]]:
    """Add the problems that only show among other entities; raise UsageError when DIR holds no catalog."""
    if not (Path(folder) / "entities").is_dir():
        if not is_catalog(folder):
            raise UsageError(f"--catalog {folder}: there is no entities/ folder in it")
        print(
            f"--catalog {folder}: nothing is recorded there yet, so names and owners are not checked", file=sys.stderr
        )
        yield from verdicts
        return
    found = list(verdicts)
    repository, recorded = _repository(), Records(Path(folder))
    entities = [_entity(file, verdict, repository) for file, verdict in found]
    holders = _holders([entity for entity in entities if entity], recorded)
    problems = check(list(holders.values()), recorded, repository.partition("/")[0].lower())
    for (file, verdict), entity in zip(found, entities, strict=True):
        further = problems.get(verdict.ref or "", ()) if entity is not None else ()
        if entity is not None and holders[entity.ref] is not entity:
            further = [_twice(entity.ref, holders[entity.ref])]
        placed = {_placed(problem, verdict) for problem in further}
        yield file, replace(verdict, problems=tuple(sorted({*verdict.problems, *placed})))


def _holders(entities: Iterable[Entity], recorded: Mapping[str, Entity]) -> dict[str, Entity]:
    """Return which of several documents of the same name counts: the one that is recorded, else the first."""
    found: dict[str, Entity] = {}
    for entity in entities:
        known = recorded.get(entity.ref)
        if entity.ref not in found or (known is not None and known.origin.path == entity.origin.path):
            found[entity.ref] = entity
    return found


def _twice(ref: str, holder: Entity) -> Problem:
    message = f"{ref} is already declared in {holder.origin.path}, line {holder.origin.line}"
    fix = "Rename one of them, or remove it."
    return Problem(id="declared-twice", path="/metadata/name", message=message, fix=fix)


def _entity(file: str, verdict: Checked, repository: str) -> Entity | None:
    data = verdict.data
    if data is None or verdict.ref is None:
        return None
    metadata = data["metadata"]
    namespace = metadata.get("namespace", DEFAULT_NAMESPACE)
    origin = Origin(0, repository, in_repository(file), verdict.document.line)
    return Entity(verdict.ref, data["kind"], namespace, metadata["name"], data, origin, verdict.relations)


def _placed(problem: Problem, verdict: Checked) -> Problem:
    """Point at the very line, and leave out the place that the caller knows."""
    line, column = position(verdict.document, problem.path)
    return replace(problem, repository="", file="", line=line, column=column)


def _repository() -> str:
    """Return owner/name of the repository we stand in: as GitHub Actions says, or its origin; "" when unknown."""
    if named := os.environ.get("GITHUB_REPOSITORY", ""):
        return named
    command = ["git", "config", "--get", "remote.origin.url"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    match = _REMOTE.search(done.stdout.strip())
    return match[1] if match else ""
