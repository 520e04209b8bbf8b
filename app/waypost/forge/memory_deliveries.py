"""The App's deliveries in memory: tests say what was sent and how it was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from waypost.forge.deliveries import Attempt, Page
from waypost.forge.protocol import NotFound

PAGE = 100


class MemoryDeliveries:
    """Implements `deliveries.Deliveries`. Its cursors are numbers of attempts, like GitHub's opaque ones."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.redelivered: list[int] = []
        self.pages_read = 0
        self.read: list[int] = []  # whose payload was asked for
        self._clock = clock
        self._attempts: list[Attempt] = []
        self._payloads: dict[int, Mapping[str, Any]] = {}

    def send(self, event: str, payload: Mapping[str, Any], status: int, guid: str = "", again: bool = False) -> Attempt:
        """Note that a delivery was answered so."""
        number = len(self._attempts) + 1
        attempt = Attempt(
            id=number,
            guid=guid or f"sent-{number}",
            event=event,
            action=payload.get("action") or "",
            installation=(payload.get("installation") or {}).get("id", 0),
            repository=(payload.get("repository") or {}).get("id", 0),
            status=status,
            at=self._clock(),
            is_redelivery=again,
        )
        self._attempts.append(attempt)
        self._payloads[number] = payload
        return attempt

    def page(self, cursor: str = "") -> Page:
        return self._list(self._attempts, cursor)

    def failures(self, cursor: str = "") -> Page:
        return self._list([one for one in self._attempts if one.has_failed], cursor)

    def forget(self, attempt: int) -> None:
        """Keep it in the listing only."""
        del self._payloads[attempt]

    def payload(self, attempt: int) -> Mapping[str, Any]:
        self.read.append(attempt)
        if attempt not in self._payloads:
            raise NotFound(f"there is no delivery {attempt}")
        return self._payloads[attempt]

    def redeliver(self, attempt: int) -> None:
        if attempt not in self._payloads:
            raise NotFound(f"there is no delivery {attempt}")
        self.redelivered.append(attempt)

    def _list(self, attempts: Sequence[Attempt], cursor: str) -> Page:
        self.pages_read += 1
        older = [one for one in reversed(attempts) if not cursor or one.id < int(cursor)]
        return Page(older[:PAGE], str(older[PAGE - 1].id) if len(older) > PAGE else "")
