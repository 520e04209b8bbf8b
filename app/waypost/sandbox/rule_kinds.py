"""Which rules a ruleset may hold, what each must say, and which refs it is for. No routes; nothing is enforced here.

https://docs.github.com/en/rest/repos/rules#create-a-repository-ruleset
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from waypost.sandbox.web import ApiError, Json, unprocessable

_PULL_REQUEST = {
    "dismiss_stale_reviews_on_push": bool,
    "require_code_owner_review": bool,
    "require_last_push_approval": bool,
    "required_approving_review_count": int,
    "required_review_thread_resolution": bool,
}
_CHECKS = {"required_status_checks": list, "strict_required_status_checks_policy": bool}
# type of a rule -> the parameters that it cannot do without; these are enforced by rule_checks.py
ENFORCED: Mapping[str, Mapping[str, type]] = {
    "creation": {},
    "update": {},
    "deletion": {},
    "non_fast_forward": {},
    "required_linear_history": {},
    "required_signatures": {},
    "pull_request": _PULL_REQUEST,
    "required_status_checks": _CHECKS,
}
# kept and shown as they came, and not enforced
KEPT = (
    "branch_name_pattern",
    "code_scanning",
    "commit_author_email_pattern",
    "commit_message_pattern",
    "committer_email_pattern",
    "copilot_code_review",
    "file_extension_restriction",
    "file_path_restriction",
    "max_file_path_length",
    "max_file_size",
    "merge_queue",
    "required_deployments",
    "tag_name_pattern",
    "workflows",
)
MERGE_METHODS = ("merge", "squash", "rebase")
# what GitHub adds when nobody says it
_DEFAULTS: Mapping[str, Json] = {
    "pull_request": {"allowed_merge_methods": list(MERGE_METHODS), "required_reviewers": []},
    "required_status_checks": {"do_not_enforce_on_create": False},
}
_STARTS = {"branch": "refs/heads/", "tag": "refs/tags/"}
_WORDS = ("~ALL", "~DEFAULT_BRANCH")


def read_rules(asked: object) -> list[Json]:
    """Return rules as GitHub keeps them: complete, each type once."""
    if not isinstance(asked, list):
        raise _misfit("/rules", "is not an array")
    found = [_rule(number, one) for number, one in enumerate(asked)]
    kinds = [rule["type"] for rule in found]
    doubled = next((kind for kind in kinds if kinds.count(kind) > 1 and kind in ENFORCED), None)
    if doubled is not None:
        raise unprocessable(f"Validation Failed: the rule {doubled} is given twice")
    return found


def read_conditions(asked: object, target: str) -> Json:
    """Return for which refs a ruleset is: patterns to include and to exclude."""
    if not isinstance(asked, dict) or not isinstance(asked.get("ref_name"), dict):
        raise _misfit("/conditions/ref_name", "is required")
    names = {side: asked["ref_name"].get(side, []) for side in ("include", "exclude")}
    for side, patterns in names.items():
        for pattern in patterns:
            if not isinstance(pattern, str) or not (pattern in _WORDS or pattern.startswith(_STARTS[target])):
                place = f"/conditions/ref_name/{side}"
                raise _misfit(place, f"{pattern!r} does not begin with {_STARTS[target]} and is none of {_WORDS}")
    return {"ref_name": names}


def fits(conditions: Json | None, ref: str, default_branch: str) -> bool:
    """Tell whether a ruleset with these conditions is for a ref."""
    names = (conditions or {}).get("ref_name") or {}
    included = any(_matches(pattern, ref, default_branch) for pattern in names.get("include", ()))
    return included and not any(_matches(pattern, ref, default_branch) for pattern in names.get("exclude", ()))


def _matches(pattern: str, ref: str, default_branch: str) -> bool:
    if pattern == "~ALL":
        return True
    if pattern == "~DEFAULT_BRANCH":
        return ref == f"refs/heads/{default_branch}"
    return re.fullmatch(_expression(pattern), ref) is not None


def _expression(pattern: str) -> str:
    """Say a pattern as a regular expression: `*` stops at a slash, `**/` does not."""
    pieces = re.split(r"(\*\*/|\*+|\?)", pattern)
    known = {"**/": "(?:[^/]+/)*", "?": "[^/]"}
    return "".join(known.get(piece) or ("[^/]*" if piece.startswith("*") else re.escape(piece)) for piece in pieces)


def _rule(number: int, asked: object) -> Json:
    place = f"/rules/{number}"
    kind = asked.get("type") if isinstance(asked, dict) else None
    if not isinstance(asked, dict) or not (kind in ENFORCED or kind in KEPT):
        raise _misfit(place, "data matches no possible input")
    if kind in KEPT:
        return dict(asked)
    given, needed = asked.get("parameters") or {}, ENFORCED[str(kind)]
    for name, wanted in needed.items():
        value = given.get(name)
        # True is an int for Python only
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise _misfit(f"{place}/parameters/{name}", "data matches no possible input")
    _check(place, given)
    parameters = {**_DEFAULTS.get(str(kind), {}), **given}
    return {"type": kind, **({"parameters": parameters} if parameters else {})}


def _check(place: str, given: Mapping[str, Any]) -> None:
    """Refuse parameters of the right type that say nothing sensible."""
    if not 0 <= given.get("required_approving_review_count", 0) <= 10:
        raise _misfit(f"{place}/parameters/required_approving_review_count", "must be between 0 and 10")
    ways = given.get("allowed_merge_methods", MERGE_METHODS)
    if not ways or not set(ways) <= set(MERGE_METHODS):
        raise _misfit(f"{place}/parameters/allowed_merge_methods", f"must be some of {MERGE_METHODS}")
    for check in given.get("required_status_checks", ()):
        if not isinstance(check, dict) or not check.get("context"):
            raise _misfit(f"{place}/parameters/required_status_checks", "each needs a context")


def _misfit(place: str, complaint: str) -> ApiError:
    return unprocessable(f"Invalid request.\n\nInvalid property {place}: {complaint}.")
