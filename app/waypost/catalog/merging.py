"""Whether a registration merges by itself. Decides only: who merges hands in the facts and merges what was checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

from waypost.catalog.impact import Impact
from waypost.catalog.merge_request import Case, File, MergeRequest, Refusal, Said, State
from waypost.catalog.merge_rules import FOLDER, RULES
from waypost.catalog.steering import Merging

__all__ = ["FOLDER", "RULES", "WAIT", "WAITING", "File", "MergeRequest", "Refusal", "Said", "State"]
__all__ += ["only_waits", "refusals"]

WAITING = "waiting"
WAIT = (
    "The wait since the last push is over: `wait_minutes.new` for what is new, renamed or handed over, else `update`."
)


def refusals(merging: Merging, request: MergeRequest, impact: Impact, now: float) -> tuple[Refusal, ...]:
    """Return everything that keeps a registration from merging by itself; nothing: merge exactly `request.checked`.

    `now` is in seconds since 1970.
    """
    case = Case(merging, request, impact, now)
    rules = RULES if merging.is_on else RULES[:1]  # the rest would only distract
    found = [Refusal(rule.id, words) for rule in rules for words in rule.check(case)]
    due = request.since + 60 * case.minutes
    if merging.is_on and now < due:
        until = _moment(due)
        what = "a new, renamed or handed-over entity" if case.minutes == merging.new_minutes else "a change"
        found.append(Refusal(WAITING, f"It waits until {until}, so that people can object to {what}.", until))
    return tuple(found)


def _moment(seconds: float) -> str:
    """Write a moment as GitHub does; rounded up, so that it is over when it says so."""
    days, rest = divmod(math.ceil(seconds), 24 * 3_600)
    day = date(1970, 1, 1) + timedelta(days=days)
    return f"{day}T{rest // 3_600:02}:{rest // 60 % 60:02}:{rest % 60:02}Z"


def only_waits(found: Sequence[Refusal]) -> bool:
    """Say whether it merges by itself once the time has come."""
    return bool(found) and all(one.until for one in found)
