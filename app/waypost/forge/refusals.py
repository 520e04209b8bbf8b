"""What an answer that is no success means to us: one translation from GitHub's statuses and texts to our errors.

Pure: it is handed status, headers and body. Limits are told apart here; until when they last, the pacer decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from waypost.forge.protocol import (
    BranchProtected,
    ForgeError,
    HeadMoved,
    NotAllowed,
    NotFound,
    NotInstalled,
    NotMergeable,
    TooLarge,
    Unavailable,
)
from waypost.forge.redact import redact

# Both are seen in the wild: https://github.com/yanyongyu/githubkit/issues/271
LIMIT_TYPES = frozenset({"RATE_LIMITED", "RATE_LIMIT"})
LIMIT_WORDS = ("rate limit", "abuse detection", "please wait a few minutes before you try again")
PROTECTED_WORDS = (
    *("protected branch", "protected ref", "rule violation", "gh006", "gh013", "status check", "review is required"),
    *("must be made through a pull request", "was archived", "hook declined"),
)
# when a token is asked for that the installation may not have
NOT_GRANTED_WORDS = ("permissions requested are not granted", "not accessible to the parent installation")
ADVICE: Mapping[type[ForgeError], str] = {
    NotAllowed: "Look at the App's permissions and its key, or at the tokens in WAYPOST_TOKEN and GITHUB_TOKEN"
    " (a workflow that writes needs `permissions: contents: write`).",
    NotInstalled: "An owner of the organisation can lift it: Settings, GitHub Apps.",
    # https://github.com/orgs/community/discussions/13836
    BranchProtected: "Let the App bypass that rule: Settings of the repository, Rules or Branches. A workflow's own"
    " token can bypass none: there, forbid only force pushes and deletion.",
}
MOVED_WORDS = (
    *("but it did not", "non-fast-forward", "not a fast forward", "fetch first", "stale info", "cannot lock ref"),
    *("incorrect old value", "failed to update ref", "reference already exists", "not our ref", "unadvertised object"),
    "head branch was modified",
)


def is_limit(status: int, headers: Mapping[str, str], body: Any) -> bool:
    """Say whether the forge refused because we call too much. GraphQL says so in answers of status 200, too."""
    if status == 429:
        return True
    if status == 403:
        spent = headers.get("x-ratelimit-remaining") == "0"
        return spent or "retry-after" in headers or _says(message(body), LIMIT_WORDS)
    if status != 200:
        return False
    return any(
        error.get("type") in LIMIT_TYPES or _says(str(error.get("message")), LIMIT_WORDS[1:]) for error in errors(body)
    )


def refusal(status: int, headers: Mapping[str, str], body: Any, what: str) -> ForgeError:
    """Translate an answer from 300 on that is neither a limit nor an outage; `what` names the call for people."""
    said = message(body)
    text = redact(f"{what}: GitHub answered {status}{f' ({said})' if said else ''}")
    if "suspended" in said.lower():
        return _error(NotInstalled, text)
    if status in (404, 410) or (status == 409 and "repository is empty" in said.lower()):
        return _error(NotFound, text)
    if status in (409, 422) and _says(said, MOVED_WORDS):
        return _error(HeadMoved, text)
    if status == 405:  # only merging a pull request answers this
        return _error(NotMergeable, text)
    if status in (403, 409, 422) and _says(said, PROTECTED_WORDS):
        return _error(BranchProtected, text)
    if status in (401, 403, 451) or _says(said, NOT_GRANTED_WORDS):
        needed = headers.get("x-accepted-github-permissions")
        return _error(NotAllowed, f"{text}. It needs the permission {needed}" if needed else text)
    return _error(ForgeError, text)


def graphql_refusal(found: Sequence[Mapping[str, Any]], what: str) -> ForgeError:
    """Translate the errors of a GraphQL answer that has no usable data."""
    types = {str(error.get("type", "")) for error in found}
    said = "; ".join(str(error.get("message", "")) for error in found)
    text = redact(f"{what}: GitHub answered {said or 'with an error'}")
    if "STALE_DATA" in types or _says(said, MOVED_WORDS):
        return _error(HeadMoved, text)
    if "BRANCH_PROTECTION_RULE_VIOLATION" in types or _says(said, PROTECTED_WORDS):
        return _error(BranchProtected, text)
    if "NOT_FOUND" in types:
        return _error(NotFound, text)
    if types & {"FORBIDDEN", "INSUFFICIENT_SCOPES"}:
        return _error(NotInstalled if "suspended" in said.lower() else NotAllowed, text)
    if _says(said, ("something went wrong", "timeout", "timed out")) or types & {"MAX_NODE_LIMIT_EXCEEDED", "TIMEOUT"}:
        return _error(TooLarge, text)
    return _error(ForgeError, text)


def git_refusal(said: str, what: str) -> ForgeError:
    """Translate what git wrote when a fetch or a push did not work."""
    text = redact(f"{what}: {' '.join(said.split())[-600:] or 'git failed without a word'}")
    if _says(said, ("refusing to allow",)):  # a file below .github/workflows without the permission
        return _error(NotAllowed, text)
    if _says(said, PROTECTED_WORDS):
        return _error(BranchProtected, text)
    if _says(said, MOVED_WORDS):
        return _error(HeadMoved, text)
    if _says(said, ("error: 401", "error: 403", "authentication failed", "could not read username", "permission to")):
        return _error(NotAllowed, text)
    if _says(said, ("repository not found", "error: 404", "' not found")):
        return _error(NotFound, text)
    if _says(said, ("unable to access", "early eof", "timed out", "hung up", "rpc failed", "could not resolve")):
        return _error(Unavailable, text)
    return _error(ForgeError, text)


def message(body: Any) -> str:
    """Return what a JSON body says, with the messages of its single errors."""
    if not isinstance(body, Mapping):
        return ""
    said = [str(body["message"])] if body.get("message") else []
    said += [str(error.get("message") or error.get("code") or "") for error in errors(body)]
    return ": ".join(filter(None, said))


def errors(body: Any) -> list[Mapping[str, Any]]:
    """Return the errors a body lists, as objects."""
    listed = body.get("errors") if isinstance(body, Mapping) else None
    if not isinstance(listed, list):
        return []
    return [error if isinstance(error, Mapping) else {"message": str(error)} for error in listed]


def _error(kind: type[ForgeError], text: str) -> ForgeError:
    advice = ADVICE.get(kind)
    return kind(f"{text.rstrip('.')}. {advice}" if advice else text)


def _says(text: str, words: Iterable[str]) -> bool:
    lower = text.lower()
    return any(word in lower for word in words)
