"""The ruleset that guards a catalog repository: how it should be, and what one that is there lacks. Pure.

People change the catalog by pull requests that our check has passed; the App alone commits past it.
https://docs.github.com/en/rest/repos/rules
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

NAME = "Waypost"
CHECK = "Waypost"  # the name of our check run on pull requests
BLOCKING = ("pull_request", "required_status_checks")
DEFAULT_BRANCH = "~DEFAULT_BRANCH"
Ruleset = Mapping[str, Any]


def ruleset(app_id: int, writer_id: int = 0) -> dict[str, Any]:
    """Return the body that makes it. With two Apps `app_id` checks and `writer_id` commits; else one does both."""
    return {
        "name": NAME,
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": [DEFAULT_BRANCH], "exclude": []}},
        "bypass_actors": [
            {"actor_id": writer_id or app_id, "actor_type": "Integration", "bypass_mode": "always"},
        ],
        "rules": [
            {
                "type": "pull_request",
                "parameters": {
                    # nobody's review is asked for here: how many people look at a change is theirs to decide
                    "required_approving_review_count": 0,
                    "dismiss_stale_reviews_on_push": False,
                    "require_code_owner_review": False,
                    "require_last_push_approval": False,
                    "required_review_thread_resolution": False,
                },
            },
            {
                "type": "required_status_checks",
                "parameters": {
                    "strict_required_status_checks_policy": False,
                    "required_status_checks": [{"context": CHECK, "integration_id": app_id}],
                },
            },
        ],
    }


def is_guarded(rulesets: Sequence[Ruleset], app_id: int, writer_id: int = 0, branch: str = "main") -> tuple[str, ...]:
    """Say in words what is missing; nothing missing: the catalog is guarded, and the App can still commit.

    `rulesets` as GET /repos/{owner}/{repo}/rulesets/{id} shows them, `branch` the default branch.
    """
    active = [one for one in rulesets if one.get("enforcement") == "active" and _is_for(one, branch)]
    found = [rule for one in active for rule in one.get("rules") or ()]
    missing = []
    if not any(rule.get("type") == "pull_request" for rule in found):
        missing.append("changes need no pull request")
    if not any(_wants_our_check(rule, app_id) for rule in found):
        missing.append(f'the check "{CHECK}" of this App is not required')
    shut = [str(one.get("name")) for one in active if _blocks(one) and not _lets_pass(one, writer_id or app_id)]
    if shut:
        names = ", ".join(f'"{name}"' for name in sorted(shut))
        missing.append(f"the App may not bypass {names}, so it cannot commit the catalog")
    return tuple(missing)


def _is_for(one: Ruleset, branch: str) -> bool:
    if one.get("target", "branch") != "branch":
        return False
    names = (one.get("conditions") or {}).get("ref_name") or {}
    return _names(names.get("include") or (), branch) and not _names(names.get("exclude") or (), branch)


def _names(patterns: Iterable[str], branch: str) -> bool:
    return any(pattern in (DEFAULT_BRANCH, "~ALL", branch, f"refs/heads/{branch}") for pattern in patterns)


def _wants_our_check(rule: Mapping[str, Any], app_id: int) -> bool:
    checks = (rule.get("parameters") or {}).get("required_status_checks") or ()
    # without a number any App may report it, and then anybody who can write a status could
    return any(one.get("context") == CHECK and one.get("integration_id") == app_id for one in checks)


def _blocks(one: Ruleset) -> bool:
    return any(rule.get("type") in BLOCKING for rule in one.get("rules") or ())


def _lets_pass(one: Ruleset, app_id: int) -> bool:
    actors = one.get("bypass_actors")
    if actors is None:  # shown to administrators only; how it is for the one who asks, everybody is told
        return one.get("current_user_can_bypass") in ("always", "exempt")
    return any(
        actor.get("actor_type") == "Integration"
        and actor.get("actor_id") == app_id
        and actor.get("bypass_mode") in ("always", "exempt")
        for actor in actors
    )
