"""The sandbox's time: the machine's, moved by what control routes asked for. Tokens and budgets expire by it."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from waypost.sandbox.store import Store


class Clock:
    """Seconds since the epoch, moved by an offset that survives a restart."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._offset = float((store.get("setting", "clock") or {"value": 0.0})["value"])

    def now(self) -> float:
        """Return the sandbox's time in seconds since the epoch."""
        return time.time() + self._offset

    def move(self, seconds: float) -> None:
        """Move the time forward (or back)."""
        self._offset += seconds
        self._store.put("setting", "clock", value=self._offset)

    def stamp(self) -> str:
        """Return the time as GitHub writes it."""
        return stamp(self.now())


def stamp(seconds: float) -> str:
    """Write a time as GitHub does: 2026-01-31T12:00:00Z."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_of(stamped: str) -> float:
    """Read a time as GitHub writes it."""
    return datetime.fromisoformat(stamped).timestamp()
