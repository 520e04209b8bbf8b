"""Workflow runs and their jobs: list, read, run again, cancel.

https://docs.github.com/en/rest/actions/workflow-runs and https://docs.github.com/en/rest/actions/workflow-jobs
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import gitstore, workflows
from waypost.sandbox.auth import actor, on_repository
from waypost.sandbox.box import box
from waypost.sandbox.clock import seconds_of
from waypost.sandbox.store import Record
from waypost.sandbox.web import body, conflict, forbidden, not_found, paginate
from waypost.sandbox.workflow_objects import show_job, show_run
from waypost.sandbox.workflow_runs import again, finish, jobs_of, read
from waypost.sandbox.workflow_triggers import files_at

routes = Blueprint("runs", __name__)

_ALL = "/repos/<owner>/<name>/actions/runs"
_ONE = f"{_ALL}/<int:number>"


@routes.get(_ALL)
@on_repository(actions="read")
def list_runs(repository: Record) -> ResponseReturnValue:
    return _listed(repository, box().store.where("workflow_run", repository_id=repository["id"]))


@routes.get("/repos/<owner>/<name>/actions/workflows/<workflow>/runs")
@on_repository(actions="read")
def list_runs_of_workflow(repository: Record, workflow: str) -> ResponseReturnValue:
    wanted = workflows.must(repository, workflow)["id"]
    return _listed(repository, box().store.where("workflow_run", repository_id=repository["id"], workflow_id=wanted))


@routes.get(_ONE)
@on_repository(actions="read")
def get_run(repository: Record, number: int) -> ResponseReturnValue:
    return show_run(repository, read(repository, must(repository, number)))


@routes.get(f"{_ONE}/jobs")
@on_repository(actions="read")
def list_jobs(repository: Record, number: int) -> ResponseReturnValue:
    """The jobs of the latest attempt, or of all."""
    run = must(repository, number)
    is_latest = request.args.get("filter", "latest") == "latest"
    found = jobs_of(run) if is_latest else box().store.where("workflow_job", run_id=number)
    return paginate(found, lambda job: show_job(repository, run, job), within="jobs")


@routes.get("/repos/<owner>/<name>/actions/jobs/<int:number>")
@on_repository(actions="read")
def get_job(repository: Record, number: int) -> ResponseReturnValue:
    run, job = _must_job(repository, number)
    return show_job(repository, run, job)


@routes.get("/repos/<owner>/<name>/actions/jobs/<int:number>/logs")
@on_repository(actions="read")
def get_logs(repository: Record, number: int) -> ResponseReturnValue:
    """Lead to the text, as GitHub does; a job that no real runner ran has none."""
    run, job = _must_job(repository, number)
    if job["status"] != "completed":
        raise not_found()
    return redirect(f"{box().url}/_sandbox/runs/{run['id']}/log?job={number}")


@routes.post(f"{_ONE}/rerun")
@on_repository(actions="write")
def rerun(repository: Record, number: int) -> ResponseReturnValue:
    body()
    run = must(repository, number)
    if run["status"] != "completed":
        raise forbidden("This workflow run is not completed and cannot be re-run")
    commit = gitstore.resolve(box().git.open(repository["id"]), run["head_sha"])
    file = next((one for one in files_at(repository, commit) if one.path == run["path"]), None)
    if file is None or file.problem:
        raise forbidden("Unable to re-run this workflow run because its workflow file is broken")
    again(repository, run, file, actor())
    return jsonify({}), 201


@routes.post(f"{_ONE}/cancel")
@on_repository(actions="write")
def cancel(repository: Record, number: int) -> ResponseReturnValue:
    """Close a run that is not completed; a runner that has it stops by itself when it sees that."""
    run = must(repository, number)
    if run["status"] == "completed":
        raise conflict("Cannot cancel a workflow run that is completed.")
    finish(repository, run, "cancelled")
    return jsonify({}), 202


def must(repository: Record, number: int) -> Record:
    """Return the run, or raise 404."""
    run = box().store.get("workflow_run", number)
    if run is None or run["repository_id"] != repository["id"]:
        raise not_found()
    return run


def _must_job(repository: Record, number: int) -> tuple[Record, Record]:
    job = box().store.get("workflow_job", number)
    if job is None:
        raise not_found()
    return must(repository, job["run_id"]), job


def _listed(repository: Record, runs: list[Record]) -> ResponseReturnValue:
    """Answer the runs that are wanted, newest first; one that GitHub does not list yet is a listing nearer to it."""
    found = []
    for run in reversed(runs):
        if run["hidden_listings"] > 0:
            box().store.change("workflow_run", run["id"], hidden_listings=run["hidden_listings"] - 1)
        elif run["hidden_until"] <= box().clock.now() and _wanted(run):
            found.append(run)
    return paginate(found, lambda run: show_run(repository, read(repository, run)), within="workflow_runs")


def _wanted(run: Record) -> bool:
    asked = request.args
    by = box().store.must("account", run["triggering_actor_id"])["login"]
    return (
        asked.get("branch", run["head_branch"]) == run["head_branch"]
        and asked.get("event", run["event"]) == run["event"]
        and asked.get("head_sha", run["head_sha"]) == run["head_sha"]
        and asked.get("check_suite_id", str(run["suite_id"])) == str(run["suite_id"])
        and ("status" not in asked or asked["status"] in (run["status"], run["conclusion"]))
        and asked.get("actor", by).lower() == by.lower()
        and is_within(run["created_at"], asked.get("created", "*"))
    )


def is_within(at: str, asked: str) -> bool:
    """Compare a time with GitHub's search syntax: >=2026-01-01, 2026-01-01..2026-02-01, *..2026-01-01, 2026-01-01.

    https://docs.github.com/en/search-github/getting-started-with-searching-on-github/understanding-the-search-syntax
    """
    low, dots, high = asked.partition("..")
    if dots:
        return (low in ("", "*") or at >= _moment(low)) and (high in ("", "*") or at <= _moment(high, is_end=True))
    for sign in (">=", "<=", ">", "<"):
        if asked.startswith(sign):
            bound = _moment(asked.removeprefix(sign), is_end=sign in ("<=", ">"))
            return {">=": at >= bound, "<=": at <= bound, ">": at > bound, "<": at < bound}[sign]
    return asked == "*" or _moment(asked) <= at <= _moment(asked, is_end=True)


def _moment(text: str, is_end: bool = False) -> str:
    """Write a date or time as records hold it; a date alone stands for its first or last second."""
    if len(text) == 10:
        return f"{text}T23:59:59Z" if is_end else f"{text}T00:00:00Z"
    try:
        return datetime.fromtimestamp(seconds_of(text.replace(" ", "+")), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return text
