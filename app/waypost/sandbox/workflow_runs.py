"""The life of a workflow run: begun, started, its jobs finished one by one, completed; each step is told of.

It decides no conclusion: a runner does (runner.py), or a rule or an order of the control routes (run_control.py).
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pygit2

from waypost.sandbox.actions_app import actions_app
from waypost.sandbox.box import box, full_name
from waypost.sandbox.check_objects import announce_run
from waypost.sandbox.deliveries import packed
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json
from waypost.sandbox.workflow_files import PlannedJob, WorkflowFile
from waypost.sandbox.workflow_guards import filled
from waypost.sandbox.workflow_objects import announce, job_page

CONCLUSIONS = ("success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required")
# called when a run waits for a runner
WAKERS: list[Callable[[], None]] = []
_ZEROES = "0" * 40


def workflow_of(repository: Record, file: WorkflowFile) -> Record:
    """Return the record of a workflow, which begins with the first sight of its file and follows its name."""
    store, now = box().store, box().clock.stamp()
    found = store.first("workflow", repository_id=repository["id"], path=file.path)
    if found is None:
        fields = {"state": "active", "created_at": now, "updated_at": now}
        return store.add("workflow", repository_id=repository["id"], path=file.path, name=file.name, **fields)
    return found if found["name"] == file.name else store.change("workflow", found["id"], name=file.name)


def begin(
    repository: Record,
    file: WorkflowFile,
    event: str,
    head: tuple[str, str],  # the full ref and the commit
    actor: Record,
    payload: Json,
    title: str = "",
) -> Record:
    """Make a run with its jobs, queued; one that GitHub could not start fails at once and says why."""
    store, now = box().store, box().clock.stamp()
    workflow, (ref, sha) = workflow_of(repository, file), head
    rule = rule_for(repository, file.path)
    run = store.add(
        "workflow_run",
        repository_id=repository["id"],
        workflow_id=workflow["id"],
        path=file.path,
        name=file.name,
        display_title=title or file.name,
        event=event,
        ref=ref,
        head_branch=ref.split("/", 2)[2],
        head_sha=sha,
        status="queued",
        conclusion=None,
        run_number=store.next_id(f"run of {workflow['id']}"),
        run_attempt=1,
        actor_id=actor["id"],
        triggering_actor_id=actor["id"],
        suite_id=_suite(repository, ref, sha)["id"],
        packed=packed(payload),
        created_at=now,
        updated_at=now,
        run_started_at=now,
        permissions=file.permissions,
        environments=[*file.environments],
        group="",
        hidden_listings=int(rule.get("hidden_listings", 0)),
        hidden_until=box().clock.now() + float(rule.get("hidden_seconds", 0)),
    )
    # a run without a job has nowhere to say why it failed
    jobs = (PlannedJob("", file.path, {}, ()),) if file.problem else file.jobs
    _add_jobs(repository, run, jobs)
    announce(repository, run, "requested")
    if file.problem:
        return complete(repository, run, "failure", [{"annotations": [annotation(file.problem, file.path)]}])
    _exclude(repository, run, file, payload, actor)
    return _queue(repository, run, rule)


def again(repository: Record, run: Record, file: WorkflowFile, actor: Record) -> Record:
    """Begin another attempt of a completed run."""
    now = box().clock.stamp()
    fields = {"status": "queued", "conclusion": None, "run_started_at": now, "updated_at": now}
    attempt = run["run_attempt"] + 1
    run = box().store.change("workflow_run", run["id"], run_attempt=attempt, triggering_actor_id=actor["id"], **fields)
    _add_jobs(repository, run, file.jobs)
    return _queue(repository, run, rule_for(repository, run["path"]))


def start(repository: Record, run: Record) -> Record:
    """Say that a runner has taken the run."""
    now = box().clock.stamp()
    fields = {"status": "in_progress", "run_started_at": now, "updated_at": now}
    run = box().store.change("workflow_run", run["id"], **fields)
    announce(repository, run, "in_progress")
    return run


def start_job(job: Record) -> Record:
    """Say that a job runs."""
    fields = {"status": "in_progress", "started_at": box().clock.stamp()}
    box().store.change("check_run", job["id"], **fields)
    return box().store.change("workflow_job", job["id"], **fields)


def finish_job(
    repository: Record,
    job: Record,
    conclusion: str,
    steps: Iterable[Json] = (),
    annotations: Iterable[Json] = (),
) -> None:
    """Close a job and its check run."""
    now, store = box().clock.stamp(), box().store
    fields = {"status": "completed", "conclusion": conclusion, "completed_at": now}
    store.change("workflow_job", job["id"], steps=[*steps] or job["steps"], **fields)
    check = store.must("check_run", job["id"])
    check = store.change("check_run", job["id"], annotations=[*check["annotations"], *annotations], **fields)
    announce_run(repository, check, "completed")


def finish(repository: Record, run: Record, conclusion: str) -> Record:
    """Close a run; jobs that never finished were cancelled with it, or skipped."""
    for job in jobs_of(run):
        if job["status"] != "completed":
            is_lost = job["status"] == "in_progress" or conclusion in ("cancelled", "timed_out")
            fallen = conclusion if conclusion in ("cancelled", "timed_out") else "failure"
            finish_job(repository, job, fallen if is_lost else "skipped")
    now = box().clock.stamp()
    fields = {"status": "completed", "conclusion": conclusion, "updated_at": now}
    run = box().store.change("workflow_run", run["id"], **fields)
    announce(repository, run, "completed")
    return run


def complete(repository: Record, run: Record, conclusion: str, told: Iterable[Mapping[str, Any]] = ()) -> Record:
    """Take a run to its end as it is told: {name, conclusion, steps, annotations} of jobs, all others as the run."""
    if run["status"] == "queued":
        run = start(repository, run)
    by_name = {one.get("name"): one for one in told}
    for job in jobs_of(run):
        if job["status"] != "completed":
            about = by_name.get(job["name"], by_name.get(None, {}))
            steps = [_step(number, one) for number, one in enumerate(about.get("steps", ()), 1)]
            started, notes = start_job(job), about.get("annotations", ())
            finish_job(repository, started, about.get("conclusion", conclusion), steps, notes)
    return finish(repository, run, conclusion)


def jobs_of(run: Record) -> list[Record]:
    """Return the jobs of a run's present attempt."""
    return box().store.where("workflow_job", run_id=run["id"], run_attempt=run["run_attempt"])


