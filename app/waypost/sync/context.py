"""What every kind of work shares: the ports, the pace, the tenants in memory and the figures. Decides nothing."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from waypost.catalog.entities import Repository
from waypost.config import Config
from waypost.forge.protocol import Forge, Forges
from waypost.queue.protocol import Key, Lease, Queue
from waypost.sync.drift import Drift
from waypost.sync.patience import Patience
from waypost.sync.publish import Memory
from waypost.sync.tenants import Tenant

log = logging.getLogger("waypost.sync")
LATEST = 1_000  # figures kept of the commits made last
LATEST_COMMITS = 10  # kept with the names of their files


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between things, so that a storm becomes few calls and few commits."""

    lease: float = 60.0  # how long a vanished worker keeps its keys
    gather: float = 0.3  # the catalog waits so long for further readings
    sweep: float = 3_600.0  # between full listings; 0: only when asked for


class Floor(NamedTuple):
    """What is left of a window of a budget for those who cannot wait."""

    reset: float  # when the window ends, seconds since the epoch
    remaining: int


class Commit(NamedTuple):
    """A commit to a catalog repository, or one that is only planned: then `head` is ""."""

    full_name: str
    head: str
    changed: int  # files
    first: tuple[tuple[str, str], ...]  # of them: (add | update | remove, path)


@dataclass(slots=True)
class Figures:
    """What the work cost and brought, since the process began."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: dict[str, int] = field(default_factory=dict)  # text -> how often
    seconds_to_page: list[float] = field(
        default_factory=list
    )  # of the last commits, from the oldest mark to the commit

    drifts: list[Drift] = field(default_factory=list)  # of the last sweeps
    commits: list[Commit] = field(default_factory=list)  # the last ones

    def successes(self) -> int:
        """Count everything but the failures."""
        return sum(self.counts.values()) - self.counts["failed"]

    def note_failure(self, text: str) -> None:
        """Count a failure; of different texts only the first few are kept."""
        self.counts["failed"] += 1
        if text in self.failures or len(self.failures) < LATEST:
            self.failures[text] = self.failures.get(text, 0) + 1


class Context:
    """The ports and what is known; one for all threads of a worker."""

    def __init__(
        self,
        queue: Queue,
        forges: Forges,
        config: Config,
        clock: Callable[[], float] = time.time,
        pace: Pace | None = None,
    ) -> None:
        self.queue = queue
        self.forges = forges
        self.config = config
        self.clock = clock
        self.pace = pace or Pace()
        self.figures = Figures()
        self.refused: dict[Key, str] = {}  # what the forge would not do at the last try, and what it said
        self.used: dict[int, Forge] = {}
        self.floors: dict[tuple[int, str], Floor] = {}  # by installation and resource: what `sharing` keeps
        self._waiting: dict[int, float] = {}  # by installation: the oldest mark that no commit shows yet
        self._memories: dict[Key, Memory] = {}
        self._stores: dict[Key, threading.Lock] = {}
        self.silenced: set[tuple[int, str]] = set()  # (installation, what): refused for a permission, and said so
        self._patience: dict[int, Patience] = {}
        self._tenants: dict[int, Tenant] = {}
        self._lock = threading.Lock()

    def tenant(self, installation: int) -> Tenant:
        """Return what is known of an installation, brought up to date."""
        with self._lock:
            tenant = self._tenants.setdefault(installation, Tenant(self.queue, installation))
        tenant.refresh()
        return tenant

    def forge(self, installation: int) -> Forge:
        """Return an installation's forge; raise NotInstalled when it is gone or suspended."""
        forge = self.forges.forge(installation)
        self.used[installation] = forge
        return forge

    def charged_calls(self) -> int:
        """Count the calls that cost quota, by all forges used so far."""
        calls = [forge.calls() for forge in list(self.used.values())]
        return sum(number for one in calls for (_, price), number in one.items() if price == "charged")

    def patience(self, installation: int) -> Patience:
        with self._lock:
            return self._patience.setdefault(installation, Patience())

    def memory(self, key: Key) -> Memory:
        """What the last publication of a catalog left in memory; only the holder of its `store_lock` may use it."""
        with self._lock:
            return self._memories.setdefault(key, Memory())

    def store_lock(self, key: Key) -> threading.Lock:
        """Who reads or writes a catalog repository through its store holds this: its writer, or a pull request."""
        with self._lock:
            return self._stores.setdefault(key, threading.Lock())

    def note_waiting(self, installation: int, marked: float) -> None:
        """Remember that something marked then waits for a commit."""
        with self._lock:
            self._waiting[installation] = min(marked, self._waiting.get(installation, marked))

    def seconds_waiting(self, installation: int) -> float:
        """Say how long the oldest mark waits that no commit shows yet, as far as this process knows."""
        with self._lock:
            marked = self._waiting.get(installation)
        return 0.0 if marked is None else self.clock() - marked

    def note_published(self, installation: int, commit: Commit) -> float | None:
        """Count a commit; return the seconds since the oldest mark it shows, None when that is not known here."""
        with self._lock:
            self.figures.counts["published"] += 1
            self.figures.commits.append(commit)
            del self.figures.commits[:-LATEST_COMMITS]
            marked = self._waiting.pop(installation, None)
            if marked is None:
                return None
            seconds = self.clock() - marked
            self.figures.seconds_to_page.append(seconds)
            del self.figures.seconds_to_page[:-LATEST]
            return seconds

    def note_drift(self, drifts: Sequence[Drift]) -> None:
        """Remember what sweeps found that no delivery told."""
        with self._lock:
            self.figures.drifts += drifts
            del self.figures.drifts[:-LATEST]

    def is_catalog(self, repository: Repository) -> bool:
        """Say whether a repository is its owner's catalog repository."""
        owner, _, name = self.config.catalog_repository.lower().rpartition("/")
        return repository.name.lower() == name and owner in ("", repository.owner.lower())

    def catalog_name(self, organisation: str) -> str:
        """owner/name of an organisation's catalog repository."""
        owner, _, name = self.config.catalog_repository.rpartition("/")
        return f"{owner or organisation}/{name}"

    def still_ours(self, leases: Sequence[Lease]) -> bool:
        """Renew leases before an effect that others see; False when another worker has taken one."""
        return len(self.queue.renew(leases, self.pace.lease)) == len(leases)


def today(now: float) -> str:
    """Return the date in UTC: the one thing a catalog takes from a clock, to end grace periods."""
    return datetime.fromtimestamp(now, UTC).date().isoformat()
