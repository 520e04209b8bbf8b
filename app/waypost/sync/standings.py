"""What became of the onboarding pull request of a repository, as GitHub tells and as the cache keeps it.

GitHub's own list is what counts: an empty database learns from it that somebody has said no.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from waypost.catalog.onboarding import BRANCH
from waypost.forge.desk import Desk, Pull

Entries = dict[tuple[int, str], bytes | None]
MOST_NAMES = 500  # looked up from a report
_PULL = re.compile(r"/([A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100})/pull/\d")


class Standing(NamedTuple):
    """What became of it."""

    state: str  # open | merged | declined | refused (the forge would not have it: `reason`)
    number: int = 0
    created: str = ""  # ISO date; of a refusal the time, too
    reason: str = ""


def ask(desk: Desk) -> Standing | None:
    """Ask what became of the pull request; None when there never was one.

    Of several the one that was merged counts, then one that is open: somebody opened it again.
    """
    found = [_standing(pull) for pull in desk.pulls("all", BRANCH)]
    order = ("merged", "open", "declined")
    return min(found, key=lambda one: order.index(one.state), default=None)


def _standing(pull: Pull) -> Standing:
    return of_pull(pull, "merged" if pull.is_merged else "open" if pull.state == "open" else "declined")


def of_pull(pull: Pull, state: str) -> Standing:
    return Standing(state, pull.number, pull.created[:10])


def named_in(report: str) -> list[str]:
    """The repositories whose pull requests a report links: where to ask, when nothing else is known."""
    return list(dict.fromkeys(_PULL.findall(report)))[:MOST_NAMES]


def of_standings(installation: int, standings: Mapping[int, Standing | None]) -> Entries:
    return {
        (installation, f"onboarding:{number}"): None if one is None else json.dumps(one).encode()
        for number, one in standings.items()
    }


def changes(before: Mapping[int, Standing], after: Mapping[int, Standing]) -> dict[int, Standing | None]:
    """What has to be stored to come from one picture to the other."""
    return {number: after.get(number) for number in {*before, *after} if before.get(number) != after.get(number)}


def load(body: bytes) -> Standing:
    return Standing(*json.loads(body))
