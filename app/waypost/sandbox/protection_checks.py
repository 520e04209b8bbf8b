"""What branch protection refuses when a branch moves. No routes; those are in protection.py.

https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pygit2

from waypost.sandbox import objects, rule_checks
from waypost.sandbox.auth import Caller
from waypost.sandbox.box import box
from waypost.sandbox.store import Record

# what must be looked up in the commits of a move -> what is said of it
TEXTS = {
    "forced": "Cannot force-push to this branch",
    "signed": rule_checks.UNSIGNED,
    "linear": rule_checks.MERGED,
}


def of(repository: Record, ref: str) -> Record | None:
    """Return the protection of a branch."""
    branch = ref.removeprefix("refs/heads/")
    return box().store.first("protection", repository_id=repository["id"], branch=branch) if branch != ref else None


def refusal(repository: Record, who: Caller, ref: str, old: str | None, new: str | None) -> str:
    """Say why a caller may not move a branch so, as far as that can be told without its commits; "" lets it pass."""
    held = of(repository, ref)
    if held is None or old is None:
        return ""
    rules = held["rules"]
    if new is None:
        return "" if rules.get("allow_deletions") else "Cannot delete a protected branch"
    if _is_exempt(repository, rules, who):
        return ""
    restrictions, reviews = rules.get("restrictions"), rules.get("required_pull_request_reviews")
    if restrictions is not None and not is_named(restrictions, who):
        return "You're not authorized to push to this branch."
    if reviews is not None and not is_named(reviews.get("bypass_pull_request_allowances") or {}, who):
        return "Changes must be made through a pull request."
    missing = rule_checks.missing(repository, new, required_checks(rules))
    if missing:
        return rule_checks.expected(missing)[0]
    return "Cannot change this locked branch" if rules.get("lock_branch") else ""


def looks(repository: Record, who: Caller, ref: str) -> set[str]:
    """Return which of `TEXTS` depend on the commits of a move."""
    held = of(repository, ref)
    if held is None:
        return set()
    rules = held["rules"]
    found = set() if rules.get("allow_force_pushes") else {"forced"}
    if not _is_exempt(repository, rules, who):
        found |= {"signed"} if held.get("required_signatures") else set()
        found |= {"linear"} if rules.get("required_linear_history") else set()
    return found


def refusal_of_commits(looked: set[str], commits: Sequence[pygit2.Commit], is_forced: bool) -> str:
    """Say what the commits of a move break; "" lets it pass."""
    broken = {
        "forced": is_forced,
        "signed": not all(map(rule_checks.is_signed, commits)),
        "linear": any(len(commit.parents) > 1 for commit in commits),
    }
    return next((text for kind, text in TEXTS.items() if kind in looked and broken[kind]), "")


def required_checks(rules: Mapping[str, Any]) -> list[tuple[str, int | None]]:
    """Return the checks that protection waits for: name, and the number of the App it must come from."""
    asked = rules.get("required_status_checks") or {}
    checks = [(one["context"], one.get("app_id")) for one in asked.get("checks") or ()]
    named = {name for name, _ in checks}
    # -1 says that any App will do
    found = [(name, None if app in (None, -1) else app) for name, app in checks]
    return [*((name, None) for name in asked.get("contexts") or () if name not in named), *found]


def is_named(actors: Mapping[str, Any], who: Caller) -> bool:
    """Tell whether a caller is among users, teams and apps by their names."""
    if who.app is not None:
        return who.app["slug"] in (actors.get("apps") or ())
    if who.user is None:
        return False
    if who.user["login"] in (actors.get("users") or ()):
        return True
    store = box().store
    joined = [store.get("team", one["team_id"]) for one in store.where("team_member", user_id=who.user["id"])]
    return any(team is not None and team["slug"] in (actors.get("teams") or ()) for team in joined)


def _is_exempt(repository: Record, rules: Mapping[str, Any], who: Caller) -> bool:
    return not rules.get("enforce_admins") and who.app is None and bool(objects.permissions(repository)["admin"])
