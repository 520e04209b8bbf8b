"""Deployment environments: who must agree, how long to wait, which branches may deploy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from waypost.create.kinds.paths import of, part
from waypost.create.kinds.same import fulfils
from waypost.forge.creating import Workshop, Write
from waypost.forge.protocol import NotFound
from waypost.golden.effects import EnvironmentExists


class Present(NamedTuple):
    """An environment as it is, and the numbers of those who shall review: its calls know no names."""

    environment: Mapping[str, Any] | None
    policies: Sequence[Mapping[str, Any]]
    reviewers: Sequence[Mapping[str, Any]]


def read_environment(workshop: Workshop, effect: EnvironmentExists) -> Present:
    what = f"looking at the environment {effect.name} of {effect.repository}"
    found = workshop.look(_path(effect), what)
    policies: list[Any] = []
    if found and (effect.branch_patterns or effect.tag_patterns):
        path = f"{_path(effect)}/deployment-branch-policies?per_page=100"
        listed = workshop.look(path, what)  # 404 while the environment takes no patterns
        policies = listed["branch_policies"] if listed else []
    return Present(found, policies, _reviewers(workshop, effect))


def _reviewers(workshop: Workshop, effect: EnvironmentExists) -> list[dict[str, Any]]:
    organisation = part(effect.repository.partition("/")[0])
    teams = [
        (f"/orgs/{organisation}/teams/{part(team)}", f"the team {team}", "Team") for team in effect.reviewing_teams
    ]
    people = [(f"/users/{part(user)}", user, "User") for user in effect.reviewing_users]
    found = []
    for path, name, kind in teams + people:
        one = workshop.look(path, f"looking for {name}")
        if one is None:
            raise NotFound(f"{name} is to review deployments to {effect.name}, but GitHub knows no such one")
        found.append({"type": kind, "id": one["id"]})
    return found


def compare_environment(present: Present, effect: EnvironmentExists) -> list[Write]:
    body = dict(effect.body)
    if present.reviewers:
        body["reviewers"] = [*(body.get("reviewers") or ()), *present.reviewers]
    if effect.branch_patterns or effect.tag_patterns:
        body.setdefault("deployment_branch_policy", {"protected_branches": False, "custom_branch_policies": True})
    writes = []
    if present.environment is None or not fulfils(_as_taken(present.environment), body):
        writes.append(Write("PUT", _path(effect), describe_environment(effect), body))
    held = {(one["name"], one.get("type", "branch")) for one in present.policies}
    wanted = [(name, "branch") for name in effect.branch_patterns] + [(name, "tag") for name in effect.tag_patterns]
    for name, kind in wanted:
        if (name, kind) not in held:
            what = f'let the {kind} "{name}" deploy to {effect.name} of {effect.repository}'
            path = f"{_path(effect)}/deployment-branch-policies"
            writes.append(Write("POST", path, what, {"name": name, "type": kind}))
    return writes


def describe_environment(effect: EnvironmentExists) -> str:
    return f"have the environment {effect.name} in {effect.repository}"


def _path(effect: EnvironmentExists) -> str:
    return f"{of(effect)}/environments/{part(effect.name)}"


def _as_taken(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Turn an environment as GitHub shows it into the form that its update takes."""
    rules = {rule["type"]: rule for rule in shown.get("protection_rules") or ()}
    reviews = rules.get("required_reviewers", {})
    return {
        "wait_timer": rules.get("wait_timer", {}).get("wait_timer", 0),
        "prevent_self_review": reviews.get("prevent_self_review", False),
        "reviewers": [{"type": one["type"], "id": one["reviewer"]["id"]} for one in reviews.get("reviewers", ())],
        "deployment_branch_policy": shown.get("deployment_branch_policy"),
    }
