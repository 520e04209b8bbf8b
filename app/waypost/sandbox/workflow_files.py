"""A workflow file as a value: its triggers, its inputs and the jobs it will have. Reads text, starts nothing.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from waypost.catalog.documents import parse as parse_yaml
from waypost.sandbox.actions_app import PERMISSIONS
from waypost.sandbox.workflow_guards import Concurrency, concurrency_of, environments_of, permissions_of

FOLDER = ".github/workflows/"
_MOST_JOBS_OF_A_MATRIX = 256  # https://docs.github.com/en/actions/reference/limits
_OF_MATRIX = re.compile(r"\$\{\{\s*matrix\.([\w-]+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class PlannedJob:
    """One job that a run will have; a matrix of literal values gives one for each combination."""

    job_id: str
    name: str
    matrix: Mapping[str, str]
    labels: tuple[str, ...]
    is_call: bool = False  # of another workflow
    is_open: bool = False  # it stands for jobs that are known when it runs: a call, or a matrix that is an expression


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """What a file says; `problem` is why GitHub would not start it."""

    path: str
    name: str
    triggers: Mapping[str, Mapping[str, Any]]
    jobs: tuple[PlannedJob, ...] = ()
    problem: str = ""
    permissions: Mapping[str, str] | None = None  # None: the repository's default
    concurrency: Concurrency | None = None
    environments: tuple[str, ...] = ()

    @property
    def inputs(self) -> Mapping[str, Mapping[str, Any]]:
        """The inputs of workflow_dispatch."""
        held = self.triggers.get("workflow_dispatch", {}).get("inputs")
        return {str(name): one or {} for name, one in held.items()} if isinstance(held, dict) else {}


def is_workflow(path: str) -> bool:
    """Tell whether GitHub looks for a workflow at this path."""
    name = path.removeprefix(FOLDER)
    return path.startswith(FOLDER) and "/" not in name and name.endswith((".yml", ".yaml"))


@lru_cache(maxsize=512)
def parse(path: str, text: bytes) -> WorkflowFile:
    """Read a workflow file; what cannot be read is a workflow with a problem."""
    parsed = parse_yaml(text)
    document = parsed.documents[0] if parsed.documents else None
    value = document.value if document is not None else None
    problems = [*parsed.problems, *(document.problems if document is not None else ())]
    if not isinstance(value, dict):
        reason = problems[0].message if problems else "no mapping at its top"
        return WorkflowFile(path, path, {}, problem=f"{path}: {reason}")
    triggers, jobs = _triggers(value.get("on")), value.get("jobs")
    name = str(value.get("name") or path)
    if not triggers:
        return WorkflowFile(path, name, {}, problem=f"{path}: no event triggers defined in `on`")
    if not isinstance(jobs, dict) or not jobs:
        return WorkflowFile(path, name, triggers, problem=f"{path}: no jobs defined in `jobs`")
    for job_id, job in jobs.items():
        if not isinstance(job, dict) or not ("runs-on" in job or "uses" in job):
            problem = f"{path}: job {job_id} has neither `runs-on` nor `uses`"
            return WorkflowFile(path, name, triggers, problem=problem)
    planned = (one for job_id, job in jobs.items() for one in _jobs(str(job_id), job))
    asked, group, places = permissions_of(value, PERMISSIONS), concurrency_of(value), environments_of(value)
    return WorkflowFile(path, name, triggers, tuple(planned), "", asked, group, places)


def _triggers(on: Any) -> dict[str, Mapping[str, Any]]:
    """Read `on` in its three forms: a name, a list of names, a mapping."""
    if isinstance(on, str):
        return {on: {}}
    if isinstance(on, list):
        return {str(name): {} for name in on}
    if isinstance(on, dict):
        return {str(name): _about(held) for name, held in on.items()}
    return {}


def _about(held: Any) -> Mapping[str, Any]:
    if isinstance(held, list) and held and isinstance(held[0], dict):  # schedule: the first of its hours
        return held[0]
    return held if isinstance(held, dict) else {}


def _jobs(job_id: str, job: Mapping[str, Any]) -> Iterator[PlannedJob]:
    strategy = job.get("strategy")
    matrix = strategy.get("matrix") if isinstance(strategy, dict) else None
    combinations, is_call = _matrix(matrix), "uses" in job
    is_open = is_call or (matrix is not None and not combinations)
    runs_on = job.get("runs-on", [])
    if isinstance(runs_on, dict):
        runs_on = runs_on.get("labels", [])
    labels = tuple(map(str, runs_on if isinstance(runs_on, list) else [runs_on]))
    for one in combinations or [{}]:
        own = tuple(_filled(label, one) for label in labels)
        yield PlannedJob(job_id, _name(job_id, job.get("name"), one), one, own, is_call, is_open)


def _name(job_id: str, name: Any, matrix: Mapping[str, str]) -> str:
    if name is None:
        return f"{job_id} ({', '.join(matrix.values())})" if matrix else job_id
    return _filled(str(name), matrix)


def _filled(text: str, matrix: Mapping[str, str]) -> str:
    return _OF_MATRIX.sub(lambda found: matrix.get(found[1], found[0]), text)


def _matrix(matrix: Any) -> list[dict[str, str]]:
    """Write a matrix out; one that only an expression knows gives nothing, and its job stands for all of them."""
    if not isinstance(matrix, dict):
        return []
    axes = {str(name): values for name, values in matrix.items() if name not in ("include", "exclude")}
    if not all(isinstance(values, list) for values in axes.values()):
        return []
    rows = itertools.product(*(map(text_of, values) for values in axes.values())) if axes else ()
    found = [dict(zip(axes, row, strict=True)) for row in itertools.islice(rows, _MOST_JOBS_OF_A_MATRIX)]
    excluded = list(_entries(matrix.get("exclude")))
    found = [one for one in found if not any(without.items() <= one.items() for without in excluded)]
    return _included(found, axes, matrix.get("include"))


def _included(found: list[dict[str, str]], axes: Mapping[str, Any], include: Any) -> list[dict[str, str]]:
    """Add to the combinations that an entry agrees with, or make a new one."""
    more = []
    for entry in _entries(include):
        own = {name: value for name, value in entry.items() if name in axes}
        agreeing = [one for one in found if own.items() <= one.items()]
        for one in agreeing:
            one.update(entry)
        if not agreeing:
            more.append(entry)
    return (found + more)[:_MOST_JOBS_OF_A_MATRIX]


def _entries(value: Any) -> Iterator[dict[str, str]]:
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, dict):
            yield {str(name): text_of(one) for name, one in entry.items()}


def text_of(value: Any) -> str:
    """Write a matrix value as GitHub does in a job's name."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
