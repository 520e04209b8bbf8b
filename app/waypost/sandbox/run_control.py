"""Control routes for workflow runs: what becomes of them where no real runner is.

GET    /_sandbox/runs            every run with its jobs (summary, outputs of steps), and which runner there is
POST   /_sandbox/runs/<id>       {"status": "in_progress"}, or {"conclusion": "failure", "jobs": [{"name",
                                 "conclusion", "steps": [{"name", "conclusion"}], "annotations": [...]}]}
GET    /_sandbox/runs/<id>/log   what the real runner wrote (?job=<id>: of one job)
POST   /_sandbox/runs/rules      {"repository": "acme/pay" (or "*"), "workflow": "ci.yml" (or "*"),
                                 "conclusion": "success" (null: none is given), "reads": 2 (of the run or a list
                                 with it, before it is completed; 0: at once), "hidden_listings": 1,
                                 "hidden_seconds": 5 (not listed at first)}: for runs that come; the first rule holds
DELETE /_sandbox/runs/rules      forget the rules
POST   /_sandbox/runs/schedule   {"repository": "acme/catalog", "workflow": "refresh.yml"}: its hour has come
POST   /_sandbox/runs/settle     {"seconds": 60}: answer when no run of a runner waits or goes on
"""

from __future__ import annotations

import time
from pathlib import Path

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import gitstore, objects
from waypost.sandbox.box import box, full_name, repository_by_name
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, invalid, not_found
from waypost.sandbox.workflow_runs import CONCLUSIONS, begin, complete, jobs_of, start
from waypost.sandbox.workflow_triggers import files_at

routes = Blueprint("run_control", __name__, url_prefix="/_sandbox/runs")


@routes.get("")
def show() -> ResponseReturnValue:
    with box().store.lock:
        found = [_show(run) for run in reversed(box().store.all("workflow_run"))]
        return jsonify(
            {"runner": box().setting("runner", "none"), "rules": box().setting("run_rules", []), "runs": found}
        )


@routes.post("/<int:number>")
def order(number: int) -> ResponseReturnValue:
    content, store = body(), box().store
    with store.lock:
        run, repository = _must(number)
        if run["status"] == "completed":
            raise invalid("Run", "status", "custom", f"run {number} is completed: {run['conclusion']}")
        if content.get("conclusion") is not None:
            if content["conclusion"] not in CONCLUSIONS:
                raise invalid("Run", "conclusion")
            run = complete(repository, run, content["conclusion"], content.get("jobs", ()))
        elif content.get("status") == "in_progress" and run["status"] == "queued":
            run = start(repository, run)
        else:
            raise invalid("Run", "status")
        store.commit()
        return jsonify(_show(run))


@routes.get("/<int:number>/log")
def show_log(number: int) -> ResponseReturnValue:
    with box().store.lock:
        run, _ = _must(number)
        job = box().store.get("workflow_job", int(request.args.get("job", 0)))
    if not log_of(box().root, run).is_file():
        raise not_found()
    return Response(log_text(run, job), content_type="text/plain; charset=utf-8")


@routes.post("/rules")
def add_rule() -> ResponseReturnValue:
    content = body()
    if content.get("conclusion") not in (None, *CONCLUSIONS):
        raise invalid("Rule", "conclusion")
    rule: Json = {
        "repository": str(content.get("repository", "*")),
        "workflow": str(content.get("workflow", "*")),
        "conclusion": content.get("conclusion"),
        "reads": int(content.get("reads", 0)),
        "hidden_listings": int(content.get("hidden_listings", 0)),
        "hidden_seconds": float(content.get("hidden_seconds", 0)),
    }
    with box().store.lock:
        rules = [*box().setting("run_rules", []), rule]
        box().set("run_rules", rules)
        box().store.commit()
    return jsonify(rules), 201


@routes.delete("/rules")
def clear_rules() -> ResponseReturnValue:
    with box().store.lock:
        box().set("run_rules", [])
        box().store.commit()
    return "", 204


@routes.post("/schedule")
def fire() -> ResponseReturnValue:
    """Begin a run of `schedule` at the default branch, by whoever committed there last (here: its owner)."""
    content = body()
    name, workflow = str(content.get("repository", "")), str(content.get("workflow", ""))
    with box().store.lock:
        repository = repository_by_name(*name.split("/", 1)) if "/" in name else None
        if repository is None:
            raise not_found()
        head = gitstore.head(box().git.open(repository["id"]), repository["default_branch"])
        named = (one for one in files_at(repository, head) if one.path.rpartition("/")[2] == workflow)
        file = next((one for one in named if "schedule" in one.triggers), None)
        if file is None or head is None:
            raise invalid("Run", "workflow", "custom", f"{name} has no workflow {workflow} with `on: schedule`")
        actor = box().store.must("account", repository["owner_id"])
        payload = {
            "schedule": file.triggers["schedule"].get("cron", ""),
            "workflow": file.path,
            "repository": objects.repository(repository),
        }
        ref = f"refs/heads/{repository['default_branch']}"
        run = begin(repository, file, "schedule", (ref, str(head.id)), actor, payload)
        box().store.commit()
        return jsonify(_show(run)), 201


@routes.post("/settle")
def settle() -> ResponseReturnValue:
    until = time.monotonic() + float(body().get("seconds", 60))
    while not (is_settled := _is_settled()) and time.monotonic() < until:
        time.sleep(0.05)
    return jsonify({"settled": is_settled})


def log_of(root: Path, run: Record) -> Path:
    """Return where the text of a run's present attempt is kept."""
    return root / "runs" / f"{run['id']}-{run['run_attempt']}.log"


def log_text(run: Record, job: Record | None = None) -> str:
    """Return what the real runner wrote: all of it, or what one job did; "" where none has run."""
    path = log_of(box().root, run)
    if not path.is_file():
        return ""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    mark = f"[{job['name']}] " if job is not None else ""
    return "".join(line.removeprefix(mark) for line in lines if line.startswith(mark))


def _is_settled() -> bool:
    with box().store.lock:
        return not any(
            run["status"] != "completed" and not run.get("promised")
            for run in box().store.all("workflow_run")
            if box().store.get("repository", run["repository_id"]) is not None
        )


def _must(number: int) -> tuple[Record, Record]:
    run = box().store.get("workflow_run", number)
    repository = run and box().store.get("repository", run["repository_id"])
    if not run or not repository:
        raise not_found()
    return run, repository


def _show(run: Record) -> Json:
    names = ("id", "path", "event", "head_branch", "head_sha", "run_attempt", "status", "conclusion")
    repository = box().store.get("repository", run["repository_id"])
    shown = {name: run[name] for name in names} | {"jobs": [_show_job(job) for job in jobs_of(run)]}
    return {"repository": full_name(repository) if repository is not None else None, **shown}


def _show_job(job: Record) -> Json:
    """Show a job with what GitHub shows on its page only: the summary and the outputs of steps, as <step>.<name>."""
    shown = {name: job[name] for name in ("id", "name", "status", "conclusion")}
    return shown | {"summary": job.get("summary", ""), "outputs": job.get("outputs", {})}
