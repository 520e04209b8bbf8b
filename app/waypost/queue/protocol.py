"""The port to the queue: deliveries go in, dirty keys come out, each worked on by one worker at a time.

A key names what deserves another look, never what changed. Marking a key that is dirty already costs nothing;
marking one that is being worked on makes it dirty again when that work ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


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
    hints: tuple[tuple[str, ...] | None, ...] = ()  # of all marks since the last finished work


@dataclass(frozen=True, slots=True)
class DeadKey:
    """A key set aside after too many failures; the next mark or `revive` brings it back."""

    key: Key
    attempts: int
    error: str
    since: float


class Queue(Protocol):
    """Inbox, dirty keys and the snapshot cache in one database, so that they change in one transaction."""

    def receive(self, delivery: Delivery, marks: Iterable[Mark]) -> None:
        """Store a delivery and mark its keys, durably, in one transaction. A known id marks its keys again."""

    def mark(self, marks: Iterable[Mark]) -> None: ...

    def lease(self, kinds: Sequence[str], limit: int, seconds: float) -> Sequence[Lease]:
        """Take up to `limit` due keys of these kinds, oldest mark first; no key is leased twice at a time."""

    def renew(self, leases: Sequence[Lease], seconds: float) -> Sequence[Lease]:
        """Extend leases; those lost to another worker are missing from the answer."""

    def finish(
        self,
        leases: Sequence[Lease],
        cache: Mapping[tuple[int, str], bytes | None] | None = None,
        marks: Iterable[Mark] = (),
    ) -> Sequence[Lease]:
        """End work on leases, store cache entries and mark further keys, all in one transaction.

        The answer holds the leases that were still ours; entries and marks are dropped when none was. A key marked
        since its lease began stays dirty.
        """

    def retry(self, lease: Lease, error: str, delay: float) -> None:
        """Give a key back after a failure; at the eighth it is set aside as dead."""

    def release(self, leases: Sequence[Lease], delay: float = 0.0) -> None:
        """Give keys back untried (shutdown, waiting for quota): no attempt is counted, nothing is lost."""

    def cached(self, installation: int, since: int = 0) -> tuple[int, Mapping[str, bytes | None]]:
        """Cache entries of an installation changed after version `since`, and the version they bring us to."""

    def dead(self) -> Sequence[DeadKey]: ...

    def revive(self, key: Key) -> bool: ...

    def delivery(self, id: str) -> Delivery | None: ...

    def next_due(self, kinds: Sequence[str]) -> float | None:
        """When the next key of these kinds falls due, seconds since the epoch; None when all is clean."""

    def counts(self) -> Mapping[str, int]:
        """Figures for /metrics: dirty, leased, dead, deliveries."""
