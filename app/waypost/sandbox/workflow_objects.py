"""Workflows, runs and jobs as answers and payloads show them, and the events that tell of runs. No routes.

https://docs.github.com/en/rest/actions
"""

from __future__ import annotations

import json

from waypost.sandbox import objects
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.check_objects import head_commit, pulls_at
from waypost.sandbox.deliveries import unpacked
from waypost.sandbox.events import emit
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json

_RUNNER = {"runner_id": 1, "runner_name": "sandbox", "runner_group_id": 1, "runner_group_name": "Default"}
# what the payload of a run leaves out of its repositories is left out here: a run holds two of them
_NOT_MINIMAL = ("permissions", "has_pull_requests")


def show_workflow(repository: Record, workflow: Record) -> Json:
    """GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}."""
    name, path = full_name(repository), workflow["path"]
    page = f"{box().url}/{name}"
    return {
        "id": workflow["id"],
        "node_id": objects.node_id("W", workflow["id"]),
        "name": workflow["name"],
        "path": path,
        "state": workflow["state"],
        "created_at": workflow["created_at"],
        "updated_at": workflow["updated_at"],
        "url": f"{api_url()}/repos/{name}/actions/workflows/{workflow['id']}",
        "html_url": f"{page}/blob/{repository['default_branch']}/{path}",
        "badge_url": f"{page}/workflows/{workflow['name'].replace(' ', '%20')}/badge.svg",
    }


def show_run(repository: Record, run: Record) -> Json:
    """GET /repos/{owner}/{repo}/actions/runs/{run_id}."""
    name, store = full_name(repository), box().store
    url, suite = f"{api_url()}/repos/{name}/actions/runs/{run['id']}", run["suite_id"]
    attempt = run["run_attempt"]
    minimal, head = _minimal(repository), head_repository(repository, run)
    return {
        "id": run["id"],
        "name": run["name"],
        "node_id": objects.node_id("WFR", run["id"]),
        "head_branch": run["head_branch"],
        "head_sha": run["head_sha"],
        "path": run["path"],
        "display_title": run["display_title"],
        "run_number": run["run_number"],
        "event": run["event"],
        "status": run["status"],
        "conclusion": run["conclusion"],
        "workflow_id": run["workflow_id"],
        "check_suite_id": suite,
        "check_suite_node_id": objects.node_id("CS", suite),
        "url": url,
        "html_url": f"{box().url}/{name}/actions/runs/{run['id']}",
        "pull_requests": pulls_at(repository, run["head_sha"]) if run["event"] == "pull_request" else [],
        "created_at": run["created_at"],
        "updated_at": run["updated_at"],
        "actor": objects.simple_user(store.must("account", run["actor_id"])),
        "run_attempt": attempt,
        "referenced_workflows": [],
        "run_started_at": run["run_started_at"],
        "triggering_actor": objects.simple_user(store.must("account", run["triggering_actor_id"])),
        "jobs_url": f"{url}/jobs",
        "logs_url": f"{url}/logs",
        "check_suite_url": f"{api_url()}/repos/{name}/check-suites/{suite}",
        "artifacts_url": f"{url}/artifacts",
        "cancel_url": f"{url}/cancel",
        "rerun_url": f"{url}/rerun",
        "previous_attempt_url": f"{url}/attempts/{attempt - 1}" if attempt > 1 else None,
        "workflow_url": f"{api_url()}/repos/{name}/actions/workflows/{run['workflow_id']}",
        "head_commit": head_commit(repository, run["head_sha"]),
        "repository": minimal,
        "head_repository": _minimal(head) if head is not None else None,
    }


def head_repository(repository: Record, run: Record) -> Record | None:
    """Return the repository whose code a run is about: of a pull request from a fork, the fork while it is there."""
    pull = json.loads(unpacked(run["packed"])).get("pull_request") if run["event"] == "pull_request" else None
    if not pull:
        return repository
    return box().store.get("repository", (pull["head"]["repo"] or {}).get("id", 0))


def _minimal(repository: Record) -> Json:
    return {field: value for field, value in objects.repository(repository).items() if field not in _NOT_MINIMAL}


def show_job(repository: Record, run: Record, job: Record) -> Json:
    """GET /repos/{owner}/{repo}/actions/jobs/{job_id}."""
    name = full_name(repository)
    url = f"{api_url()}/repos/{name}"
    return {
        "id": job["id"],
        "run_id": run["id"],
        "workflow_name": run["name"],
        "head_branch": run["head_branch"],
        "run_url": f"{url}/actions/runs/{run['id']}",
        "run_attempt": job["run_attempt"],
        "node_id": objects.node_id("CR", job["id"]),
        "head_sha": run["head_sha"],
        "url": f"{url}/actions/jobs/{job['id']}",
        "html_url": job_page(repository, run["id"], job["id"]),
        "status": job["status"],
        "conclusion": job["conclusion"],
        "created_at": job["created_at"],
        "started_at": job["started_at"],
        "completed_at": job["completed_at"],
        "name": job["name"],
        "steps": job["steps"],
        "check_run_url": f"{url}/check-runs/{job['id']}",
        "labels": job["labels"],
        **(_RUNNER if job["status"] != "queued" else dict.fromkeys(_RUNNER)),
    }


def job_page(repository: Record, run_id: int, job_id: int) -> str:
    """Return where a person reads a job."""
    return f"{box().url}/{full_name(repository)}/actions/runs/{run_id}/job/{job_id}"


def announce(repository: Record, run: Record, action: str) -> None:
    """Tell of a run: requested, in_progress, completed."""
    workflow = box().store.must("workflow", run["workflow_id"])
    payload = {
        "action": action,
        "workflow_run": show_run(repository, run),
        "workflow": show_workflow(repository, workflow),
    }
    emit("workflow_run", payload, repository, sender=box().store.must("account", run["triggering_actor_id"]))
