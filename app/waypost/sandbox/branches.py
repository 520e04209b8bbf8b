"""Branches: listed, shown, renamed. What protects them is in protection.py.

https://docs.github.com/en/rest/branches
"""

from __future__ import annotations

import pygit2
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import commit_objects, events, gitstore, protection
from waypost.sandbox.auth import on_repository
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, body, flag, invalid, paginate

routes = Blueprint("branches", __name__)


@routes.get("/repos/<owner>/<name>/branches")
@on_repository(contents="read")
def list_branches(repository: Record) -> ResponseReturnValue:
    opened, start = box().git.open(repository["id"]), "refs/heads/"
    names = [ref.removeprefix(start) for ref in gitstore.refs(opened) if ref.startswith(start)]
    if "protected" in request.args:
        names = [name for name in names if (protection.find(repository, name) is not None) == flag("protected")]
    return paginate(names, lambda name: _short(repository, name, _commit(opened, name)))


@routes.get("/repos/<owner>/<name>/branches/<path:branch>")
@on_repository(contents="read")
def show_branch(repository: Record, branch: str) -> ResponseReturnValue:
    commit = _commit(box().git.open(repository["id"]), branch)
    url = f"{api_url()}/repos/{full_name(repository)}/branches/{branch}"
    return jsonify(
        {
            **_short(repository, branch, commit),
            "commit": commit_objects.commit(repository, commit),
            "_links": {"self": url, "html": f"{box().url}/{full_name(repository)}/tree/{branch}"},
        }
    )


@routes.post("/repos/<owner>/<name>/branches/<path:branch>/rename")
@on_repository(administration="write")
def rename(repository: Record, branch: str) -> ResponseReturnValue:
    """https://docs.github.com/en/rest/branches/branches#rename-a-branch: no push is told of, protection follows."""
    new_name = str(body().get("new_name") or "")
    opened = box().git.open(repository["id"])
    commit, new = _commit(opened, branch), f"refs/heads/{new_name}"
    if not pygit2.reference_is_valid_name(new) or gitstore.target(opened, new) is not None:
        raise invalid("Branch", "new_name")
    with box().git.lock(repository["id"]):
        gitstore.move_ref(opened, new, commit.id)
        gitstore.move_ref(opened, f"refs/heads/{branch}", None)
    held = protection.find(repository, branch)
    if held is not None:
        box().store.change("protection", held["id"], branch=new_name)
    if branch == repository["default_branch"]:
        box().git.set_default_branch(repository["id"], new_name)
        repository = box().store.change("repository", repository["id"], default_branch=new_name)
        changes = {"default_branch": {"from": branch}}
        events.emit("repository", {"action": "edited", "changes": changes}, repository=repository)
    answer = show_branch.__wrapped__(repository, new_name)  # type: ignore[attr-defined]  # past the permission check
    return answer, 201


def _commit(opened: pygit2.Repository, branch: str) -> pygit2.Commit:
    name = f"refs/heads/{branch}"
    found = gitstore.head(opened, branch) if pygit2.reference_is_valid_name(name) else None
    if found is None:
        raise ApiError(404, "Branch not found")
    return found


def _short(repository: Record, branch: str, commit: pygit2.Commit) -> Json:
    held, url = protection.find(repository, branch), f"{api_url()}/repos/{full_name(repository)}"
    checks = protection.checks_of(held)
    return {
        "name": branch,
        "commit": {"sha": str(commit.id), "url": f"{url}/commits/{commit.id}"},
        "protected": held is not None,
        "protection": {
            "enabled": held is not None,
            "required_status_checks": {
                "enforcement_level": "non_admins" if checks else "off",
                "contexts": [one["context"] for one in checks],
                "checks": checks,
            },
        },
        "protection_url": f"{url}/branches/{branch}/protection",
    }
