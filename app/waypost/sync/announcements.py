"""What waits to be announced on which commit, as the queue's cache keeps it. Decides nothing and publishes nothing.

An entry is named after repository and commit, so that whoever clears one never clears what came after it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from waypost.pages.announcement import Notice, Remark

ALL = 0  # the installation below which is kept what the metrics of all tenants are made of
Entries = dict[tuple[int, str], bytes | None]


class Subject(NamedTuple):
    """The commit of a repository on which something is announced."""

    repository: int
    head: str


class Announcement(NamedTuple):
    """A push that changed a descriptor. Without a notice no commit to the catalog shows it yet."""

    marked: float  # when the delivery came, seconds since the epoch
    before: str = ""  # the head that was known then; "" when none was
    notice: Notice | None = None
    again: bool = False  # somebody pressed the re-run button: a new run, though one is there


class Tally(NamedTuple):
    """What became of one repository's announcements."""

    times: tuple[float, ...] = ()  # of the check runs made within the last hour
    outcomes: Mapping[str, int] = {}  # outcome -> how often, ever


def of_announcements(installation: int, announcements: Mapping[Subject, Announcement | None]) -> Entries:
    return {
        (installation, f"announce:{subject.repository}@{subject.head}"): None if one is None else _dump(one)
        for subject, one in announcements.items()
    }


def of_tally(installation: int, repository: int, tally: Tally) -> Entries:
    return {(ALL, f"announced:{installation}/{repository}"): json.dumps(tally).encode()}


def subject(text: str) -> Subject:
    """Read the name of an entry, without its kind."""
    number, _, head = text.partition("@")
    return Subject(int(number), head)


def load(body: bytes) -> Announcement:
    marked, before, notice, again = json.loads(body)
    if notice is None:
        return Announcement(marked, before, again=again)
    conclusion, title, summary, remarks = notice
    said = Notice(conclusion, title, summary, tuple(Remark(*remark) for remark in remarks))
    return Announcement(marked, before, said, again)


def load_tally(body: bytes) -> Tally:
    times, outcomes = json.loads(body)
    return Tally(tuple(times), outcomes)


def outcomes(entries: Mapping[str, bytes | None]) -> Counter[str]:
    """Add up, from the cache entries of installation ALL, what became of all announcements."""
    bodies = (body for name, body in entries.items() if body is not None and name.startswith("announced:"))
    return add_up(load_tally(body) for body in bodies)


def add_up(tallies: Iterable[Tally]) -> Counter[str]:
    total: Counter[str] = Counter()
    for tally in tallies:
        total.update(tally.outcomes)
    return total


def _dump(one: Announcement) -> bytes:
    return json.dumps(one, separators=(",", ":")).encode()