def rule_for(repository: Record, path: str) -> Mapping[str, Any]:
    """Return the first rule that was asked for this repository and workflow file, or {}."""
    names, files = ("*", full_name(repository)), ("*", path, path.rpartition("/")[2])
    rules: list[Mapping[str, Any]] = box().setting("run_rules", [])
    return next((one for one in rules if one["repository"] in names and one["workflow"] in files), {})


def read(repository: Record, run: Record) -> Record:
    """Let a run that a rule decides go on: it is completed by the last of the reads that it waits for."""
    left = run.get("reads_left")
    if left is None or run["status"] == "completed":
        return run
    run = box().store.change("workflow_run", run["id"], reads_left=left - 1)
    if left <= 1:
        return complete(repository, run, run["promised"])
    return start(repository, run) if run["status"] == "queued" else run


def annotation(message: str, path: str = ".github", line: int = 1, level: str = "failure", title: str = "") -> Json:
    """Return an annotation as a run's jobs carry it."""
    shown: Json = {"path": path, "start_line": line, "end_line": line, "annotation_level": level, "message": message}
    return shown | ({"title": title} if title else {})


def _queue(repository: Record, run: Record, rule: Mapping[str, Any]) -> Record:
    promised, reads = rule.get("conclusion"), int(rule.get("reads", 0))
    if promised and not reads:
        return complete(repository, run, promised)
    fields = {"promised": promised, "reads_left": reads if promised else None}
    run = box().store.change("workflow_run", run["id"], **fields)
    for wake in WAKERS:
        wake()
    return run


def _exclude(repository: Record, run: Record, file: WorkflowFile, payload: Json, actor: Record) -> None:
    """Let a run into its group: one may go on and one may wait; a newer one takes the place of the one that waits."""
    if file.concurrency is None:
        return
    event = {**payload, "inputs": payload.get("inputs") or {}}
    known = {"event_name": run["event"], "ref": run["ref"], "ref_name": run["head_branch"], "sha": run["head_sha"]}
    known |= {"workflow": file.name, "repository": full_name(repository), "actor": actor["login"], "run_id": run["id"]}
    context = {"github": {**known, "event": event}, "inputs": event["inputs"]}
    group = filled(file.concurrency.group, context).lower()
    store = box().store
    store.change("workflow_run", run["id"], group=group)
    before = [
        one
        for one in store.where("workflow_run", repository_id=repository["id"], group=group)
        if one["status"] != "completed" and one["id"] != run["id"]
    ]
    # the oldest would be going on by now, were there as many runners here as GitHub has
    for one in before if filled(file.concurrency.cancels, context) == "true" else before[1:]:
        finish(repository, one, "cancelled")


def _suite(repository: Record, ref: str, sha: str) -> Record:
    """Make the run's own suite: GitHub Actions has one for each run, other Apps one for each commit."""
    commit = box().git.open(repository["id"])[sha].peel(pygit2.Commit)
    now = box().clock.stamp()
    return box().store.add(
        "check_suite",
        repository_id=repository["id"],
        app_id=actions_app()["id"],
        head_sha=sha,
        head_branch=ref.split("/", 2)[2],
        before=str(commit.parent_ids[0]) if commit.parent_ids else _ZEROES,
        created_at=now,
        updated_at=now,
    )


def _add_jobs(repository: Record, run: Record, planned: Iterable[PlannedJob]) -> None:
    now, store = box().clock.stamp(), box().store
    for plan in planned:
        number = store.next_id("check_run")
        state = {"status": "queued", "conclusion": None, "started_at": now, "completed_at": None}
        check = store.put(
            "check_run",
            number,
            repository_id=repository["id"],
            app_id=actions_app()["id"],
            suite_id=run["suite_id"],
            name=plan.name,
            head_sha=run["head_sha"],
            external_id=None,
            details_url=job_page(repository, run["id"], number),
            actions=[],
            output={},
            annotations=[],
            **state,
        )
        store.put(
            "workflow_job",
            number,
            run_id=run["id"],
            run_attempt=run["run_attempt"],
            job_id=plan.job_id,
            name=plan.name,
            matrix=dict(plan.matrix),
            labels=list(plan.labels),
            is_call=plan.is_call,
            is_open=plan.is_open,
            steps=[],
            created_at=now,
            **state,
        )
        announce_run(repository, check, "created")


def _step(number: int, told: Mapping[str, Any]) -> Json:
    now = box().clock.stamp()
    named = {"name": told["name"], "status": "completed", "conclusion": told.get("conclusion", "success")}
    return {**named, "number": number, "started_at": now, "completed_at": now}
