"""Branches and what protects them.

https://docs.github.com/en/rest/branches
"""

from __future__ import annotations

import pygit2
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import commit_objects, events, gitstore, objects
from waypost.sandbox.auth import on_repository
from waypost.sandbox.box import account_by_login, api_url, box, full_name
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, body, flag, invalid, paginate

routes = Blueprint("branches", __name__)

_RULES = ["required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions"]
_SWITCHES = [
    "required_linear_history",
    "allow_force_pushes",
    "allow_deletions",
    "block_creations",
    "required_conversation_resolution",
    "lock_branch",
    "allow_fork_syncing",
]


@routes.get("/repos/<owner>/<name>/branches")
@on_repository(contents="read")
def list_branches(repository: Record) -> ResponseReturnValue:
    opened, start = box().git.open(repository["id"]), "refs/heads/"
    names = [ref.removeprefix(start) for ref in gitstore.refs(opened) if ref.startswith(start)]
    if "protected" in request.args:
        names = [name for name in names if (_protection(repository, name) is not None) == flag("protected")]
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


@routes.get("/repos/<owner>/<name>/branches/<path:branch>/protection")
@on_repository(administration="read")
def show_protection(repository: Record, branch: str) -> ResponseReturnValue:
    _commit(box().git.open(repository["id"]), branch)
    held = _protection(repository, branch)
    if held is None:
        raise ApiError(404, "Branch not protected")
    return jsonify(_show(repository, held))


@routes.put("/repos/<owner>/<name>/branches/<path:branch>/protection")
@on_repository(administration="write")
def protect(repository: Record, branch: str) -> ResponseReturnValue:
    """https://docs.github.com/en/rest/branches/branch-protection#update-branch-protection"""
    asked = body()
    _commit(box().git.open(repository["id"]), branch)
    missing = [name for name in _RULES if name not in asked]
    if missing:
        raise invalid("Protection", missing[0], "missing_field")
    rules = {name: asked.get(name) for name in (*_RULES, *_SWITCHES)}
    held = _protection(repository, branch)
    if held is not None:
        held = box().store.change("protection", held["id"], rules=rules)
    else:
        held = box().store.add("protection", repository_id=repository["id"], branch=branch, rules=rules)
    return jsonify(_show(repository, held))


@routes.delete("/repos/<owner>/<name>/branches/<path:branch>/protection")
@on_repository(administration="write")
def unprotect(repository: Record, branch: str) -> ResponseReturnValue:
    held = _protection(repository, branch)
    if held is None:
        raise ApiError(404, "Branch not protected")
    box().store.remove("protection", held["id"])
    return "", 204


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
    held = _protection(repository, branch)
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


def _protection(repository: Record, branch: str) -> Record | None:
    return box().store.first("protection", repository_id=repository["id"], branch=branch)


def _short(repository: Record, branch: str, commit: pygit2.Commit) -> Json:
    held, url = _protection(repository, branch), f"{api_url()}/repos/{full_name(repository)}"
    checks = (held["rules"].get("required_status_checks") if held else None) or {}
    contexts = _contexts(checks)
    return {
        "name": branch,
        "commit": {"sha": str(commit.id), "url": f"{url}/commits/{commit.id}"},
        "protected": held is not None,
        "protection": {
            "enabled": held is not None,
            "required_status_checks": {
                "enforcement_level": "non_admins" if contexts else "off",
                "contexts": contexts,
                "checks": [{"context": name, "app_id": None} for name in contexts],
            },
        },
        "protection_url": f"{url}/branches/{branch}/protection",
    }


def _contexts(checks: Json) -> list[str]:
    return list(checks.get("contexts") or [one["context"] for one in checks.get("checks") or ()])


def _show(repository: Record, held: Record) -> Json:
    rules, url = held["rules"], f"{api_url()}/repos/{full_name(repository)}/branches/{held['branch']}/protection"
    shown: Json = {"url": url}
    checks, reviews, limits = (rules[name] for name in _RULES if name != "enforce_admins")
    if checks is not None:
        contexts = _contexts(checks)
        shown["required_status_checks"] = {
            "url": f"{url}/required_status_checks",
            "strict": bool(checks.get("strict")),
            "contexts": contexts,
            "contexts_url": f"{url}/required_status_checks/contexts",
            "checks": [{"context": name, "app_id": None} for name in contexts],
        }
    shown["enforce_admins"] = {"url": f"{url}/enforce_admins", "enabled": bool(rules["enforce_admins"])}
    if reviews is not None:
        shown["required_pull_request_reviews"] = {
            "url": f"{url}/required_pull_request_reviews",
            "dismiss_stale_reviews": bool(reviews.get("dismiss_stale_reviews")),
            "require_code_owner_reviews": bool(reviews.get("require_code_owner_reviews")),
            "require_last_push_approval": bool(reviews.get("require_last_push_approval")),
            "required_approving_review_count": reviews.get("required_approving_review_count", 1),
        }
    if limits is not None:
        shown["restrictions"] = _restrictions(f"{url}/restrictions", limits)
    shown |= {name: {"enabled": bool(rules[name])} for name in _SWITCHES}
    return shown


def _restrictions(url: str, limits: Json) -> Json:
    users = [account_by_login(login) for login in limits.get("users", [])]
    apps = [box().store.first("app", slug=slug) for slug in limits.get("apps", [])]
    shown_apps = [objects.app(app) for app in apps if app is not None]
    return {
        "url": url,
        "users_url": f"{url}/users",
        "teams_url": f"{url}/teams",
        "apps_url": f"{url}/apps",
        "users": [objects.simple_user(user) for user in users if user is not None],
        "teams": [],
        "apps": [{name: value for name, value in app.items() if name != "installations_count"} for app in shown_apps],
    }
