"""Workflow runs to read: those of a repository, and one with its jobs, steps, annotations and log."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from waypost.sandbox.box import box, full_name
from waypost.sandbox.pages.frame import PageMissing, on_page, page, routes
from waypost.sandbox.run_control import log_text
from waypost.sandbox.store import Record
from waypost.sandbox.workflow_runs import jobs_of

MOST_RUNS = 100
MOST_LOG = 200_000  # characters of a job's log: the end of it, where what went wrong is


@routes.get("/<login:owner>/<name>/actions")
@on_page
def show_runs(repository: Record) -> ResponseReturnValue:
    found = [_with_actor(run) for run in reversed(box().store.where("workflow_run", repository_id=repository["id"]))]
    return page("runs.html", repository, runs=found[:MOST_RUNS])


@routes.get("/<login:owner>/<name>/actions/runs/<int:run>")
@routes.get("/<login:owner>/<name>/actions/runs/<int:run>/job/<int:job>")
@on_page
def show_workflow_run(repository: Record, run: int, job: int = 0) -> ResponseReturnValue:
    found = box().store.get("workflow_run", run)
    if found is None or found["repository_id"] != repository["id"]:
        raise PageMissing(404, f"{full_name(repository)} has no workflow run {run}.")
    shown = [_job(found, one) for one in jobs_of(found) if job in (0, one["id"])]
    return page("workflow_run.html", repository, run=_with_actor(found), jobs=shown, is_one_job=bool(job))


def _with_actor(run: Record) -> dict[str, Any]:
    return {**run, "actor": box().store.must("account", run["triggering_actor_id"])["login"]}


def _job(run: Record, job: Record) -> dict[str, Any]:
    check = box().store.get("check_run", job["id"]) or {}
    return {**job, "annotations": check.get("annotations", []), "log": log_text(run, job)[-MOST_LOG:]}
