"""Group commit: what threads hand in while one batch is being stored is the next batch. Knows no database.

The first to come stores for all who wait, then names one of those who came meanwhile to be next. Under load it first
waits a moment for more: a commit costs as much for ten deliveries as for one. Alone, a thread stores at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from waypost.queue.protocol import Delivery, Mark, QueueUnavailable

COMPANY_SECONDS = 0.005


class Entry:
    """A delivery on its way into the database, and the thread that waits for it."""

    __slots__ = ("delivery", "error", "is_done", "marks", "turn")

    def __init__(self, delivery: Delivery, marks: Sequence[Mark]) -> None:
        self.delivery = delivery
        self.marks = marks
        self.is_done = False
        self.error: Exception | None = None
        self.turn = threading.Lock()  # held until it is done, or until its thread is to store the next batch
        self.turn.acquire()


class Together:
    """Calls `store` with batches, one at a time; after a value that no database can hold, with each entry alone."""

    def __init__(self, store: Callable[[Sequence[Entry]], None], patience: float) -> None:
        self._store = store
        self._patience = patience
        self._gate = threading.Lock()
        self._waiting: list[Entry] = []
        self._is_led = False
        self._last_batch = 0

    def submit(self, entry: Entry) -> None:
        """Return when the entry is stored; raise what went wrong, or QueueUnavailable when that takes too long."""
        with self._gate:
            self._waiting.append(entry)
            leads = not self._is_led
            self._is_led = True
        if leads or self._waits_until_it_leads(entry):
            self._lead()
        if entry.error is not None:
            raise entry.error

    def _waits_until_it_leads(self, entry: Entry) -> bool:
        if not entry.turn.acquire(timeout=self._patience):
            with self._gate:
                if not entry.turn.acquire(blocking=False):  # no, it did not come at the last moment
                    if entry in self._waiting:
                        self._waiting.remove(entry)
                    raise QueueUnavailable("too many deliveries wait for the database. Try again")
        return not entry.is_done

    def _lead(self) -> None:
        if self._last_batch > 1 or len(self._waiting) > 1:
            time.sleep(COMPANY_SECONDS)
        with self._gate:
            batch, self._waiting = self._waiting, []
        self._last_batch = len(batch)
        try:
            self._store_batch(batch)
        finally:
            for entry in batch:
                entry.is_done = True
                if entry.turn.locked():
                    entry.turn.release()
            with self._gate:
                if self._waiting:
                    self._waiting[0].turn.release()
                else:
                    self._is_led = False

    def _store_batch(self, batch: Sequence[Entry]) -> None:
        try:
            self._store(batch)
        except (ValueError, OverflowError):  # a value that the database cannot hold: whose?
            for entry in batch:
                self._store_alone(entry)
        except Exception as error:  # raised again in the thread of each
            for entry in batch:
                entry.error = error

    def _store_alone(self, entry: Entry) -> None:
        try:
            self._store([entry])
        except Exception as error:
            entry.error = error
