"""Branch protection: set as a whole, shown, taken away, and its two switches with routes of their own.

https://docs.github.com/en/rest/branches/branch-protection
"""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from waypost.sandbox import gitstore, objects, protection_checks, team_objects
from waypost.sandbox.auth import on_repository
from waypost.sandbox.box import account_by_login, api_url, box, full_name
from waypost.sandbox.events import emit
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, body, invalid

routes = Blueprint("protection", __name__)

_ONE = "/repos/<owner>/<name>/branches/<path:branch>/protection"
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


@routes.get(_ONE)
@on_repository(administration="read")
def show_protection(repository: Record, branch: str) -> ResponseReturnValue:
    return jsonify(_show(repository, _must(repository, branch)))


@routes.put(_ONE)
@on_repository(administration="write")
def protect(repository: Record, branch: str) -> ResponseReturnValue:
    """https://docs.github.com/en/rest/branches/branch-protection#update-branch-protection"""
    asked, store, now = body(), box().store, box().clock.stamp()
    _check_branch(repository, branch)
    missing = [name for name in _RULES if name not in asked]
    if missing:
        raise invalid("Protection", missing[0], "missing_field")
    rules = {name: asked.get(name) for name in (*_RULES, *_SWITCHES)}
    held = find(repository, branch)
    if held is not None:
        made = store.change("protection", held["id"], rules=rules, updated_at=now)
    else:
        times = {"created_at": now, "updated_at": now}
        made = store.add("protection", repository_id=repository["id"], branch=branch, rules=rules, **times)
    _tell("created" if held is None else "edited", repository, made)
    return jsonify(_show(repository, made))


@routes.delete(_ONE)
@on_repository(administration="write")
def unprotect(repository: Record, branch: str) -> ResponseReturnValue:
    held = _must(repository, branch)
    box().store.remove("protection", held["id"])
    _tell("deleted", repository, held)
    return "", 204


@routes.get(f"{_ONE}/required_signatures")
@on_repository(administration="read")
def show_signatures(repository: Record, branch: str) -> ResponseReturnValue:
    return _show_signatures(repository, _must(repository, branch))


@routes.post(f"{_ONE}/required_signatures")
@on_repository(administration="write")
def require_signatures(repository: Record, branch: str) -> ResponseReturnValue:
    held = box().store.change("protection", _must(repository, branch)["id"], required_signatures=True)
    _tell("edited", repository, held)
    return _show_signatures(repository, held)


@routes.delete(f"{_ONE}/required_signatures")
@on_repository(administration="write")
def forgo_signatures(repository: Record, branch: str) -> ResponseReturnValue:
    held = box().store.change("protection", _must(repository, branch)["id"], required_signatures=False)
    _tell("edited", repository, held)
    return "", 204


@routes.get(f"{_ONE}/enforce_admins")
@on_repository(administration="read")
def show_admins(repository: Record, branch: str) -> ResponseReturnValue:
    return _show_admins(repository, _must(repository, branch))


@routes.post(f"{_ONE}/enforce_admins")
@on_repository(administration="write")
def bind_admins(repository: Record, branch: str) -> ResponseReturnValue:
    return _show_admins(repository, _set_admins(repository, branch, True))


@routes.delete(f"{_ONE}/enforce_admins")
@on_repository(administration="write")
def free_admins(repository: Record, branch: str) -> ResponseReturnValue:
    _set_admins(repository, branch, False)
    return "", 204


def find(repository: Record, branch: str) -> Record | None:
    return protection_checks.of(repository, f"refs/heads/{branch}")


def checks_of(held: Record | None) -> list[Json]:
    """Return the required status checks as GitHub shows them."""
    found = protection_checks.required_checks(held["rules"]) if held is not None else []
    return [{"context": name, "app_id": app} for name, app in found]


def _must(repository: Record, branch: str) -> Record:
    _check_branch(repository, branch)
    held = find(repository, branch)
    if held is None:
        raise ApiError(404, "Branch not protected")
    return held


def _check_branch(repository: Record, branch: str) -> None:
    if gitstore.head(box().git.open(repository["id"]), branch) is None:
        raise ApiError(404, "Branch not found")


def _set_admins(repository: Record, branch: str, is_bound: bool) -> Record:
    held = _must(repository, branch)
    changed = box().store.change("protection", held["id"], rules={**held["rules"], "enforce_admins": is_bound})
    _tell("edited", repository, changed)
    return changed


def _address(repository: Record, held: Record) -> str:
    return f"{api_url()}/repos/{full_name(repository)}/branches/{held['branch']}/protection"


def _show_signatures(repository: Record, held: Record) -> Json:
    url = f"{_address(repository, held)}/required_signatures"
    return {"url": url, "enabled": bool(held.get("required_signatures"))}


def _show_admins(repository: Record, held: Record) -> Json:
    url = f"{_address(repository, held)}/enforce_admins"
    return {"url": url, "enabled": bool(held["rules"]["enforce_admins"])}


