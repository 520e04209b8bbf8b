"""Rulesets of a repository: made, shown, changed, removed. What they refuse is in rule_checks.py.

https://docs.github.com/en/rest/repos/rules
"""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import objects, rule_checks, rule_kinds
from waypost.sandbox.auth import caller, on_repository
from waypost.sandbox.box import api_url, box, full_name, owner_of
from waypost.sandbox.events import emit
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, invalid, not_found, paginate, text_field

routes = Blueprint("rulesets", __name__)

_ALL = "/repos/<owner>/<name>/rulesets"
_ENFORCEMENTS = ("active", "disabled", "evaluate")
_TARGETS = ("branch", "tag")
_ACTORS = ("Integration", "OrganizationAdmin", "RepositoryRole", "Team", "DeployKey", "User")
_MODES = ("always", "pull_request", "exempt")
# https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/about-rulesets
MOST = 75


@routes.get(_ALL)
@on_repository()
def list_rulesets(repository: Record) -> ResponseReturnValue:
    targets = request.args.get("targets", ",".join(_TARGETS)).split(",")
    held = [one for one in _of(repository) if one["target"] in targets]
    return paginate(held, lambda one: _show_short(repository, one))


@routes.post(_ALL)
@on_repository(administration="write")
def create_ruleset(repository: Record) -> ResponseReturnValue:
    fields, now = _read(repository, body(), None), box().clock.stamp()
    if len(_of(repository)) >= MOST:
        raise invalid("Ruleset", "name", "custom", f"A repository has at most {MOST} rulesets")
    made = box().store.add("ruleset", repository_id=repository["id"], **fields, created_at=now, updated_at=now)
    _tell("created", repository, made)
    return jsonify(_show(repository, made)), 201


@routes.get(f"{_ALL}/<int:number>")
@on_repository()
def get_ruleset(repository: Record, number: int) -> ResponseReturnValue:
    return jsonify(_show(repository, _must(repository, number)))


@routes.put(f"{_ALL}/<int:number>")
@on_repository(administration="write")
def change_ruleset(repository: Record, number: int) -> ResponseReturnValue:
    """What is left out stays as it was."""
    held = _must(repository, number)
    fields = _read(repository, body(), held)
    changed = box().store.change("ruleset", held["id"], **fields, updated_at=box().clock.stamp())
    changes = {name: {"from": held[name]} for name in ("name", "enforcement") if held[name] != changed[name]}
    _tell("edited", repository, changed, **({"changes": changes} if changes else {}))
    return jsonify(_show(repository, changed))


@routes.delete(f"{_ALL}/<int:number>")
@on_repository(administration="write")
def delete_ruleset(repository: Record, number: int) -> ResponseReturnValue:
    held = _must(repository, number)
    box().store.remove("ruleset", held["id"])
    _tell("deleted", repository, held)
    return "", 204


@routes.get("/repos/<owner>/<name>/rules/branches/<path:branch>")
@on_repository()
def rules_of_branch(repository: Record, branch: str) -> ResponseReturnValue:
    """Every active rule for a branch, which need not exist."""
    found = [
        {
            **rule,
            "ruleset_source_type": "Repository",
            "ruleset_source": full_name(repository),
            "ruleset_id": ruleset["id"],
        }
        for ruleset in rule_checks.rulesets_for(repository, f"refs/heads/{branch}")
        for rule in ruleset["rules"]
    ]
    return paginate(found, lambda rule: rule)


def _of(repository: Record) -> list[Record]:
    return box().store.where("ruleset", repository_id=repository["id"])


def _must(repository: Record, number: int) -> Record:
    held = box().store.get("ruleset", number)
    if held is None or held["repository_id"] != repository["id"]:
        raise not_found()
    return held


def _read(repository: Record, content: Json, held: Record | None) -> Json:
    """Return the fields that a request asks for on top of what is held."""
    old = held or {"target": "branch", "conditions": None, "rules": [], "bypass_actors": []}
    asked = {**old, **content}
    name = text_field(asked, "Ruleset", "name")
    if any(one["name"] == name and (held is None or one["id"] != held["id"]) for one in _of(repository)):
        raise invalid("Ruleset", "name", "custom", "Name must be unique")
    for field, words in (("target", _TARGETS), ("enforcement", _ENFORCEMENTS)):
        if asked.get(field) not in words:
            raise invalid("Ruleset", field, "missing_field" if field not in asked else "invalid")
    conditions = asked["conditions"]
    if conditions is not None:
        conditions = rule_kinds.read_conditions(conditions, asked["target"])
    return {
        "name": name,
        "target": asked["target"],
        "enforcement": asked["enforcement"],
        "conditions": conditions or {"ref_name": {"include": [], "exclude": []}},
        "rules": rule_kinds.read_rules(asked["rules"]),
        "bypass_actors": [_actor(repository, one) for one in asked["bypass_actors"] or ()],
    }


def _actor(repository: Record, asked: object) -> Json:
    """Return who may pass by; raise 422 for whom the owner of the repository does not know."""
    if not isinstance(asked, dict) or asked.get("actor_type") not in _ACTORS:
        raise invalid("Ruleset", "bypass_actors")
    kind, number, mode = asked["actor_type"], asked.get("actor_id"), asked.get("bypass_mode", "always")
    if mode not in _MODES:
        raise invalid("Ruleset", "bypass_mode")
    if not _is_known(owner_of(repository), kind, number):
        message = f"Actor {number} {kind} must be part of the ruleset source or owner organization"
        raise invalid("Ruleset", "bypass_actors", "custom", message)
    return {"actor_id": number, "actor_type": kind, "bypass_mode": mode}


def _is_known(owner: Record, kind: str, number: object) -> bool:
    store = box().store
    if kind in ("OrganizationAdmin", "DeployKey"):
        return number in (None, 1)
    if not isinstance(number, int):
        return False
    if kind == "Integration":
        return store.first("installation", account_id=owner["id"], app_id=number) is not None
    if kind == "Team":
        return store.first("team", org_id=owner["id"], id=number) is not None
    if kind == "User":
        return store.first("account", id=number, type="User") is not None
    return 1 <= number <= 5


def _tell(action: str, repository: Record, held: Record, **more: object) -> None:
    shown = _show_short(repository, held) | {"conditions": held["conditions"], "rules": held["rules"]}
    emit("repository_ruleset", {"action": action, "repository_ruleset": shown, **more}, repository)


def _show_short(repository: Record, held: Record) -> Json:
    """The form of lists: without rules."""
    name = full_name(repository)
    return {
        **{field: held[field] for field in ("id", "name", "target", "enforcement", "created_at", "updated_at")},
        "source_type": "Repository",
        "source": name,
        "node_id": objects.node_id("RRS", held["id"]),
        "_links": {
            "self": {"href": f"{api_url()}/repos/{name}/rulesets/{held['id']}"},
            "html": {"href": f"{box().url}/{name}/rules/{held['id']}"},
        },
    }


def _show(repository: Record, held: Record) -> Json:
    """One ruleset; who passes by is shown to those who could change that."""
    shown = _show_short(repository, held) | {"conditions": held["conditions"], "rules": held["rules"]}
    if objects.may_administer(repository):
        shown["bypass_actors"] = held["bypass_actors"]
    mode = rule_checks.bypass(held, repository, caller())
    return shown | {"current_user_can_bypass": {"pull_request": "pull_requests_only"}.get(mode, mode)}
