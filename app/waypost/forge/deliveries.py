"""The port to what the forge says it sent to the App: listed newest first, read, asked for again. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol


class Attempt(NamedTuple):
    """One try to hand us a delivery. Only what the listing says: no payload, so no number of a pull request."""

    id: int
    guid: str
    event: str
    action: str
    installation: int  # 0: the event is of none
    repository: int  # 0: the event is of none
    status: int  # what we answered; 0: nothing
    at: float  # seconds since the epoch
    is_redelivery: bool = False

    @property
    def has_failed(self) -> bool:
        return not 200 <= self.status < 300


class Page(NamedTuple):
    """Attempts, newest first, and where the older ones are ("": there are none)."""

    attempts: Sequence[Attempt]
    cursor: str = ""


class Deliveries(Protocol):
    """The App's own deliveries, of all its installations. Every method raises ForgeErrors."""

    def page(self, cursor: str = "") -> Page:
        """List up to a hundred."""

    def failures(self, cursor: str = "") -> Page:
        """List up to a hundred that failed; an old Enterprise Server lists the others among them."""

    def payload(self, attempt: int) -> Mapping[str, Any]:
        """Read what was sent; raise NotFound for what GitHub has forgotten."""

    def redeliver(self, attempt: int) -> None:
        """Ask for it again, under the same GUID."""
