"""The port to the queue: deliveries go in, dirty keys come out, each worked on by one worker at a time.

A key names what deserves another look, never what changed. Marking a key that is dirty already costs nothing;
marking one that is being worked on makes it dirty again when that work ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

# A key that fails this often in a row is set aside.
TRIES = 8


class QueueUnavailable(Exception):
    """The database cannot do it now: locked, full, broken. Nothing was changed; the text says what to do."""


class Key(NamedTuple):
    """What to look at: `repo:<id>`, `catalog:<org>`, ... of one installation. Tenants never share a key."""

    installation: int
    kind: str  # repo | catalog | installation | ...
    subject: str

    def __str__(self) -> str:
        return f"{self.installation}/{self.kind}:{self.subject}"


@dataclass(frozen=True, slots=True)
class Mark:
    """A key to make dirty. `hint` narrows nothing: it only lets the worker prove that nothing of ours changed."""

    key: Key
    hint: tuple[str, ...] | None = None  # all paths a push touched; None: unknown, look at everything
    delay: float = 0.0  # seconds to wait for more marks (debounce), capped by the queue's maximum wait


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook delivery as it arrived."""

    id: str  # GitHub's GUID; a redelivery carries the same
    event: str
    action: str
    installation: int
    body: bytes
    received: float = 0.0  # seconds since the epoch; set by the queue


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a key until `expires`, fenced by `token`: a later lease has a larger one."""

    key: Key
    generation: int
    token: int
    attempts: int  # earlier tries that failed
    marked: float  # when the oldest unworked mark was made, seconds since the epoch
    expires: float
    hints: tuple[tuple[str, ...] | None, ...] = ()  # of all marks since the last finished work: one element, the union


@dataclass(frozen=True, slots=True)
class DeadKey:
    """A key set aside after too many failures; the next mark or `revive` brings it back."""

    key: Key
    attempts: int
    error: str
    since: float


class Queue(Protocol):
    """Inbox, dirty keys and the snapshot cache in one database, so that they change in one transaction.

    Every method may raise QueueUnavailable. ValueError or OverflowError: a value that no database can hold (a lone
    surrogate, an integer beyond 64 bits). Safe for threads; a forked process opens its own connection.
    """

    def receive(self, delivery: Delivery, marks: Iterable[Mark]) -> None:
        """Store a delivery and mark its keys, durably, in one transaction. A known id marks its keys again."""

    def mark(self, marks: Iterable[Mark]) -> None:
        """Make keys dirty.

        A clean or dead key falls due `delay` from now; each further mark within that time makes it wait anew,

        at most the queue's maximum wait. A key that waits after `retry` or `release` is not brought up earlier.
        """

    def lease(self, kinds: Sequence[str], limit: int, seconds: float, besides: int | None = None) -> Sequence[Lease]:
        """Take up to `limit` due keys of these kinds, longest due first; no key is leased twice at a time.

        `besides`: of every installation but this one, which had its turn.

        Asking is also the worker's heartbeat. When a worker vanishes (its leases run out unheard), its keys come back
        in ever smaller batches, so that one that kills its worker ends up alone, and after 16 times is set aside.
        """

    def renew(self, leases: Sequence[Lease], seconds: float) -> Sequence[Lease]:
        """Extend leases; those lost to another worker are missing from the answer.

        A lease that ran out but that nobody has taken yet is still ours, here and in `finish`.
        """

    def finish(
        self,
        leases: Sequence[Lease],
        cache: Mapping[tuple[int, str], bytes | None] | None = None,
        marks: Iterable[Mark] = (),
    ) -> Sequence[Lease]:
        """End work on leases, store cache entries and mark further keys, all in one transaction.

        The answer holds the leases that were still ours; entries and marks are dropped when none was. A key marked
        since its lease began stays dirty. An entry named `<kind>:<subject>` after a key whose lease was lost is left
        out, even when other leases were ours.
        """

    def retry(self, lease: Lease, error: str, delay: float = 0.0) -> None:
        """Give a key back after a failure; at the eighth in a row it is set aside as dead.

        It waits `delay`, or the exponential backoff (2, 4, 8, ... at most 900 seconds) where that is longer.
        """

    def release(self, leases: Sequence[Lease], delay: float = 0.0) -> None:
        """Give keys back untried (shutdown, waiting for quota): no attempt is counted, nothing is lost."""

    def cached(self, installation: int, since: int = 0) -> tuple[int, Mapping[str, bytes | None]]:
        """Load cache entries of an installation changed after version `since`, and the version they bring us to.

        None: removed since. From version 0 removed entries are left out.
        """

    def dead(self) -> Sequence[DeadKey]: ...

    def revive(self, key: Key) -> bool:
        """Make a dead key due at once; False when it is not dead."""

    def delivery(self, id: str) -> Delivery | None: ...

    def next_due(self, kinds: Sequence[str]) -> float | None:
        """Say when the next key of these kinds falls due, seconds since the epoch; None when all is clean.

        A key under lease counts with the end of its lease.
        """

    def counts(self) -> Mapping[str, int]:
        """Count for /metrics: dirty, leased, dead, overdue_seconds, deliveries (kept), deliveries_ever."""

    def heartbeat(self) -> float | None:
        """Say when a worker last asked for work, to within 10 seconds; None: never."""

    def check(self) -> None:
        """Write something; raise QueueUnavailable when a delivery could not be stored now."""

    def prune(self) -> int:
        """Forget some of the oldest: deliveries beyond 3 days or the bounds of size, keys clean for a month."""

    def close(self) -> None: ...