def _show(repository: Record, held: Record) -> Json:
    rules, url = held["rules"], _address(repository, held)
    shown: Json = {"url": url}
    checks, reviews, limits = (rules[name] for name in _RULES if name != "enforce_admins")
    if checks is not None:
        shown["required_status_checks"] = {
            "url": f"{url}/required_status_checks",
            "strict": bool(checks.get("strict")),
            "contexts": [one["context"] for one in checks_of(held)],
            "contexts_url": f"{url}/required_status_checks/contexts",
            "checks": checks_of(held),
        }
    shown["enforce_admins"] = _show_admins(repository, held)
    if reviews is not None:
        shown["required_pull_request_reviews"] = _reviews(repository, f"{url}/required_pull_request_reviews", reviews)
    if limits is not None:
        places = {f"{kind}_url": f"{url}/restrictions/{kind}" for kind in ("users", "teams", "apps")}
        shown["restrictions"] = {"url": f"{url}/restrictions", **places, **_actors(repository, limits)}
    shown["required_signatures"] = _show_signatures(repository, held)
    return shown | {name: {"enabled": bool(rules[name])} for name in _SWITCHES}


def _reviews(repository: Record, url: str, asked: Json) -> Json:
    switches = ("dismiss_stale_reviews", "require_code_owner_reviews", "require_last_push_approval")
    shown: Json = {
        "url": url,
        **{name: bool(asked.get(name)) for name in switches},
        "required_approving_review_count": asked.get("required_approving_review_count", 1),
    }
    if asked.get("bypass_pull_request_allowances"):
        shown["bypass_pull_request_allowances"] = _actors(repository, asked["bypass_pull_request_allowances"])
    return shown


def _actors(repository: Record, named: Json) -> Json:
    """Show users, teams and apps by their names; whom nobody knows is left out, as GitHub does."""
    store = box().store
    users = [account_by_login(login) for login in named.get("users") or ()]
    apps = [store.first("app", slug=slug) for slug in named.get("apps") or ()]
    teams = [store.first("team", org_id=repository["owner_id"], slug=slug) for slug in named.get("teams") or ()]
    shown_apps = [objects.app(app) for app in apps if app is not None]
    return {
        "users": [objects.simple_user(user) for user in users if user is not None],
        "teams": [team_objects.show(team) for team in teams if team is not None],
        "apps": [{name: value for name, value in app.items() if name != "installations_count"} for app in shown_apps],
    }


def _tell(action: str, repository: Record, held: Record) -> None:
    payload: Json = {"action": action, "rule": _rule(repository, held)}
    if action == "edited":
        payload["changes"] = {}
    emit("branch_protection_rule", payload, repository)


def _rule(repository: Record, held: Record) -> Json:
    """The form of a webhook, which says everything in other words than the API."""
    rules = held["rules"]
    who = "everyone" if rules["enforce_admins"] else "non_admins"
    checks, reviews = rules["required_status_checks"] or {}, rules["required_pull_request_reviews"]
    limits = rules["restrictions"]

    def level(is_on: object) -> str:
        return who if is_on else "off"

    return {
        "id": held["id"],
        "repository_id": repository["id"],
        "name": held["branch"],
        "created_at": held.get("created_at", repository["created_at"]),
        "updated_at": held.get("updated_at", repository["created_at"]),
        "pull_request_reviews_enforcement_level": level(reviews is not None),
        "required_approving_review_count": (reviews or {}).get("required_approving_review_count", 0),
        "dismiss_stale_reviews_on_push": bool((reviews or {}).get("dismiss_stale_reviews")),
        "require_code_owner_review": bool((reviews or {}).get("require_code_owner_reviews")),
        "require_last_push_approval": bool((reviews or {}).get("require_last_push_approval")),
        "authorized_dismissal_actors_only": bool((reviews or {}).get("dismissal_restrictions")),
        "ignore_approvals_from_contributors": False,
        "required_status_checks": [one["context"] for one in checks_of(held)],
        "required_status_checks_enforcement_level": level(checks),
        "strict_required_status_checks_policy": bool(checks.get("strict")),
        "signature_requirement_enforcement_level": level(held.get("required_signatures")),
        "linear_history_requirement_enforcement_level": level(rules["required_linear_history"]),
        "lock_branch_enforcement_level": level(rules["lock_branch"]),
        "admin_enforced": bool(rules["enforce_admins"]),
        "create_protected": bool(rules["block_creations"]),
        "allow_force_pushes_enforcement_level": "everyone" if rules["allow_force_pushes"] else "off",
        "allow_deletions_enforcement_level": "everyone" if rules["allow_deletions"] else "off",
        "merge_queue_enforcement_level": "off",
        "required_deployments_enforcement_level": "off",
        "required_conversation_resolution_level": level(rules["required_conversation_resolution"]),
        "authorized_actors_only": limits is not None,
        "authorized_actor_names": [*(limits or {}).get("users", ()), *(limits or {}).get("teams", ())],
    }
