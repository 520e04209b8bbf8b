"""What a repository's Actions may do: run at all, use whose actions, and with which token.

https://docs.github.com/en/rest/actions/permissions
"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from waypost.sandbox.auth import on_repository
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, conflict, invalid, unprocessable

routes = Blueprint("actions_settings", __name__)

_PERMISSIONS = "/repos/<owner>/<name>/actions/permissions"
_ALLOWED = ("all", "local_only", "selected")
_LEVELS = ("read", "write")
_ACCESS = ("none", "user", "organization")
# new organisations begin with the careful half of both:
# https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/managing-github-actions-settings-for-a-repository
DEFAULTS: Json = {
    "enabled": True,
    "allowed_actions": "all",
    "sha_pinning_required": False,
    "default_workflow_permissions": "read",
    "can_approve_pull_request_reviews": False,
    "access_level": "none",
    "selected": {"github_owned_allowed": True, "verified_allowed": False, "patterns_allowed": []},
}


def settings(repository: Record) -> Json:
    """Return the Actions settings of a repository, complete."""
    return {**DEFAULTS, **repository.get("actions", {})}


@routes.get(_PERMISSIONS)
@on_repository(administration="read")
def get_permissions(repository: Record) -> ResponseReturnValue:
    held = settings(repository)
    if not held["enabled"]:
        return {"enabled": False}
    shown = {name: held[name] for name in ("enabled", "allowed_actions", "sha_pinning_required")}
    if held["allowed_actions"] == "selected":
        address = f"{api_url()}/repos/{full_name(repository)}/actions/permissions/selected-actions"
        shown["selected_actions_url"] = address
    return shown


@routes.put(_PERMISSIONS)
@on_repository(administration="write")
def set_permissions(repository: Record) -> ResponseReturnValue:
    content = body()
    allowed = content.get("allowed_actions", settings(repository)["allowed_actions"])
    if not isinstance(content.get("enabled"), bool):
        raise invalid("Repository", "enabled", "missing_field" if "enabled" not in content else "invalid")
    if allowed not in _ALLOWED:
        raise invalid("Repository", "allowed_actions")
    pinned = bool(content.get("sha_pinning_required", settings(repository)["sha_pinning_required"]))
    return _set(repository, enabled=content["enabled"], allowed_actions=allowed, sha_pinning_required=pinned)


@routes.get(f"{_PERMISSIONS}/selected-actions")
@on_repository(administration="read")
def get_selected(repository: Record) -> ResponseReturnValue:
    _require_selected(repository)
    return dict(settings(repository)["selected"])


@routes.put(f"{_PERMISSIONS}/selected-actions")
@on_repository(administration="write")
def set_selected(repository: Record) -> ResponseReturnValue:
    _require_selected(repository)
    content = body()
    patterns = content.get("patterns_allowed", [])
    if not isinstance(patterns, list) or not all(isinstance(one, str) for one in patterns):
        raise invalid("Repository", "patterns_allowed")
    switches = {name: bool(content.get(name)) for name in ("github_owned_allowed", "verified_allowed")}
    return _set(repository, selected={**switches, "patterns_allowed": patterns})


@routes.get(f"{_PERMISSIONS}/workflow")
@on_repository(administration="read")
def get_workflow(repository: Record) -> ResponseReturnValue:
    held = settings(repository)
    return {name: held[name] for name in ("default_workflow_permissions", "can_approve_pull_request_reviews")}


@routes.put(f"{_PERMISSIONS}/workflow")
@on_repository(administration="write")
def set_workflow(repository: Record) -> ResponseReturnValue:
    content, held = body(), settings(repository)
    level = content.get("default_workflow_permissions", held["default_workflow_permissions"])
    if level not in _LEVELS:
        raise invalid("Repository", "default_workflow_permissions")
    approves = bool(content.get("can_approve_pull_request_reviews", held["can_approve_pull_request_reviews"]))
    return _set(repository, default_workflow_permissions=level, can_approve_pull_request_reviews=approves)


@routes.get(f"{_PERMISSIONS}/access")
@on_repository(administration="read")
def get_access(repository: Record) -> ResponseReturnValue:
    _require_inner(repository)
    return {"access_level": settings(repository)["access_level"]}


@routes.put(f"{_PERMISSIONS}/access")
@on_repository(administration="write")
def set_access(repository: Record) -> ResponseReturnValue:
    _require_inner(repository)
    level = body().get("access_level")
    if level not in _ACCESS:
        raise invalid("Repository", "access_level", "missing_field" if level is None else "invalid")
    return _set(repository, access_level=level)


def _set(repository: Record, **changed: object) -> ResponseReturnValue:
    box().store.change("repository", repository["id"], actions={**repository.get("actions", {}), **changed})
    return "", 204


def _require_selected(repository: Record) -> None:
    if settings(repository)["allowed_actions"] != "selected":
        raise conflict("Conflict: the repository does not select actions. Set allowed_actions to selected first.")


def _require_inner(repository: Record) -> None:
    if repository["visibility"] == "public":
        raise unprocessable("Access policy only applies to internal and private repositories.")
