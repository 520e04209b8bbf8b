"""Which events start a workflow: its branches, tags, paths and types against a payload. Starts nothing.

https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows and
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

# the activity types that start a workflow which names none; None means all of them
_TYPES: dict[str, tuple[str, ...] | None] = {
    "pull_request": ("opened", "synchronize", "reopened"),
    "issues": None,
    "issue_comment": None,
    "repository_dispatch": None,
}
EVENTS = ("push", *_TYPES)
_SKIP = re.compile(r"\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]")
_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\+|\[[^\]]*\]|\\.|.", re.DOTALL)


def starts(
    triggers: Mapping[str, Mapping[str, Any]],
    event: str,
    payload: Mapping[str, Any],
    changed: Callable[[], Iterable[str]],
) -> bool:
    """Tell whether an event starts a workflow with these triggers; `changed` finds the paths when they matter."""
    wanted = triggers.get(event)
    if wanted is None:
        return False
    if event == "push":
        return _pushed(wanted, payload, changed)
    types = _words(wanted["types"]) if "types" in wanted else _TYPES[event]
    if types is not None and payload.get("action") not in types:
        return False
    if event == "pull_request":
        return _passes(wanted, "branches", payload["pull_request"]["base"]["ref"]) and _touches(wanted, changed)
    return True


def is_skipped(message: str) -> bool:
    """Tell whether a commit's message asks for no run of push and pull_request."""
    return _SKIP.search(message) is not None


def _pushed(wanted: Mapping[str, Any], payload: Mapping[str, Any], changed: Callable[[], Iterable[str]]) -> bool:
    if payload["deleted"]:
        return False
    _, kind, name = payload["ref"].split("/", 2)
    by_branch, by_tag = (any(word in wanted for word in (kind, f"{kind}-ignore")) for kind in ("branches", "tags"))
    if kind == "tags":  # paths are not looked at for tags
        return _passes(wanted, "tags", name) if by_tag else not by_branch
    if not by_branch and by_tag:
        return False
    return _passes(wanted, "branches", name) and _touches(wanted, changed)


def _touches(wanted: Mapping[str, Any], changed: Callable[[], Iterable[str]]) -> bool:
    if "paths" not in wanted and "paths-ignore" not in wanted:
        return True
    return any(_passes(wanted, "paths", path) for path in changed())


def _passes(wanted: Mapping[str, Any], field: str, name: str) -> bool:
    if field in wanted:
        return matches(_words(wanted[field]), name)
    return not matches(_words(wanted.get(f"{field}-ignore", [])), name)


def matches(patterns: Iterable[str], name: str) -> bool:
    """Compare a name with patterns in their order; one that begins with ! takes it out again."""
    held = False
    for pattern in patterns:
        if _compiled(pattern.removeprefix("!")).fullmatch(name):
            held = not pattern.startswith("!")
    return held


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    written = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "?", "+": "+"}
    parts = []
    for token in _TOKEN.findall(pattern):
        is_set = len(token) > 2 and token.startswith("[")
        parts.append(written.get(token) or (token if is_set else re.escape(token.removeprefix("\\") or token)))
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error:  # a pattern that means nothing matches nothing but itself
        return re.compile(re.escape(pattern))


def _words(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
