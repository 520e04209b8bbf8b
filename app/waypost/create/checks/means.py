"""What carrying out takes: permissions of the token, and calls that are left in this hour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from waypost.create.case import Case
from waypost.golden.plan import Fault

LEVELS = ("none", "read", "write", "admin")
READS_PER_CALL = 3  # looking at what is there costs calls, too
# https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api: content-creating requests an hour
CONTENT_PER_HOUR = 500
# what a classic token needs for what an App needs as a permission
_SCOPES = {"workflows": "workflow", "members": "read:org"}


def permissions_suffice(case: Case) -> Iterator[Fault]:
    """What the token may do, as far as that can be known, against what every planned call needs."""
    needed: dict[tuple[str, str], str] = {}
    for call in case.calls:
        for name, level in _needs(call.permission):
            needed.setdefault((name, level), call.why)
    for (name, level), why in sorted(needed.items()):
        if case.me.permissions is not None:
            held = case.me.permissions.get(name, "none")
            if LEVELS.index(held) < LEVELS.index(level):
                advice = "An owner can grant it: Settings, GitHub Apps, Waypost, Permissions"
                yield Fault("permissions", f"the App may not {why}: it has {name}: {held}, not {level}. {advice}")
        elif case.me.scopes is not None:
            scope = _SCOPES.get(name, "repo")
            if not case.me.scopes & {scope, "admin:org" if scope == "read:org" else scope}:
                yield Fault(
                    "permissions", f"your token may not {why}: it lacks the scope {scope}. Make one that has it"
                )


def _needs(text: str) -> Iterator[tuple[str, str]]:
    """Read "administration: write, workflows: write"."""
    yield from re.findall(r"([a-z_]+)\s*:\s*(read|write|admin)", text)


def quota_suffices(case: Case) -> Iterator[Fault]:
    budget, writes = case.workshop.budget(), len(case.calls)
    needed = writes * (1 + READS_PER_CALL) + 20
    if budget is not None and budget.remaining < needed:
        at_time = datetime.fromtimestamp(budget.reset, UTC).strftime("%H:%M UTC")
        said = f"this takes about {needed} calls, but only {budget.remaining} of {budget.limit} are left in this hour"
        yield Fault("quota", f"{said}. Run it again after {at_time}")
    if writes > CONTENT_PER_HOUR:
        yield Fault(
            "quota", f"this makes {writes} changes; GitHub takes {CONTENT_PER_HOUR} an hour. Split the template"
        )
