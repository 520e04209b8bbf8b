"""Merges a registration by itself: gathers what GitHub says of its pull request, and merges exactly what was checked.

The rules are `catalog.merging`'s; here nothing is decided but what counts as a fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from waypost.catalog.merging import FOLDER, File, MergeRequest, Refusal, Said, State, refusals
from waypost.forge.desk import Desk, Pull
from waypost.forge.protocol import BranchProtected, NotAllowed, NotMergeable
from waypost.pages.paths import is_generated
from waypost.pages.pull import Case
from waypost.sync.pulls.reading import Proposed

UNREADABLE = State("commit statuses (the App needs statuses: read)", "unknown")


def is_registration(proposed: Proposed) -> bool:
    """Say whether a pull request goes to the catalog repository's `registrations/`."""
    paths = proposed.paths or ()
    return proposed.is_catalog and any(path.startswith(FOLDER) for path in paths)


def ask(desk: Desk, pull: Pull, proposed: Proposed, case: Case, seen: float, now: float) -> tuple[Refusal, ...]:
    """Return what keeps a registration from merging now. `seen` is when its head was first looked at."""
    request = MergeRequest(
        author=pull.author.login,
        head=pull.head,
        checked=proposed.head,
        base=pull.base,
        default_branch=proposed.repository.default_branch,
        since=max(seen, _seconds(pull.created)),
        is_bot=pull.author.is_bot,
        is_draft=pull.is_draft,
        fork=_fork(pull, desk.full_name),
        silent=_silent(proposed, case),
        files=None if proposed.changes is None else [File(*change) for change in proposed.changes],
        generated=tuple(path for path in sorted(proposed.paths or ()) if is_generated(path)),
        problems=case.problems,
        lookalikes=case.lookalikes,
        checks=_checks(desk, pull.head),
        reviews=[Said(one.author.login, one.body, one.author.is_bot, one.state) for one in desk.reviews(pull.number)],
        comments=[Said(one.author.login, one.body, one.author.is_bot) for one in desk.comments(pull.number)],
    )
    # as the catalog has them now: a pull request does not change its own rules
    return refusals(case.impact.before.settings.steering.merging, request, case.impact, now)


def merge(desk: Desk, pull: Pull, proposed: Proposed) -> Refusal | None:
    """Merge the commit that was checked; return why GitHub would not. Raise HeadMoved when there is another by now."""
    try:
        desk.merge(pull.number, proposed.head, f"{pull.title} (#{pull.number})")
    except (NotMergeable, BranchProtected, NotAllowed) as error:
        return Refusal("forge", str(error))
    return None


def _fork(pull: Pull, full_name: str) -> str:
    home = pull.head_repository.lower()
    return "" if home == full_name.lower() else home.partition("/")[0] or "ghost"


def _silent(proposed: Proposed, case: Case) -> Sequence[str]:
    """Return the paths below registrations/ that would go in without anybody having read them."""
    after = case.impact.after
    told = {after.entities[ref].origin.path for ref in after.kept_in.get(proposed.repository.id, ())}
    kept = {one.path for one in proposed.changes or () if one.status != "removed" and one.path.startswith(FOLDER)}
    return sorted(kept - told)


def _checks(desk: Desk, head: str) -> Sequence[State]:
    try:
        return [State(*verdict) for verdict in desk.verdicts(head)]
    except NotAllowed:  # what cannot be seen is not green
        return [UNREADABLE]


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0
