"""Environments of a repository: who must approve, how long to wait, and from which branches one deploys.

https://docs.github.com/en/rest/deployments/environments and https://docs.github.com/en/rest/deployments/branch-policies
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from waypost.catalog.globs import matches
from waypost.sandbox import access, objects, team_objects
from waypost.sandbox.auth import on_repository
from waypost.sandbox.box import api_url, box, full_name, owner_of
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, not_found, paginate, text_field, unprocessable

routes = Blueprint("environments", __name__)

_ALL = "/repos/<owner>/<name>/environments"
_ONE = f"{_ALL}/<path:environment>"
_POLICIES = f"{_ONE}/deployment-branch-policies"
# https://docs.github.com/en/rest/deployments/environments#create-or-update-an-environment: 30 days, six reviewers
LONGEST_WAIT, MOST_REVIEWERS = 43_200, 6
_TARGETS = ("branch", "tag")


@routes.get(_ALL)
@on_repository(actions="read")
def list_environments(repository: Record) -> ResponseReturnValue:
    return paginate(of_repository(repository), lambda one: _show(repository, one), within="environments")


@routes.get(_ONE)
@on_repository(actions="read")
def get_environment(repository: Record, environment: str) -> ResponseReturnValue:
    return jsonify(_show(repository, must(repository, environment)))


@routes.put(_ONE)
@on_repository(administration="write")
def put_environment(repository: Record, environment: str) -> ResponseReturnValue:
    """What is left out goes back to its default."""
    fields, now = _read(repository, body()), box().clock.stamp()
    held, store = named(repository, environment), box().store
    if held is None:
        made = store.add(
            "environment", repository_id=repository["id"], name=environment, created_at=now, updated_at=now, **fields
        )
    else:
        made = store.change("environment", held["id"], updated_at=now, **fields)
    if not _has_policies(made):
        for policy in _policies(made):
            store.remove("branch_policy", policy["id"])
    return jsonify(_show(repository, made))


@routes.delete(_ONE)
@on_repository(administration="write")
def delete_environment(repository: Record, environment: str) -> ResponseReturnValue:
    held, store = must(repository, environment), box().store
    for kind in ("branch_policy", "variable", "secret"):
        for record in store.where(kind, environment_id=held["id"]):
            store.remove(kind, record["id"])
    store.remove("sealing_key", f"environment:{held['id']}")
    store.remove("environment", held["id"])
    return "", 204


@routes.get(_POLICIES)
@on_repository(actions="read")
def list_policies(repository: Record, environment: str) -> ResponseReturnValue:
    return paginate(_policies(must(repository, environment)), _show_policy, within="branch_policies")


@routes.post(_POLICIES)
@on_repository(administration="write")
def create_policy(repository: Record, environment: str) -> ResponseReturnValue:
    held, content = must(repository, environment), body()
    if not _has_policies(held):
        raise not_found()
    pattern, target = text_field(content, "DeploymentBranchPolicy", "name"), content.get("type", "branch")
    if target not in _TARGETS:
        raise unprocessable(f"type must be one of: {', '.join(_TARGETS)}")
    for policy in _policies(held):
        if (policy["name"], policy["type"]) == (pattern, target):
            return "", 303, {"Location": f"{_address(repository, held)}/deployment-branch-policies/{policy['id']}"}
    policy = box().store.add(
        "branch_policy", repository_id=repository["id"], environment_id=held["id"], name=pattern, type=target
    )
    return jsonify(_show_policy(policy))


@routes.get(f"{_POLICIES}/<int:number>")
@on_repository(actions="read")
def get_policy(repository: Record, environment: str, number: int) -> ResponseReturnValue:
    return jsonify(_show_policy(_must_policy(must(repository, environment), number)))


@routes.put(f"{_POLICIES}/<int:number>")
@on_repository(administration="write")
def change_policy(repository: Record, environment: str, number: int) -> ResponseReturnValue:
    policy = _must_policy(must(repository, environment), number)
    pattern = text_field(body(), "DeploymentBranchPolicy", "name")
    return jsonify(_show_policy(box().store.change("branch_policy", policy["id"], name=pattern)))


@routes.delete(f"{_POLICIES}/<int:number>")
@on_repository(administration="write")
def delete_policy(repository: Record, environment: str, number: int) -> ResponseReturnValue:
    box().store.remove("branch_policy", _must_policy(must(repository, environment), number)["id"])
    return "", 204


def of_repository(repository: Record) -> list[Record]:
    return box().store.where("environment", repository_id=repository["id"])


def named(repository: Record, name: str) -> Record | None:
    """Return the environment of that name, whatever the case."""
    return next((one for one in of_repository(repository) if one["name"].lower() == name.lower()), None)


def must(repository: Record, name: str) -> Record:
    """Return an environment or raise 404."""
    held = named(repository, name)
    if held is None:
        raise not_found()
    return held


def lets_in(held: Record, ref: str) -> bool:
    """Say whether a job on this ref may use the environment; who must approve it, and waiting, are not played."""
    kind, name = ref.removeprefix("refs/").split("/", 1)
    if held["policy"] is None:
        return True
    if _has_policies(held):
        target = {"heads": "branch", "tags": "tag"}.get(kind)
        return any(one["type"] == target and matches(name, one["name"]) for one in _policies(held))
    return box().store.first("protection", repository_id=held["repository_id"], branch=name) is not None


def _read(repository: Record, content: Json) -> Json:
    wait, reviewers = content.get("wait_timer") or 0, content.get("reviewers") or []
    if not isinstance(wait, int) or not 0 <= wait <= LONGEST_WAIT:
        raise unprocessable(f"wait_timer must be between 0 and {LONGEST_WAIT}")
    if not isinstance(reviewers, list) or len(reviewers) > MOST_REVIEWERS:
        raise unprocessable(f"reviewers must be a list of at most {MOST_REVIEWERS}")
    policy = content.get("deployment_branch_policy")
    if policy is not None and policy.get("protected_branches") == policy.get("custom_branch_policies"):
        raise unprocessable("protected_branches and custom_branch_policies cannot have the same value")
    return {
        "wait_timer": wait,
        "prevent_self_review": bool(content.get("prevent_self_review", False)),
        "reviewers": [_reviewer(repository, one) for one in reviewers],
        "policy": policy,
    }


def _reviewer(repository: Record, asked: Any) -> Json:
    """Return a reviewer that may read the repository; raise 422 for any other."""
    kind, number = asked.get("type"), asked.get("id")
    store, owner = box().store, owner_of(repository)
    if kind == "Team":
        team = store.get("team", number)
        is_fit = team is not None and team["org_id"] == owner["id"]
    else:
        user = store.get("account", number) if kind == "User" else None
        is_fit = user is not None and user["type"] == "User" and access.level(user, repository) != "none"
    if not is_fit:
        raise unprocessable(f"Failed to create the environment protection rule: {kind} {number} cannot be a reviewer.")
    return {"type": kind, "id": number}


def _has_policies(held: Record) -> bool:
    return held["policy"] is not None and bool(held["policy"].get("custom_branch_policies"))


def _policies(held: Record) -> list[Record]:
    return box().store.where("branch_policy", environment_id=held["id"])


def _must_policy(held: Record, number: int) -> Record:
    policy = box().store.get("branch_policy", number)
    if policy is None or policy["environment_id"] != held["id"]:
        raise not_found()
    return policy


def _show_policy(policy: Record) -> Json:
    node = objects.node_id("DBP", policy["id"])
    return {"id": policy["id"], "node_id": node, "name": policy["name"], "type": policy["type"]}


def _address(repository: Record, held: Record) -> str:
    return f"{api_url()}/repos/{full_name(repository)}/environments/{quote(held['name'], safe='')}"


def _show(repository: Record, held: Record) -> Json:
    return {
        "id": held["id"],
        "node_id": objects.node_id("EN", held["id"]),
        "name": held["name"],
        "url": _address(repository, held),
        "html_url": f"{box().url}/{full_name(repository)}/deployments/activity_log?environments_filter={held['name']}",
        "created_at": held["created_at"],
        "updated_at": held["updated_at"],
        "can_admins_bypass": True,
        "protection_rules": list(_rules(held)),
        "deployment_branch_policy": held["policy"],
    }


def _rules(held: Record) -> list[Json]:
    """What holds a deployment up, in the order GitHub shows it."""
    rules: list[Json] = []
    if held["wait_timer"]:
        rules.append({"type": "wait_timer", "wait_timer": held["wait_timer"]})
    if held["reviewers"]:
        reviewers = [{"type": one["type"], "reviewer": _show_reviewer(one)} for one in held["reviewers"]]
        more = {"prevent_self_review": held["prevent_self_review"], "reviewers": reviewers}
        rules.append({"type": "required_reviewers", **more})
    if held["policy"] is not None:
        rules.append({"type": "branch_policy"})
    numbered = enumerate(rules, start=held["id"] * 10)
    return [{"id": number, "node_id": objects.node_id("GA", number), **rule} for number, rule in numbered]


def _show_reviewer(reviewer: Json) -> Json:
    if reviewer["type"] == "Team":
        team = box().store.get("team", reviewer["id"])
        return team_objects.show(team) if team is not None else {}
    return objects.simple_user(box().store.must("account", reviewer["id"]))
