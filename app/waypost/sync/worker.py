"""The loop that works on dirty keys: takes a few, keeps their leases, and decides what a failure means for them.

Correct with any number of workers: what is exclusive is the lease, what is guarded is the catalog's head, and all that
a worker remembers is a cache.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from typing import NamedTuple

from waypost.config import Config
from waypost.forge.protocol import (
    BranchProtected,
    ForgeError,
    Forges,
    NotAllowed,
    NotFound,
    NotInstalled,
    RateLimited,
    Unavailable,
)
from waypost.limits import REPOSITORIES_PER_READ
from waypost.queue.protocol import Key, Lease, Queue, QueueUnavailable
from waypost.sync import (
    announce,
    deliveries,
    documentation,
    onboarding,
    open_pulls,
    people,
    repositories,
    schedule,
    sweep,
    writer,
)
from waypost.sync.context import Context, Pace
from waypost.sync.patience import Patience
from waypost.sync.pulls import merge_wait, pull_work
from waypost.sync.quota import Reporter

log = logging.getLogger("waypost.sync")

READS_BEFORE_A_COMMIT = 10  # batches in a row while the catalog is due as well: 500 repositories
ASIDE_SECONDS = 1.0
IDLE_SECONDS = 0.25  # another process may mark a key at any time
# Two calls. What is missing is settled by a second listing ten minutes later: within a quarter of an hour with this.
LOOK_AROUND_SECONDS = 240.0


class Lane(NamedTuple):
    """One kind of key: how many are worked on together, and how."""

    kind: str
    limit: int
    work: Callable[[Context, Sequence[Lease]], None]


HIDDEN = Lane("hidden", REPOSITORIES_PER_READ, repositories.work_now)
REPOSITORIES = Lane("repo", REPOSITORIES_PER_READ, repositories.work)
CATALOGS = Lane("catalog", 1, writer.work)
PULLS = Lane("pull", 1, pull_work)
ANNOUNCE = Lane("announce", 1, announce.work)
DOCS = Lane("docs", 10, documentation.work)
OPEN_PULLS = Lane("pulls", 1, open_pulls.work)
HEADS = Lane("head", 1, open_pulls.work)
# What was missed comes before the listing, which would otherwise take it for drift.
DELIVERIES = Lane(deliveries.KEY.kind, 1, deliveries.work)
INSTALLATIONS = Lane("installation", 1, sweep.list_repositories)
PEOPLE = Lane("people", 1, people.work)
MERGES = Lane("merge", 1, merge_wait)
ONBOARDING = Lane("onboard", 1, onboarding.work)
SWEEP = Lane("sweep", REPOSITORIES_PER_READ, sweep.check_heads)
# What is read first is in the next commit; a sweep comes after everything that people wait for.
LANES = (
    *(HIDDEN, REPOSITORIES, CATALOGS, PULLS, HEADS, OPEN_PULLS, ANNOUNCE, DOCS),
    *(DELIVERIES, INSTALLATIONS, PEOPLE, MERGES, ONBOARDING, SWEEP),
)
KINDS = tuple(lane.kind for lane in LANES)


class Worker:
    """Usable from threads of one process (`run`) and step by step (`run_once`)."""

    def __init__(
        self,
        queue: Queue,
        forges: Forges,
        config: Config,
        clock: Callable[[], float] = time.time,
        pace: Pace | None = None,
        aside: Sequence[Lane] = (),
    ) -> None:
        """`aside` are further lanes, whose work takes minutes: they have a thread of their own."""
        self.context = Context(queue, forges, config, clock, pace)
        self.aside = aside
        self._reads = 0  # batches since the catalogs had their turn
        self._filled: dict[str, int | None] = {}  # kind -> the installation that a whole batch was of
        self._held: dict[Key, Lease] = {}
        self._lock = threading.Lock()

    def run_once(self, lanes: Sequence[Lane] = LANES) -> bool:
        """Work on one batch of due keys; False when none was due."""
        for lane in self._by_turn(lanes):
            leases = self._lease(lane)
            if leases:
                read = self.context.figures.counts["read"]
                for group in _by_installation(leases):
                    self._attempt(lane, group)
                self._count_turn(lane, len(leases), self.context.figures.counts["read"] > read)
                return True
        return False

    def run(self, stop: threading.Event, concurrency: int = 1) -> None:
        """Work until `stop` is set, then end the work in hand and return."""
        loops = [(stop, LANES)] * concurrency + ([(stop, self.aside)] if self.aside else [])
        threads = [threading.Thread(target=self._loop, args=loop, daemon=True) for loop in loops]
        for thread in threads:
            thread.start()
        looked, reporter = None, Reporter(self.context)
        while not stop.is_set():
            if looked is None or time.monotonic() - looked > LOOK_AROUND_SECONDS:
                looked = time.monotonic()
                self._guarded(self.look_around)
            stop.wait(self.context.pace.lease / 4)
            self._guarded(self._renew)
            self._guarded(reporter.report)
        while any(thread.is_alive() for thread in threads):
            threads[0].join(self.context.pace.lease / 4)
            threads = [thread for thread in threads if thread.is_alive()]
            self._guarded(self._renew)

    def look_around(self) -> None:
        """Mark what is due without a delivery, and let the queue forget old rows."""
        self.context.queue.mark(schedule.due(self.context))
        self.context.queue.prune()

    def _loop(self, stop: threading.Event, lanes: Sequence[Lane]) -> None:
        while not stop.is_set():
            did_something = self._guarded(partial(self.run_once, lanes))
            if not did_something:
                stop.wait(IDLE_SECONDS)

    def _guarded(self, step: Callable[[], object]) -> object:
        """Run a step of the loop; what goes wrong around the work is said, and the loop goes on."""
        try:
            return step()
        except (QueueUnavailable, ForgeError) as error:
            log.warning("%s", error)
        except Exception:
            log.exception("the worker goes on after an error of its own")
        return None

    def _lease(self, lane: Lane) -> Sequence[Lease]:
        """Take a batch. Who filled the last one alone lets the others go first: a storm keeps nobody else waiting."""
        queue, seconds = self.context.queue, self.context.pace.lease
        before = self._filled.get(lane.kind)
        leases = queue.lease([lane.kind], lane.limit, seconds, before) if before is not None else ()
        leases = leases or queue.lease([lane.kind], lane.limit, seconds)
        owners = {lease.key.installation for lease in leases}
        self._filled[lane.kind] = owners.pop() if len(leases) == lane.limit and len(owners) == 1 else None
        return leases

    def _count_turn(self, lane: Lane, leased: int, has_read: bool) -> None:
        """Count the batches that were read while a catalog waited; what was only put off takes nobody's turn."""
        if lane in self.aside:
            return
        if lane is not REPOSITORIES:
            self._reads = 0
        elif has_read and _is_past(self.context.queue.next_due([CATALOGS.kind]), self.context.clock()):
            # all that was due is read: a trickle of further pushes must not keep the pages waiting
            self._reads = self._reads + 1 if leased == lane.limit else READS_BEFORE_A_COMMIT

    def _by_turn(self, lanes: Sequence[Lane]) -> Sequence[Lane]:
        if self._reads < READS_BEFORE_A_COMMIT or CATALOGS not in lanes:
            return lanes
        return [CATALOGS, *(lane for lane in lanes if lane is not CATALOGS)]

    def _attempt(self, lane: Lane, leases: Sequence[Lease]) -> None:
        """Work on leases of one installation, and give them back in the way the failure calls for."""
        context, queue = self.context, self.context.queue
        installation = leases[0].key.installation
        patience = context.patience(installation)
        if wait := patience.seconds_left(context.clock()):
            queue.release(leases, wait)
            return
        leases, later = leases[: patience.batch], leases[patience.batch :]
        queue.release(later)
        with self._held_while(leases):
            try:
                lane.work(context, leases)
                patience.note_success()
                for lease in leases:
                    context.refused.pop(lease.key, None)
            except QueueUnavailable:
                raise  # the leases run out by themselves
            except RateLimited as error:
                now = context.clock()
                wait = max(error.until - now, 1.0) if error.is_creating_only else patience.wait_until(error.until, now)
                queue.release(leases, wait)
                self._say(leases, error)
            except Unavailable as error:
                self._unavailable(patience, leases, error)
            except NotInstalled as error:
                self._not_installed(leases, error)
            except Exception as error:
                self._failed(lane, leases, error)

    def _failed(self, lane: Lane, leases: Sequence[Lease], error: Exception) -> None:
        """Count a try of each key; after an error of our own look first which of them it is about."""
        context, is_expected = self.context, isinstance(error, ForgeError)
        if len(leases) > 1 and not is_expected:
            middle = len(leases) // 2
            for half in (leases[:middle], leases[middle:]):
                self._attempt(lane, half)
            return
        text = str(error) if is_expected else f"{type(error).__name__}: {error}"
        if isinstance(error, writer.CatalogMissing):
            # whoever makes it is waiting for its first page: its creation marks the key, and must not find it put off
            context.queue.finish(leases)
        else:
            for lease in leases:
                context.queue.retry(lease, text)
        if isinstance(error, (BranchProtected, NotAllowed, NotFound, writer.CatalogMissing)):
            context.refused.update((lease.key, text) for lease in leases)
        self._say(leases, error, with_trace=not is_expected)

    def _unavailable(self, patience: Patience, leases: Sequence[Lease], error: Unavailable) -> None:
        context = self.context
        is_their_fault = patience.note_unavailable(leases, error.until, context.clock())
        wait = patience.seconds_left(context.clock())
        if is_their_fault:
            context.queue.retry(leases[0], str(error), wait)
        else:
            # one that failed alone comes after those that waited with it: they tell whose fault it is
            context.queue.release(leases, wait + (ASIDE_SECONDS if len(leases) == 1 else 0.0))
        self._say(leases, error)

    def _not_installed(self, leases: Sequence[Lease], error: NotInstalled) -> None:
        """Let go of keys of an App that was removed or suspended: when it is back, a listing marks what matters."""
        number = leases[0].key.installation
        try:
            is_active = any(one.id == number and not one.is_suspended for one in self.context.forges.installations())
        except ForgeError:
            is_active = True  # not known: keep trying
        if is_active:
            for lease in leases:
                self.context.queue.retry(lease, str(error))
        else:
            self.context.queue.finish(leases)
        self._say(leases, error)

    def _say(self, leases: Sequence[Lease], error: Exception, with_trace: bool = False) -> None:
        self.context.figures.note_failure(str(error))
        keys = [str(lease.key) for lease in leases[:5]]
        log.warning("%s", error, exc_info=error if with_trace else None, extra={"keys": keys})

    @contextmanager
    def _held_while(self, leases: Sequence[Lease]) -> Iterator[None]:
        with self._lock:
            self._held.update((lease.key, lease) for lease in leases)
        try:
            yield
        finally:
            with self._lock:
                for lease in leases:
                    self._held.pop(lease.key, None)

    def _renew(self) -> None:
        with self._lock:
            held = list(self._held.values())
        if held:
            self.context.queue.renew(held, self.context.pace.lease)


def _is_past(due: float | None, now: float) -> bool:
    return due is not None and due <= now


def _by_installation(leases: Sequence[Lease]) -> list[list[Lease]]:
    ordered = sorted(leases, key=lambda lease: lease.key.installation)
    return [list(group) for _, group in groupby(ordered, key=lambda lease: lease.key.installation)]
