"""What a delivery marks of which only GitHub's listing is known: event, action, installation, repository. Pure.

As much as the delivery itself would, or more: without its payload nothing is proved to be untouched.
"""

from __future__ import annotations

from waypost.forge.deliveries import Attempt
from waypost.queue.protocol import Key, Mark
from waypost.sync.events.pulls import LABELS, LOOKS

OF_A_REPOSITORY = ("push", "create", "delete", "repository", "public")
OF_AN_INSTALLATION = ("installation", "installation_repositories", "installation_target")
# A merge in the catalog repository may wait for these; elsewhere they change nothing.
OF_A_MERGE = ("pull_request_review", "issue_comment", "check_suite", "status")


def keys(attempt: Attempt) -> list[Mark]:
    """Name the keys that the listing is enough for."""
    number, action = attempt.installation, attempt.action
    if not number:
        return []
    if attempt.event in OF_A_REPOSITORY and attempt.repository:
        kinds = ("repo", "hidden") if action == "privatized" else ("repo",)
        return [Mark(Key(number, kind, str(attempt.repository))) for kind in kinds]
    if attempt.event in OF_AN_INSTALLATION:
        return [Mark(Key(number, "installation", str(number)), ())]  # as in `events`: what it shows is no drift
    if attempt.event == "workflow_run" and action == "completed" and attempt.repository:
        return [Mark(Key(number, "docs", str(attempt.repository)))]
    people = Mark(Key(number, "people", str(number)))
    if attempt.event == "organization" and action in ("renamed", "deleted"):
        return [Mark(Key(number, "installation", str(number)), ()), people]
    if attempt.event == "organization" and action != "member_invited":
        return [people]
    if attempt.event == "membership" or (attempt.event == "team" and not action.endswith("_repository")):
        return [people]
    return []


def needs_payload(attempt: Attempt, is_catalog: bool) -> bool:
    """Say whether only the payload names the key: it has the number of the pull request."""
    if not attempt.installation or not attempt.repository:
        return False
    if attempt.event in ("check_run", "check_suite") and attempt.action == "rerequested":
        return True
    if attempt.event == "pull_request":
        return attempt.action in (*LOOKS, "edited") or (is_catalog and attempt.action in LABELS)
    return is_catalog and attempt.event in OF_A_MERGE
