"""When the readings of an installation begin: so late that pushes gather in their keys, so early that they are done
when the next commit may be made. Knows neither queue nor forge.

A full batch takes as long as the last ones took, so a storm begins to be read seconds earlier than a single push.
"""

from __future__ import annotations

from collections.abc import Collection

from waypost.limits import REPOSITORIES_PER_READ
from waypost.queue.protocol import Key

FIRST_GUESS_SECONDS = 0.5
SHORTEST_SECONDS = 0.05  # a clock that does not move by less must not make us ask for ever
WEIGHT = 0.3  # of the newest reading, in what one is taken to last


class Gathering:
    """One installation's keys that were put off, in memory: a worker that starts anew only begins a little later."""

    def __init__(self) -> None:
        self._seconds = FIRST_GUESS_SECONDS
        self._keys: set[Key] = set()
        self._since = 0.0  # the commit after which they were put off

    def seconds_to_hold(self, keys: Collection[Key], last: float, allowed: float, now: float) -> float:
        """Say how long these keys can wait, after a commit made at `last`, for one allowed at `allowed`."""
        if last != self._since:  # another worker may have read what we put off
            self._keys, self._since = set(), last
        self._keys.update(keys)
        left = allowed - now
        batches = -(-len(self._keys) // REPOSITORIES_PER_READ)
        needed = (batches + 1) * self._seconds
        # The first decision is to wait for half of the time; then it is known how much there is to read.
        waits = (left - max(needed, (allowed - last) / 2), left - needed)
        wait = next((one for one in waits if one > SHORTEST_SECONDS), 0.0)
        if not wait:
            self._keys.difference_update(keys)
        return wait

    def note_reading(self, repositories: int, seconds: float) -> None:
        """Learn what a reading lasts; a small one says little about a full batch."""
        if repositories * 2 > REPOSITORIES_PER_READ:
            self._seconds += WEIGHT * (seconds - self._seconds)
