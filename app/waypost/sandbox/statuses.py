"""Commit statuses, one by one and combined.

https://docs.github.com/en/rest/commits/statuses
"""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from waypost.sandbox import commit_objects, gitstore, objects
from waypost.sandbox.auth import actor, on_repository
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.events import emit
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, body, invalid, paginate

routes = Blueprint("statuses", __name__)

STATES = ("error", "failure", "pending", "success")
# https://docs.github.com/en/rest/commits/statuses#create-a-commit-status: per commit and context
MOST_PER_CONTEXT = 1_000


@routes.post("/repos/<owner>/<name>/statuses/<sha>")
@on_repository(statuses="write")
def create_status(repository: Record, sha: str) -> ResponseReturnValue:
    content = body()
    git = box().git.open(repository["id"])
    commit = gitstore.resolve(git, sha) if len(sha) == 40 else None
    if commit is None:
        raise ApiError(422, f"No commit found for SHA: {sha}")
    if content.get("state") not in STATES:
        raise invalid("Status", "state", "missing_field" if "state" not in content else "invalid")
    if len(content.get("description") or "") > 140:
        raise invalid("Status", "description", "custom", "description is too long (maximum is 140 characters)")
    context = content.get("context") or "default"
    store, now = box().store, box().clock.stamp()
    if len(store.where("status", repository_id=repository["id"], sha=sha, context=context)) >= MOST_PER_CONTEXT:
        raise invalid("Status", "context", "custom", "This SHA and context has reached the maximum number of statuses.")
    status = store.add(
        "status",
        repository_id=repository["id"],
        sha=str(commit.id),
        state=content["state"],
        context=context,
        description=content.get("description"),
        target_url=content.get("target_url"),
        creator_id=actor()["id"],
        created_at=now,
        updated_at=now,
    )
    shown = show(repository, status)
    emit("status", _payload(repository, status, shown), repository)
    return shown, 201, {"Location": shown["url"]}


@routes.get("/repos/<owner>/<name>/commits/<path:ref>/statuses")
@on_repository(statuses="read")
def list_statuses(repository: Record, ref: str) -> ResponseReturnValue:
    found = box().store.where("status", repository_id=repository["id"], sha=_sha(repository, ref))
    return paginate(found[::-1], lambda status: show(repository, status))


@routes.get("/repos/<owner>/<name>/commits/<path:ref>/status")
@on_repository(statuses="read")
def combined(repository: Record, ref: str) -> ResponseReturnValue:
    """One verdict over the newest status of each context."""
    sha = _sha(repository, ref)
    latest = {
        status["context"]: status for status in box().store.where("status", repository_id=repository["id"], sha=sha)
    }
    states = {status["state"] for status in latest.values()}
    verdict = (
        "failure" if states & {"failure", "error"} else "pending" if not states or "pending" in states else "success"
    )
    url = f"{api_url()}/repos/{full_name(repository)}/commits/{sha}"
    simple = [{k: v for k, v in show(repository, one).items() if k != "creator"} for one in latest.values()]
    return jsonify(
        {
            "state": verdict,
            "statuses": simple,
            "sha": sha,
            "total_count": len(simple),
            "repository": objects.repository(repository),
            "commit_url": url,
            "url": f"{url}/status",
        }
    )


def show(repository: Record, status: Record) -> Json:
    creator = objects.simple_user(box().store.must("account", status["creator_id"]))
    return {
        "url": f"{api_url()}/repos/{full_name(repository)}/statuses/{status['sha']}",
        "avatar_url": creator["avatar_url"],
        "id": status["id"],
        "node_id": objects.node_id("SC", status["id"]),
        "state": status["state"],
        "description": status["description"],
        "target_url": status["target_url"],
        "context": status["context"],
        "created_at": status["created_at"],
        "updated_at": status["updated_at"],
        "creator": creator,
    }


def _payload(repository: Record, status: Record, shown: Json) -> Json:
    git = box().git.open(repository["id"])
    commit = gitstore.resolve(git, status["sha"])
    assert commit is not None  # it was there when the status was made
    tips = [name for name in git.branches.local if str(git.branches.local[name].target) == status["sha"]]
    url = f"{api_url()}/repos/{full_name(repository)}"
    names = ("id", "avatar_url", "state", "description", "target_url", "context", "created_at", "updated_at")
    return {
        **{name: shown[name] for name in names},
        "sha": status["sha"],
        "name": full_name(repository),
        "commit": commit_objects.commit(repository, commit),
        "branches": [
            {
                "name": name,
                "commit": {"sha": status["sha"], "url": f"{url}/commits/{status['sha']}"},
                "protected": box().store.first("protection", repository_id=repository["id"], branch=name) is not None,
            }
            for name in tips
        ],
    }


def _sha(repository: Record, ref: str) -> str:
    commit = gitstore.resolve(box().git.open(repository["id"]), ref, repository["default_branch"])
    if commit is None:
        raise ApiError(404, f"No commit found for SHA: {ref}")
    return str(commit.id)
