"""What the queue's cache says of one installation, kept in memory and brought up to date by version.

Only a cache of a cache: a worker that starts with nothing, or beside another one, comes to the same answers.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

from waypost.catalog import people
from waypost.catalog.entities import Snapshot
from waypost.catalog.people import People
from waypost.catalog.snapshots import dump, load
from waypost.queue.protocol import Queue
from waypost.sync import announcements, standings
from waypost.sync.announcements import Announcement, Subject, Tally
from waypost.sync.gathering import Gathering
from waypost.sync.standings import Standing

Entries = announcements.Entries


class Account(NamedTuple):
    """Whose installation it is, and whether it was given every repository."""

    login: str
    selects_all: bool = True


class Absence(NamedTuple):
    """A repository that a complete listing did not show: since when, and whether a later listing agreed."""

    since: float  # seconds since the epoch
    is_confirmed: bool = False


class Publication(NamedTuple):
    """The last commit a writer made to a catalog repository. Times are seconds since the epoch."""

    head: str
    at: float
    next: float  # when the next one may be made


class Answer(NamedTuple):
    """What was said in a pull request, and of which state of the world."""

    head: str
    seen: float  # when that head was first looked at, seconds since the epoch; a commit's own date anybody can choose
    world: str = ""  # a digest of what the answer followed from, besides the head
    due: float = 0.0  # when it may merge by itself; 0: not by waiting


class Tenant:
    """One installation. Call `refresh` before reading; the dictionaries are only ever replaced entry by entry."""

    def __init__(self, queue: Queue, installation: int) -> None:
        self.installation = installation
        self.snapshots: dict[int, Snapshot] = {}
        # owner/name of repositories that were listed but not read yet, and of those that only the head remembers
        self.names: dict[int, str] = {}
        self.absences: dict[int, Absence] = {}
        self.publications: dict[str, Publication] = {}  # by organisation, lower-case
        self.account: Account | None = None
        self.people: People | None = None  # None: nobody may say, or nobody has asked
        self.has_asked_people = False
        self.people_asked = 0.0  # when they were asked for last
        self.swept = 0.0  # when all repositories were last listed
        self.announcements: dict[Subject, Announcement] = {}
        self.tallies: dict[tuple[int, int], Tally] = {}  # (installation, repository); see announcements.ALL
        self.standings: dict[int, Standing] = {}  # what became of onboarding pull requests, by repository
        self.documented = 0.0  # when all documentation was last asked for
        self.unheard_until = 0.0  # here no check run may be made: said once, not tried again before
        self.answers: dict[str, Answer] = {}  # by `<repository id>#<n>`: what was said in pull requests
        self.gathering = Gathering()
        self._queue = queue
        self._version = 0
        self._changed: set[int] = set()
        self._lock = threading.Lock()

    def refresh(self) -> None:
        """Load what any worker stored since the last call."""
        with self._lock:
            version, entries = self._queue.cached(self.installation, self._version)
            for name, body in entries.items():
                self._take(name, body)
            self._version = version

    def take_changed(self) -> set[int]:
        """Return the repositories whose snapshot changed since this was last asked."""
        with self._lock:
            changed, self._changed = self._changed, set()
            return changed

    def picture(self) -> dict[int, Snapshot]:
        """Return the snapshots as they are now; another thread's refresh does not change them."""
        with self._lock:
            return dict(self.snapshots)

    def waiting(self) -> dict[Subject, Announcement]:
        """Return what waits to be announced. Ask before `take_changed`: what that returns holds at least these."""
        with self._lock:
            return dict(self.announcements)

    def announcements_of(self, repository: int) -> dict[Subject, Announcement]:
        """Return what waits to be announced on commits of one repository."""
        return {subject: one for subject, one in self.waiting().items() if subject.repository == repository}

    def is_complete(self) -> bool:
        """Say whether everything that was listed has been read, and people were asked for."""
        return bool(self.swept) and self.has_asked_people and self.names.keys() <= self.snapshots.keys()

    def full_name(self, repository_id: int) -> str:
        """The name a repository was last known by; "" when it is new to us."""
        known = self.snapshots.get(repository_id)
        return known.repository.full_name if known else self.names.get(repository_id, "")

    def _take(self, name: str, body: bytes | None) -> None:
        kind, _, subject = name.partition(":")
        if kind == "repo":
            self._changed.add(int(subject))
            _put(self.snapshots, int(subject), None if body is None else load(body))
        elif kind == "name":
            _put(self.names, int(subject), None if body is None else body.decode())
        elif kind == "absent":
            _put(self.absences, int(subject), None if body is None else Absence(*json.loads(body)))
        elif kind == "catalog":
            _put(self.publications, subject, None if body is None else Publication(*json.loads(body)))
        elif kind == "account":
            self.account = None if body is None else Account(*json.loads(body))
        elif kind == "people-asked":
            self.people_asked = 0.0 if body is None else float(body)
        elif kind == "people":
            self.has_asked_people = body is not None
            self.people = None if body is None else people.load(body)
        elif kind == "pull":
            _put(self.answers, subject, None if body is None else Answer(*json.loads(body)))
        elif kind == "announce":
            place = announcements.subject(subject)
            _put(self.announcements, place, None if body is None else announcements.load(body))
        elif kind == "onboarding":
            _put(self.standings, int(subject), None if body is None else standings.load(body))
        elif kind == "announced":
            owner, _, repository = subject.partition("/")
            tally = None if body is None else announcements.load_tally(body)
            _put(self.tallies, (int(owner), int(repository)), tally)
        elif kind == "documented":
            self.documented = 0.0 if body is None else float(body)
        elif kind == "swept":
            self.swept = 0.0 if body is None else float(body)


def _put(place: dict[Any, Any], key: object, value: object) -> None:
    if value is None:
        place.pop(key, None)
    else:
        place[key] = value


# What is stored, by the names that `_take` understands. A snapshot's name is its key's, so that the queue drops what
# was read under a lost lease.


def of_snapshots(installation: int, snapshots: Mapping[int, Snapshot | None]) -> Entries:
    return {(installation, f"repo:{i}"): None if one is None else dump(one) for i, one in snapshots.items()}


def of_names(installation: int, names: Mapping[int, str | None]) -> Entries:
    return {(installation, f"name:{i}"): None if name is None else name.encode() for i, name in names.items()}


def of_absences(installation: int, absences: Mapping[int, Absence | None]) -> Entries:
    return {
        (installation, f"absent:{i}"): None if one is None else json.dumps(one).encode() for i, one in absences.items()
    }


def of_answer(installation: int, subject: str, answer: Answer | None) -> Entries:
    return {(installation, f"pull:{subject}"): None if answer is None else json.dumps(answer).encode()}


def of_publication(installation: int, organisation: str, publication: Publication) -> Entries:
    return {(installation, f"catalog:{organisation}"): json.dumps(publication).encode()}


def of_account(installation: int, account: Account) -> Entries:
    return {(installation, "account"): json.dumps(account).encode()}


def of_people(installation: int, found: People | None) -> Entries:
    return {(installation, "people"): people.dump(found)}


def of_asking(installation: int, at: float) -> Entries:
    return {(installation, "people-asked"): str(at).encode()}


def of_sweep(installation: int, at: float) -> Entries:
    return {(installation, "swept"): str(at).encode()}


def of_documented(installation: int, at: float) -> Entries:
    return {(installation, "documented"): str(at).encode()}
