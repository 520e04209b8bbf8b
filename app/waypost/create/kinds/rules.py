"""Rules for branches: rulesets and branch protection. They come after everything that they would forbid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from waypost.create.kinds.paths import of, part
from waypost.create.kinds.same import fulfils
from waypost.forge.creating import Workshop, Write
from waypost.golden.effects import BranchProtected, RulesetExists

# what GitHub shows as {"enabled": true} and takes as true
_SWITCHES = (
    *("enforce_admins", "required_linear_history", "allow_force_pushes", "allow_deletions", "block_creations"),
    *("required_conversation_resolution", "lock_branch", "allow_fork_syncing"),
)


def read_ruleset(workshop: Workshop, effect: RulesetExists) -> Any:
    what = f"looking at the rulesets of {effect.repository}"
    listed = workshop.listing(f"{of(effect)}/rulesets?includes_parents=false&per_page=100", what)
    number = next((one["id"] for one in listed if one["name"] == effect.name), None)
    return None if number is None else workshop.look(f"{of(effect)}/rulesets/{number}", what)


def compare_ruleset(present: Mapping[str, Any] | None, effect: RulesetExists) -> list[Write]:
    body = {"name": effect.name, **effect.body}
    if present is None:
        return [Write("POST", f"{of(effect)}/rulesets", describe_ruleset(effect), body)]
    if fulfils(present, body):
        return []
    return [Write("PUT", f"{of(effect)}/rulesets/{present['id']}", describe_ruleset(effect), body)]


def describe_ruleset(effect: RulesetExists) -> str:
    return f'have the ruleset "{effect.name}" in {effect.repository}'


def outputs_of_ruleset(present: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {"id": present["id"]} if present else {}


def read_protection(workshop: Workshop, effect: BranchProtected) -> Any:
    return workshop.look(_protection(effect), f"looking at the protection of {effect.branch} in {effect.repository}")


def compare_protection(present: Mapping[str, Any] | None, effect: BranchProtected) -> list[Write]:
    held = None if present is None else _as_taken(present)
    path, what = _protection(effect), describe_protection(effect)
    writes = []
    if held is None or not fulfils(held, _counted(effect.body)):
        writes.append(Write("PUT", path, what, effect.body))
    if effect.requires_signatures and not (held or {}).get("required_signatures"):
        what = f"require signed commits on {effect.branch} of {effect.repository}"
        writes.append(Write("POST", f"{path}/required_signatures", what))
    return writes


def describe_protection(effect: BranchProtected) -> str:
    return f"protect the branch {effect.branch} of {effect.repository}"


def _protection(effect: BranchProtected) -> str:
    return f"{of(effect)}/branches/{part(effect.branch)}/protection"


def _as_taken(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a protection as GitHub shows it into the form that its update takes."""
    held: dict[str, Any] = {name: bool((shown.get(name) or {}).get("enabled")) for name in _SWITCHES}
    held["required_signatures"] = bool((shown.get("required_signatures") or {}).get("enabled"))
    held["required_status_checks"] = checks = shown.get("required_status_checks")
    if checks:
        # one list is made from the other; people write either
        held["required_status_checks"] = {**checks, "contexts": [one["context"] for one in checks.get("checks", ())]}
        if not checks.get("checks"):
            held["required_status_checks"]["contexts"] = checks.get("contexts", [])
    held["restrictions"] = _names(shown["restrictions"]) if shown.get("restrictions") else None
    reviews = shown.get("required_pull_request_reviews")
    held["required_pull_request_reviews"] = None if reviews is None else dict(reviews)
    for who in ("dismissal_restrictions", "bypass_pull_request_allowances"):
        if reviews and reviews.get(who):
            held["required_pull_request_reviews"][who] = _names(reviews[who])
    return held


def _names(who: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        "users": [one["login"] for one in who.get("users", ())],
        "teams": [one["slug"] for one in who.get("teams", ())],
        "apps": [one["slug"] for one in who.get("apps", ())],
    }


def _counted(body: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing: switches that are off by default, and lists of nobody."""
    wanted: dict[str, Any] = {key: bool(value) if key in _SWITCHES else value for key, value in body.items()}
    reviews = wanted.get("required_pull_request_reviews")
    if reviews:
        wanted["required_pull_request_reviews"] = {
            key: value for key, value in reviews.items() if not (isinstance(value, Mapping) and not any(value.values()))
        }
    return wanted
