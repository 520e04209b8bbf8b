"""Branch protection as the actions ask for it, as the body that GitHub's API takes. Knows no repository.

https://docs.github.com/en/rest/branches/branch-protection#update-branch-protection
"""

from __future__ import annotations

from typing import Any

from waypost.golden.actions.action import Input
from waypost.golden.actions.schemas import Schema, fields, flag, number, texts
from waypost.golden.effects import BranchProtected

_PEOPLE: dict[str, Schema] = {
    "apps": texts("Slugs of apps"),
    "users": texts("Logins of people"),
    "teams": texts("Slugs of teams"),
}

# What publish:github, github:repo:push and github:branch-protection:create have in common.
INPUTS: dict[str, Schema] = {
    "requiredApprovingReviewCount": number("Reviews that must approve: 0 to 6, 1 if left out"),
    "requireCodeOwnerReviews": flag("A code owner must be among them"),
    "dismissStaleReviews": flag("A new commit takes approvals back"),
    "requireLastPushApproval": flag("Somebody else than who pushed last must approve"),
    "bypassPullRequestAllowances": fields(**_PEOPLE),
    "restrictions": fields(("users", "teams"), **_PEOPLE),
    "requiredStatusCheckContexts": texts("Names of checks that must be green"),
    "requireBranchesToBeUpToDate": flag("A branch must hold the newest commit; true if left out"),
    "requiredConversationResolution": flag("Every conversation must be resolved"),
    "requiredCommitSigning": flag("Commits must be signed"),
    "requiredLinearHistory": flag("No merge commits"),
}


def protected(step: str, repository: str, branch: str, input: Input, enforce_admins: bool) -> BranchProtected:
    """Return the protection of a branch, with Backstage's defaults for what is left out."""
    reviews: dict[str, Any] = {
        "required_approving_review_count": input.get("requiredApprovingReviewCount", 1),
        "require_code_owner_reviews": bool(input.get("requireCodeOwnerReviews")),
        "dismiss_stale_reviews": bool(input.get("dismissStaleReviews")),
        "require_last_push_approval": bool(input.get("requireLastPushApproval")),
    }
    if bypass := input.get("bypassPullRequestAllowances"):
        reviews["bypass_pull_request_allowances"] = bypass
    body = {
        "required_status_checks": {
            "strict": bool(input.get("requireBranchesToBeUpToDate", True)),
            "contexts": list(input.get("requiredStatusCheckContexts") or ()),
        },
        "enforce_admins": enforce_admins,
        "required_pull_request_reviews": reviews,
        "restrictions": input.get("restrictions"),
        "required_conversation_resolution": bool(input.get("requiredConversationResolution")),
        "required_linear_history": bool(input.get("requiredLinearHistory")),
        "block_creations": bool(input.get("blockCreations")),
    }
    signed = bool(input.get("requiredCommitSigning"))
    return BranchProtected(step=step, repository=repository, branch=branch, body=body, requires_signatures=signed)
