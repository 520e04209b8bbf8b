"""Check runs and suites as answers and payloads show them, and the events that tell of them. No routes.

https://docs.github.com/en/rest/checks
"""

from __future__ import annotations

import pygit2

from waypost.sandbox import objects
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.clock import stamp
from waypost.sandbox.events import emit
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json

_ZEROES = "0" * 40


def suite_of(repository: Record, app: Record, sha: str) -> Record:
    """Return the App's suite for a commit, making it when it is not there."""
    store = box().store
    found = store.first("check_suite", repository_id=repository["id"], head_sha=sha, app_id=app["id"])
    if found is not None:
        return found
    now, git = box().clock.stamp(), box().git.open(repository["id"])
    commit = git[sha].peel(pygit2.Commit)
    return store.add(
        "check_suite",
        repository_id=repository["id"],
        app_id=app["id"],
        head_sha=sha,
        head_branch=_branch(git, sha),
        before=str(commit.parent_ids[0]) if commit.parent_ids else _ZEROES,
        created_at=now,
        updated_at=now,
    )


def runs_of(suite: Record) -> list[Record]:
    return box().store.where("check_run", repository_id=suite["repository_id"], suite_id=suite["id"])


def show_run(repository: Record, run: Record) -> Json:
    """GET /repos/{owner}/{repo}/check-runs/{check_run_id}."""
    url = f"{api_url()}/repos/{full_name(repository)}/check-runs/{run['id']}"
    page = f"{box().url}/{full_name(repository)}/runs/{run['id']}"
    app, output = box().store.get("app", run["app_id"]), run["output"]
    return {
        "id": run["id"],
        "name": run["name"],
        "node_id": objects.node_id("CR", run["id"]),
        "head_sha": run["head_sha"],
        "external_id": run["external_id"] or "",
        "url": url,
        "html_url": page,
        "details_url": run["details_url"] or page,
        "status": run["status"],
        "conclusion": run["conclusion"],
        "started_at": run["started_at"],
        "completed_at": run["completed_at"],
        "output": {
            "title": output.get("title"),
            "summary": output.get("summary"),
            "text": output.get("text"),
            "annotations_count": len(run["annotations"]),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": run["suite_id"]},
        "app": objects.app(app) if app is not None else None,
        "pull_requests": pulls_at(repository, run["head_sha"]),
    }


def show_suite(repository: Record, suite: Record) -> Json:
    """GET /repos/{owner}/{repo}/check-suites/{check_suite_id}."""
    url = f"{api_url()}/repos/{full_name(repository)}/check-suites/{suite['id']}"
    runs, app = runs_of(suite), box().store.get("app", suite["app_id"])
    status, conclusion = verdict(runs)
    return {
        "id": suite["id"],
        "node_id": objects.node_id("CS", suite["id"]),
        "head_branch": suite["head_branch"],
        "head_sha": suite["head_sha"],
        "status": status,
        "conclusion": conclusion,
        "url": url,
        "before": suite["before"],
        "after": suite["head_sha"],
        "pull_requests": pulls_at(repository, suite["head_sha"]),
        "app": objects.app(app) if app is not None else None,
        "created_at": suite["created_at"],
        "updated_at": suite["updated_at"],
        "rerequestable": True,
        "runs_rerequestable": True,
        "latest_check_runs_count": len(runs),
        "check_runs_url": f"{url}/check-runs",
        "head_commit": head_commit(repository, suite["head_sha"]),
        "repository": objects.repository(repository),
    }


def verdict(runs: list[Record]) -> tuple[str, str | None]:
    """Return the status and conclusion of a suite from its runs: the worst conclusion counts."""
    if not runs:
        return "queued", None
    if any(run["status"] != "completed" for run in runs):
        return ("in_progress" if any(run["status"] != "queued" for run in runs) else "queued"), None
    worst = ("startup_failure", "failure", "timed_out", "cancelled", "action_required", "stale", "success", "neutral")
    held = {run["conclusion"] for run in runs}
    return "completed", next((one for one in worst if one in held), "skipped")


def pulls_at(repository: Record, sha: str) -> list[Json]:
    """Return the open pull requests with this head, in their shortest form."""
    store, found = box().store, []
    for pull in store.where("pull", repository_id=repository["id"], head_sha=sha):
        if store.must("issue", pull["issue_id"])["state"] != "open":
            continue
        head = store.get("repository", pull["head_repository_id"])
        number = pull["number"]
        found.append(
            {
                "id": pull["id"],
                "number": number,
                "url": f"{api_url()}/repos/{full_name(repository)}/pulls/{number}",
                "head": {"ref": pull["head_ref"], "sha": sha, "repo": _short(head or repository)},
                "base": {"ref": pull["base_ref"], "sha": pull["base_sha"], "repo": _short(repository)},
            }
        )
    return found


def announce_run(repository: Record, run: Record, action: str) -> None:
    """Tell of a run; a finished suite is told of with its last run. What is asked again, only its App hears."""
    suite = box().store.must("check_suite", run["suite_id"])
    shown = show_run(repository, run)
    shown["check_suite"] = _suite_in_run(repository, suite)
    only = _installation(repository, run["app_id"]) if action == "rerequested" else None
    if action == "rerequested" and only is None:  # GitHub Actions has no hook
        return
    emit("check_run", {"action": action, "check_run": shown}, repository, installation=only)
    if action == "completed" and verdict(runs_of(suite))[0] == "completed":
        announce_suite(repository, suite, "completed")


def announce_suite(repository: Record, suite: Record, action: str) -> None:
    """Tell of a suite: everybody when it is completed, else only the App that it belongs to."""
    shown = show_suite(repository, suite)
    del shown["repository"]
    only = None if action == "completed" else _installation(repository, suite["app_id"])
    if action != "completed" and only is None:
        return
    emit("check_suite", {"action": action, "check_suite": shown}, repository, installation=only)


def _installation(repository: Record, app_id: int) -> Record | None:
    return box().store.first("installation", account_id=repository["owner_id"], app_id=app_id)


def _suite_in_run(repository: Record, suite: Record) -> Json:
    """The form that a check_run payload holds: less than the API's."""
    left_out = ("head_commit", "repository", "latest_check_runs_count", "check_runs_url")
    return {name: value for name, value in show_suite(repository, suite).items() if name not in left_out}


def _short(repository: Record) -> Json:
    url = f"{api_url()}/repos/{full_name(repository)}"
    return {"id": repository["id"], "url": url, "name": repository["name"]}


def _branch(git: pygit2.Repository, sha: str) -> str | None:
    for name in git.branches.local:
        if str(git.branches.local[name].target) == sha:
            return str(name)
    return None


def head_commit(repository: Record, sha: str) -> Json:
    """The short form of a commit that suites and runs hold."""
    commit = box().git.open(repository["id"])[sha].peel(pygit2.Commit)
    return {
        "id": sha,
        "tree_id": str(commit.tree_id),
        "message": commit.message,
        "timestamp": stamp(commit.commit_time),
        "author": {"name": commit.author.name, "email": commit.author.email},
        "committer": {"name": commit.committer.name, "email": commit.committer.email},
    }
