"""What we know already and may ask for again for nothing: answers by address, with the ETag that proves them fresh.

A 304 does not count against the primary limit:
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any, NamedTuple

ENTRIES = 2_000  # 200,000 repositories in pages of 100


class Known(NamedTuple):
    """An answer worth keeping: already in our own small shape, not the forge's large one."""

    etag: str
    value: Any
    next: str = ""  # the address of the next page


class Memory:
    """The least recently used entries go first. Safe between threads."""

    def __init__(self, entries: int = ENTRIES) -> None:
        self._entries = entries
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, address: str) -> Known | None:
        with self._lock:
            if address in self._known:
                self._known.move_to_end(address)
            return self._known.get(address)

    def put(self, address: str, known: Known) -> None:
        """Keep an answer; one without an ETag is useless here and forgotten."""
        with self._lock:
            self._known.pop(address, None)
            if known.etag:
                self._known[address] = known
            while len(self._known) > self._entries:
                self._known.popitem(last=False)
