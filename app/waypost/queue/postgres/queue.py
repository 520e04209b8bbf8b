"""The queue on one PostgreSQL database, shared by the threads, processes and machines of an installation.

A dirty key is a job of procrastinate (see jobs.py); the inbox, what else is known of keys, and the cache are tables of
ours beside its own, and every change is one transaction. Time is the database's: the clocks of several machines differ.
What PostgreSQL cannot do now is raised as QueueUnavailable; after a restart the next call makes a new connection.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import psycopg
from psycopg import Connection

from waypost.queue.postgres import cache as snapshots
from waypost.queue.postgres import inbox, keys
from waypost.queue.postgres.connections import WAIT_SECONDS, Connections, one_row
from waypost.queue.postgres.errors import GONE, is_collision, is_lost, meaning
from waypost.queue.postgres.marks import gathered, make, mark
from waypost.queue.postgres.schema import migrate
from waypost.queue.protocol import DeadKey, Delivery, Key, Lease, Mark, QueueUnavailable
from waypost.queue.sqlite import HEARTBEAT_SECONDS, MAXIMUM_WAIT_SECONDS, without_lost
from waypost.queue.together import Entry, Together

log = logging.getLogger("waypost.queue")

CONNECTIONS = 8  # of one process; most threads of a web process wait for one that stores for all of them
DELIVERIES_BETWEEN_PRUNES = 2_000
TRIES = 5

_HEARTBEAT = "SELECT value FROM waypost_counters WHERE name = 'heartbeat'"
T = TypeVar("T")
Step = Callable[[Connection, float], T]


class PostgresQueue:
    """See waypost.queue.protocol.Queue. Connects at the first call, again in a forked process."""

    def __init__(
        self,
        address: str,
        clock: Callable[[], float] | None = None,  # None: the database's
        maximum_wait: float = MAXIMUM_WAIT_SECONDS,
        connections: int = CONNECTIONS,
    ) -> None:
        self._connections = Connections(address, connections)
        self._clock = clock
        self._maximum_wait = maximum_wait
        self._together = Together(self._store, patience=2 * WAIT_SECONDS)
        self._is_migrated = False
        self._beaten = 0.0
        self._since_prune = 0

    def receive(self, delivery: Delivery, marks: Iterable[Mark]) -> None:
        self._together.submit(Entry(delivery, tuple(marks)))

    def _store(self, entries: Sequence[Entry]) -> None:
        deliveries = [entry.delivery for entry in entries]
        marks = gathered(mark for entry in entries for mark in entry.marks)

        def step(connection: Connection, now: float) -> None:
            inbox.store(connection, deliveries, now)
            mark(connection, marks, now, self._maximum_wait)

        self._write(step)
        self._prune_sometimes(len(entries))

    def _prune_sometimes(self, stored: int) -> None:
        self._since_prune += stored
        if self._since_prune < DELIVERIES_BETWEEN_PRUNES:
            return
        self._since_prune = 0
        try:
            self._write(inbox.prune)
        except QueueUnavailable as error:  # what was to be stored is stored
            log.warning("old deliveries are kept for now: %s", error)

    def mark(self, marks: Iterable[Mark]) -> None:
        found = gathered(marks)
        self._write(lambda connection, now: mark(connection, found, now, self._maximum_wait))

    def lease(self, kinds: Sequence[str], limit: int, seconds: float, besides: int | None = None) -> Sequence[Lease]:
        self._beat()
        # an idle worker asks often, and a reader takes no lock
        if not self._read(lambda connection, now: (keys.next_due(connection, kinds) or now + 1) <= now):
            return []
        return self._write(lambda connection, now: keys.lease(connection, kinds, limit, now, now + seconds, besides))

    def renew(self, leases: Sequence[Lease], seconds: float) -> Sequence[Lease]:
        self._beat()

        def step(connection: Connection, now: float) -> list[Lease]:
            return [replace(lease, expires=now + seconds) for lease in keys.renew(connection, leases, now + seconds)]

        return self._write(step)

    def finish(
        self,
        leases: Sequence[Lease],
        cache: Mapping[tuple[int, str], bytes | None] | None = None,
        marks: Iterable[Mark] = (),
    ) -> Sequence[Lease]:
        further = gathered(marks)

        def step(connection: Connection, now: float) -> list[Lease]:
            ours = keys.finish(connection, leases, (mark.key for mark in further))
            if ours:
                snapshots.store(connection, without_lost(cache or {}, leases, ours))
                mark(connection, further, now, self._maximum_wait)
            return ours

        if further:
            self._write(lambda connection, now: make(connection, further, now))
        return self._write(step)

    def retry(self, lease: Lease, error: str, delay: float = 0.0) -> None:
        self._write(lambda connection, now: keys.retry(connection, lease, error, now, delay))

    def release(self, leases: Sequence[Lease], delay: float = 0.0) -> None:
        self._write(lambda connection, now: keys.release(connection, leases, now, delay))

    def cached(self, installation: int, since: int = 0) -> tuple[int, Mapping[str, bytes | None]]:
        return self._read(lambda connection, _: snapshots.changed(connection, installation, since))

    def dead(self) -> Sequence[DeadKey]:
        return self._read(lambda connection, _: keys.dead(connection))

    def revive(self, key: Key) -> bool:
        return self._write(lambda connection, now: keys.revive(connection, key, now))

    def delivery(self, id: str) -> Delivery | None:
        return self._read(lambda connection, _: inbox.find(connection, id))

    def next_due(self, kinds: Sequence[str]) -> float | None:
        return self._read(lambda connection, _: keys.next_due(connection, kinds))

    def counts(self) -> Mapping[str, int]:
        return self._read(lambda connection, now: keys.counts(connection, now) | inbox.counts(connection))

    def heartbeat(self) -> float | None:
        return self._read(lambda connection, _: float(one_row(connection, _HEARTBEAT)[0]) or None)

    def check(self) -> None:
        self._write(
            lambda connection, _: connection.execute(
                "UPDATE waypost_counters SET value = value + 1 WHERE name = 'probe'"
            )
        )

    def prune(self) -> int:
        return self._write(lambda connection, now: inbox.prune(connection, now) + keys.prune(connection, now))

    def close(self) -> None:
        self._connections.close()

    def _beat(self) -> None:
        since = time.monotonic() if self._clock is None else self._clock()
        if self._beaten and abs(since - self._beaten) < HEARTBEAT_SECONDS:
            return
        self._write(
            lambda connection, now: connection.execute(
                "UPDATE waypost_counters SET value = greatest(value, %s) WHERE name = 'heartbeat'", (now,)
            )
        )
        self._beaten = since

    def _write(self, step: Step[T]) -> T:
        """Run a step as one transaction."""

        def whole(connection: Connection) -> T:
            connection.execute("BEGIN")
            try:
                answer = step(connection, self._now(connection))
            except BaseException:
                if not connection.closed:
                    connection.rollback()
                raise
            self._commit(connection)
            return answer

        return self._run(whole)

    def _commit(self, connection: Connection) -> None:
        try:
            connection.execute("COMMIT")
        except psycopg.Error as error:  # perhaps it was done: only the caller knows whether twice is harmless
            raise meaning(error, self._connections.place) from error

    def _read(self, step: Step[T]) -> T:
        return self._run(lambda connection: step(connection, self._now(connection)))

    def _run(self, work: Callable[[Connection], T]) -> T:
        """Run work that commits last; again, when it only met another transaction, or a connection was stale."""
        is_stale = False
        for attempt in range(1, TRIES + 1):
            try:
                with self._connections.one(fresh=is_stale) as connection:
                    if not self._is_migrated:
                        migrate(connection, self._connections.place)
                        self._is_migrated = True
                    return work(connection)
            except psycopg.Error as error:
                is_stale = is_lost(error)
                if error.sqlstate in GONE:
                    self._is_migrated = False
                if attempt == TRIES or not (is_stale or is_collision(error)):
                    raise meaning(error, self._connections.place) from error
        raise AssertionError("the last try returns or raises")

    def _now(self, connection: Connection) -> float:
        if self._clock is not None:
            return self._clock()
        return float(one_row(connection, "SELECT extract(epoch FROM now())::float8")[0])
