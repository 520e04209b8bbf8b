"""What rulesets refuse: a push, a move of a ref, a merge. Who may pass by them is decided here too. No routes.

https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pygit2

from waypost.sandbox import access
from waypost.sandbox.auth import Caller
from waypost.sandbox.box import box, owner_of
from waypost.sandbox.rule_kinds import fits
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json

FORCED = "Cannot force-push to this branch"
UNSIGNED = "Commits must have verified signatures."
MERGED = "This branch must not contain merge commits."
# rules that must see the commits of a push -> what they complain of
BY_COMMITS = {"non_fast_forward": FORCED, "required_signatures": UNSIGNED, "required_linear_history": MERGED}
# https://docs.github.com/en/rest/repos/rules: the numbers of the roles that every repository has
_ROLES = {1: "read", 2: "maintain", 3: "triage", 4: "write", 5: "admin"}
_WEB_FLOW = "noreply@github.com"


def rulesets_for(repository: Record, ref: str) -> list[Record]:
    """Return the active rulesets of a repository that are for a ref."""
    held = box().store.where("ruleset", repository_id=repository["id"])
    target = {"refs/heads": "branch", "refs/tags": "tag"}.get("/".join(ref.split("/", 2)[:2]))
    return [
        one
        for one in held
        if one["enforcement"] == "active"
        and one["target"] == target
        and fits(one["conditions"], ref, repository["default_branch"])
    ]


def rules_for(repository: Record, ref: str, who: Caller, through_pull: bool = False) -> list[Json]:
    """Return the rules that hold for this caller: those of every ruleset that it may not pass by."""
    found = rulesets_for(repository, ref)
    return [
        rule
        for ruleset in found
        if bypass(ruleset, repository, who)
        not in ({"always", "exempt"} | ({"pull_request"} if through_pull else set()))
        for rule in ruleset["rules"]
    ]


def bypass(ruleset: Record, repository: Record, who: Caller) -> str:
    """Return how this caller may pass by a ruleset: always, exempt, pull_request or never."""
    modes = {
        str(one.get("bypass_mode", "always")) for one in ruleset["bypass_actors"] if _is_actor(one, repository, who)
    }
    return next((mode for mode in ("exempt", "always", "pull_request") if mode in modes), "never")


def refusals(repository: Record, rules: Iterable[Json], old: str | None, new: str | None) -> list[str]:
    """Say what a move of a ref breaks, as far as that can be told without its commits."""
    kinds = {rule["type"]: rule.get("parameters", {}) for rule in rules}
    found = []
    if new is None:
        return ["Cannot delete this branch"] if "deletion" in kinds else []
    if old is None and "creation" in kinds:
        found.append("Cannot create ref due to creations being restricted.")
    if old is not None and "update" in kinds:
        found.append("Cannot update this protected ref.")
    if old is not None and "pull_request" in kinds:
        found.append("Changes must be made through a pull request.")
    checks = kinds.get("required_status_checks", {})
    if checks and not (old is None and checks.get("do_not_enforce_on_create")):
        found += expected(missing(repository, new, _wanted(checks)))
    return found


def refusals_of_commits(rules: Iterable[Json], commits: Sequence[pygit2.Commit], is_forced: bool) -> list[str]:
    """Say what the commits of a move break."""
    kinds = {rule["type"] for rule in rules}
    broken = {
        "non_fast_forward": is_forced,
        "required_signatures": not all(map(is_signed, commits)),
        "required_linear_history": any(len(commit.parents) > 1 for commit in commits),
    }
    return [text for kind, text in BY_COMMITS.items() if kind in kinds and broken[kind]]


def refusals_of_merge(
    repository: Record, pull: Record, way: str, who: Caller, approvals: int, is_behind: bool
) -> list[str]:
    """Say what the rules of the base branch still wait for, or never allow."""
    found: list[str] = []
    for rule in rules_for(repository, f"refs/heads/{pull['base_ref']}", who, through_pull=True):
        kind, parameters = rule["type"], rule.get("parameters", {})
        if kind == "required_status_checks":
            found += expected(missing(repository, pull["head_sha"], _wanted(parameters)))
            if parameters["strict_required_status_checks_policy"] and is_behind:
                found.append("Head branch is out of date with the base branch.")
        elif kind == "pull_request":
            needed = parameters["required_approving_review_count"]
            if approvals < needed:
                found.append(f"At least {needed} approving review is required by reviewers with write access.")
            if way not in parameters["allowed_merge_methods"]:
                found.append(f"Merge method {way} is not allowed by the repository's rules.")
        elif kind == "required_linear_history" and way == "merge":
            found.append(MERGED)
        elif kind == "update":
            found.append("Cannot update this protected ref.")
    return list(dict.fromkeys(found))


def missing(repository: Record, sha: str, wanted: Iterable[tuple[str, int | None]]) -> list[str]:
    """Return the wanted checks (name, and the number of the App it must come from) that have not succeeded."""
    store = box().store
    runs = [
        (run["name"], run["app_id"])
        for run in store.where("check_run", repository_id=repository["id"], head_sha=sha)
        if run["conclusion"] in ("success", "neutral", "skipped")
    ]
    states = {one["context"]: one["state"] for one in store.where("status", repository_id=repository["id"], sha=sha)}
    fine = {context for context, state in states.items() if state == "success"} | {name for name, _ in runs}
    return [
        name for name, app in dict(wanted).items() if (name not in fine if app is None else (name, app) not in runs)
    ]


def expected(names: Sequence[str]) -> list[str]:
    """Say in GitHub's words which checks are still awaited."""
    if len(names) > 1:
        return [f"{len(names)} of {len(names)} required status checks are expected."]
    return [f'Required status check "{name}" is expected.' for name in names]


def is_signed(commit: pygit2.Commit) -> bool:
    """Tell whether GitHub would show a commit as verified: signed, or made by GitHub itself."""
    head = commit.read_raw().partition(b"\n\n")[0]
    return b"\ngpgsig" in head or commit.committer.email == _WEB_FLOW


def refused(status: int, texts: Iterable[str]) -> ApiError:
    """The answer of the API to who breaks rules."""
    return ApiError(status, "Repository rule violations found\n\n" + "".join(f"{text}\n\n" for text in texts))


def _wanted(parameters: Json) -> list[tuple[str, int | None]]:
    return [(one["context"], one.get("integration_id")) for one in parameters["required_status_checks"]]


def _is_actor(actor: Json, repository: Record, who: Caller) -> bool:
    """Tell whether a caller is (one of) those that a ruleset lets pass. Apps are named only as Apps."""
    kind, number, user = actor["actor_type"], actor.get("actor_id"), who.user
    if who.app is not None:
        return kind == "Integration" and bool(who.app["id"] == number)
    if user is None:
        return False
    if kind == "User":
        return bool(user["id"] == number)
    if kind == "OrganizationAdmin":
        return access.is_owner(user, owner_of(repository))
    if kind == "RepositoryRole":
        return access.at_least(access.level(user, repository), _ROLES.get(int(number or 0), "admin"))
    found = box().store.first("team_member", team_id=number, user_id=user["id"]) if kind == "Team" else None
    return found is not None
