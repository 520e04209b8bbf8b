"""What a repository may be told when it is made or changed: read from a request, refused where GitHub does. No routes.

https://docs.github.com/en/rest/repos/repos#update-a-repository
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, invalid, unprocessable

_VISIBILITIES = ("public", "private", "internal")
_TEXTS = {"description": 350, "homepage": 255}
_SWITCHES = ("has_issues", "has_projects", "has_wiki", "is_template", "allow_forking", "web_commit_signoff_required")
# how pull requests are merged, and what holds when nobody says
MERGING: Mapping[str, Any] = {
    "allow_squash_merge": True,
    "allow_merge_commit": True,
    "allow_rebase_merge": True,
    "allow_auto_merge": False,
    "delete_branch_on_merge": False,
    "allow_update_branch": False,
    "use_squash_pr_title_as_default": False,
    "squash_merge_commit_message": "COMMIT_MESSAGES",
    "squash_merge_commit_title": "COMMIT_OR_PR_TITLE",
    "merge_commit_message": "PR_TITLE",
    "merge_commit_title": "MERGE_MESSAGE",
}
_WORDS = {
    "squash_merge_commit_message": ("PR_BODY", "COMMIT_MESSAGES", "BLANK"),
    "squash_merge_commit_title": ("PR_TITLE", "COMMIT_OR_PR_TITLE"),
    "merge_commit_message": ("PR_BODY", "PR_TITLE", "BLANK"),
    "merge_commit_title": ("PR_TITLE", "MERGE_MESSAGE"),
}
_WAYS = ("allow_squash_merge", "allow_merge_commit", "allow_rebase_merge")
# GitHub's own switches, in the order it shows them
SECURITY = (
    "advanced_security",
    "code_security",
    "secret_scanning",
    "secret_scanning_push_protection",
    "secret_scanning_non_provider_patterns",
    "secret_scanning_ai_detection",
)


def plain(content: Json) -> Json:
    """Return the fields of a repository's record that a request names."""
    for name, longest in _TEXTS.items():
        text = content.get(name)
        if text is not None and not isinstance(text, str):
            raise _misfit(name, text, "is not a string")
        if text and len(text) > longest:
            raise invalid("Repository", name, "custom", f"{name} is too long (maximum is {longest} characters)")
        if text and not text.isprintable():
            raise invalid("Repository", name, "custom", f"{name} control characters are not allowed")
    found = {name: content[name] for name in _TEXTS if name in content}
    return found | {name: _switch(content, name) for name in _SWITCHES if content.get(name) is not None}


def merging(content: Json, held: Record) -> Json:
    """Return how pull requests are merged from now on: what was held, and what a request changes."""
    changed = {}
    for name, default in MERGING.items():
        if name not in content:
            continue
        if isinstance(default, bool):
            changed[name] = _switch(content, name)
        elif content[name] not in _WORDS[name]:
            raise _misfit(name, content[name], f"is not a possible value. Must be one of: {_list(_WORDS[name])}")
        else:
            changed[name] = content[name]
    settings = {**held, **changed}
    if not any(settings.get(name, MERGING[name]) for name in _WAYS):
        message = "Sorry, you need to allow at least one merge strategy. (no_merge_method)"
        raise invalid("Repository", "merge_commit_allowed", "custom", message)
    return settings


def security(content: Json, held: Record) -> Json:
    """Return the security switches that are on after a request."""
    asked = content.get("security_and_analysis") or {}
    if not isinstance(asked, dict):
        raise _misfit("security_and_analysis", asked, "is not an object")
    switches = dict(held)
    for name, wanted in asked.items():
        status = wanted.get("status") if isinstance(wanted, dict) else None
        if name not in SECURITY or status not in ("enabled", "disabled"):
            raise invalid("Repository", f"security_and_analysis.{name}")
        switches[name] = status == "enabled"
    if switches.get("secret_scanning_push_protection") and not switches.get("secret_scanning"):
        message = "Secret scanning must be enabled to enable push protection."
        raise invalid("Repository", "security_and_analysis.secret_scanning_push_protection", "custom", message)
    return switches


def visibility(content: Json, default: str) -> str:
    """Return the visibility asked for, in either spelling."""
    if "visibility" in content:
        if content["visibility"] not in _VISIBILITIES:
            raise invalid("Repository", "visibility")
        return str(content["visibility"])
    if content.get("private") is None:
        return default
    return "private" if _switch(content, "private") else "public"


def _switch(content: Json, name: str) -> bool:
    value = content[name]
    if not isinstance(value, bool):
        raise _misfit(name, value, "is not a boolean")
    return value


def _misfit(name: str, value: object, complaint: str) -> Exception:
    return unprocessable(f"Invalid request.\n\nFor 'properties/{name}', {json.dumps(value)} {complaint}.")


def _list(words: Sequence[str]) -> str:
    return ", ".join(words)
