"""The queue on one SQLite file, shared by the threads and processes of one machine. Not for network file systems.

Every change is one transaction. Threads that store deliveries at the same time share one and its fsync. What
SQLite cannot do now (locked, full, broken) is raised as
QueueUnavailable, and the next call starts from a new connection.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from waypost.queue import inbox, keys
from waypost.queue.cache import changed, store
from waypost.queue.protocol import DeadKey, Delivery, Key, Lease, Mark, QueueUnavailable
from waypost.queue.schema import connect
from waypost.queue.together import Entry, Together

# GitHub waits 10 seconds for an answer: a thread may wait for its turn, and then once for another process's lock.
BUSY_SECONDS = 4.0
MAXIMUM_WAIT_SECONDS = 30.0
HEARTBEAT_SECONDS = 10.0
DELIVERIES_BETWEEN_PRUNES = 200


class SqliteQueue:
    """See waypost.queue.protocol.Queue. Opens its file at the first call, again in a forked process."""

    def __init__(
        self,
        path: str | Path,
        clock: Callable[[], float] = time.time,
        maximum_wait: float = MAXIMUM_WAIT_SECONDS,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        self.path = Path(path).absolute()
        self._clock = clock
        self._maximum_wait = maximum_wait
        self._busy_seconds = busy_seconds
        self._lock = threading.RLock()
        self._together = Together(self._store, patience=busy_seconds + 1)
        self._connection: sqlite3.Connection | None = None
        self._inherited: list[sqlite3.Connection | None] = []
        self._opened = (0, 0, 0)  # process, device and inode
        self._heartbeat = 0.0
        self._since_prune = 0

    def receive(self, delivery: Delivery, marks: Iterable[Mark]) -> None:
        self._together.submit(Entry(delivery, tuple(marks)))

    def _store(self, entries: Sequence[Entry]) -> None:
        self._since_prune += len(entries)
        with self._transaction() as connection:
            now = self._clock()
            for entry in entries:
                inbox.store(connection, entry.delivery, now)
                keys.mark(connection, entry.marks, now, self._maximum_wait)
            if self._since_prune >= DELIVERIES_BETWEEN_PRUNES:
                self._since_prune = 0
                inbox.prune(connection, now)

    def mark(self, marks: Iterable[Mark]) -> None:
        with self._transaction() as connection:
            keys.mark(connection, marks, self._clock(), self._maximum_wait)

    def lease(self, kinds: Sequence[str], limit: int, seconds: float, besides: int | None = None) -> Sequence[Lease]:
        self._beat()
        due = self.next_due(kinds)  # an idle worker asks often, and a reader takes no lock
        if due is None or due > self._clock():
            return []
        with self._transaction() as connection:
            now = self._clock()
            return keys.lease(connection, kinds, limit, now, now + seconds, besides)

    def renew(self, leases: Sequence[Lease], seconds: float) -> Sequence[Lease]:
        self._beat()
        with self._transaction() as connection:
            until = self._clock() + seconds
            return [replace(lease, expires=until) for lease in keys.renew(connection, leases, until)]

    def finish(
        self,
        leases: Sequence[Lease],
        cache: Mapping[tuple[int, str], bytes | None] | None = None,
        marks: Iterable[Mark] = (),
    ) -> Sequence[Lease]:
        with self._transaction() as connection:
            ours = keys.finish(connection, leases)
            if ours:
                store(connection, without_lost(cache or {}, leases, ours))
                keys.mark(connection, marks, self._clock(), self._maximum_wait)
            return ours

    def retry(self, lease: Lease, error: str, delay: float = 0.0) -> None:
        with self._transaction() as connection:
            keys.retry(connection, lease, error, self._clock(), delay)

    def release(self, leases: Sequence[Lease], delay: float = 0.0) -> None:
        with self._transaction() as connection:
            keys.release(connection, leases, self._clock(), delay)

    def cached(self, installation: int, since: int = 0) -> tuple[int, Mapping[str, bytes | None]]:
        with self._reading() as connection:
            return changed(connection, installation, since)

    def dead(self) -> Sequence[DeadKey]:
        with self._reading() as connection:
            return keys.dead(connection)

    def revive(self, key: Key) -> bool:
        with self._transaction() as connection:
            return keys.revive(connection, key, self._clock())

    def delivery(self, id: str) -> Delivery | None:
        with self._reading() as connection:
            return inbox.find(connection, id)

    def next_due(self, kinds: Sequence[str]) -> float | None:
        with self._reading() as connection:
            return keys.next_due(connection, kinds)

    def counts(self) -> Mapping[str, int]:
        with self._reading() as connection:
            return keys.counts(connection, self._clock()) | inbox.counts(connection)

    def heartbeat(self) -> float | None:
        with self._reading() as connection:
            row = connection.execute("SELECT value FROM counters WHERE name = 'heartbeat'").fetchone()
            return float(row[0]) or None

    def check(self) -> None:
        with self._transaction() as connection:
            connection.execute("UPDATE counters SET value = value + 1 WHERE name = 'probe'")

    def prune(self) -> int:
        with self._transaction() as connection:
            now = self._clock()
            return inbox.prune(connection, now) + keys.prune(connection, now)

    def close(self) -> None:
        with self._turn():
            self._drop()

    def _beat(self) -> None:
        now = self._clock()
        if abs(now - self._heartbeat) < HEARTBEAT_SECONDS:
            return
        with self._transaction() as connection:
            connection.execute("UPDATE counters SET value = ? WHERE name = 'heartbeat'", (now,))
        self._heartbeat = now

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=self._busy_seconds + 1):
            raise QueueUnavailable(f"{self.path}: too many threads wait for the database. Try again")
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._turn():
            try:
                yield self._open()
            except sqlite3.DatabaseError as error:
                raise self._unavailable(error) from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as connection:
            # IMMEDIATE: a transaction that reads first and writes later is refused at once when another wrote between
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # a full disk may have rolled it back already
                    connection.execute("ROLLBACK")
                raise

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and self._opened == self._file():
            return self._connection
        self._drop()
        self._connection = connect(self.path, self._busy_seconds)
        self._opened = self._file()
        return self._connection

    def _file(self) -> tuple[int, int, int]:
        """Tell the file by process and inode: SQLite must not cross a fork, nor write into a file that was removed."""
        try:
            status = os.stat(self.path)
        except OSError:
            return os.getpid(), 0, 0
        return os.getpid(), status.st_dev, status.st_ino

    def _drop(self) -> None:
        if self._connection is None:
            return
        if self._opened[0] == os.getpid():
            self._connection.close()
        else:  # closing the parent's connection here could remove its log
            self._inherited.append(self._connection)
        self._connection = None

    def _unavailable(self, error: sqlite3.DatabaseError) -> Exception:
        """Say what to do, and start afresh next time; an error that is our own fault is returned as it is."""
        if isinstance(error, (sqlite3.ProgrammingError, sqlite3.IntegrityError)):
            return error
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            self._drop()
        advice = _ADVICE.get(code, "See that this process may write the file and its folder")
        return QueueUnavailable(f"{self.path}: {error}. {advice}")


_ADVICE = {
    sqlite3.SQLITE_BUSY: "Another process holds it; it will be tried again",
    sqlite3.SQLITE_FULL: "Free some space on its disk; nothing else is needed",
    sqlite3.SQLITE_CORRUPT: "Move it away: a reconcile builds it anew",
    sqlite3.SQLITE_NOTADB: "Move it away: a reconcile builds it anew",
}


def without_lost(
    entries: Mapping[tuple[int, str], bytes | None], leases: Sequence[Lease], ours: Sequence[Lease]
) -> Mapping[tuple[int, str], bytes | None]:
    """Leave out what was read under a lease that another worker has taken: its reading is the newer one."""
    lost = {
        (key.installation, f"{key.kind}:{key.subject}") for key in ({i.key for i in leases} - {i.key for i in ours})
    }
    return {name: body for name, body in entries.items() if name not in lost} if lost else entries
