"""What is known of a registration when it is decided whether it merges by itself. Values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from waypost.catalog.impact import Impact
from waypost.catalog.lookalikes import Lookalike
from waypost.catalog.people import People
from waypost.catalog.problems import Problem
from waypost.catalog.steering import Merging


class File(NamedTuple):
    """A file that the pull request touches, with GitHub's word for how, and its path before a rename."""

    path: str
    status: str
    before: str = ""


class Said(NamedTuple):
    """A comment, or a review with its state (APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED)."""

    login: str
    body: str = ""
    is_bot: bool = False
    state: str = ""


class State(NamedTuple):
    """A check run or commit status of the head: its conclusion, or "pending"."""

    name: str
    conclusion: str


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """What GitHub says of the pull request. Leave our own check out of `checks`."""

    author: str
    head: str  # now
    checked: str  # the commit that everything here was read at
    base: str
    default_branch: str
    since: float  # when the head was pushed, or the pull request opened, the later: seconds since 1970
    is_bot: bool = False
    is_draft: bool = False
    files: Sequence[File] | None = ()  # None: GitHub does not list them all
    fork: str = ""  # whose fork it comes from, lower-case; "" when from the repository itself
    silent: Sequence[str] = ()  # paths of files that no entity comes from: skeletons, submodules, beyond the limits
    generated: Sequence[str] = ()  # paths of those that only Waypost writes
    problems: Sequence[Problem] = ()  # of those files
    lookalikes: Sequence[Lookalike] = ()
    checks: Sequence[State] = ()
    reviews: Sequence[Said] = ()  # oldest first
    comments: Sequence[Said] = ()


class Refusal(NamedTuple):
    """Why it does not merge now, with the id of the rule; `until` (ISO 8601) when only time is missing."""

    id: str
    words: str
    until: str = ""


class Case(NamedTuple):
    """Everything a rule may look at."""

    merging: Merging
    request: MergeRequest
    impact: Impact
    now: float

    @property
    def people(self) -> People | None:
        """Also of a public catalog, whose pages name none of them: here they only decide."""
        return self.impact.after.all_people

    @property
    def minutes(self) -> int:
        """How long to wait: long for what is new, renamed or handed over, short for the rest."""
        is_new = self.impact.added or self.impact.lost or self.impact.owners
        return self.merging.new_minutes if is_new else self.merging.update_minutes
