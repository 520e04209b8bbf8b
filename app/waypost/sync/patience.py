"""How one installation's work behaves while the forge refuses or fails: when to ask again, and whose fault it is.

An outage must cost no key its tries, however long it lasts; a repository that alone makes the forge fail must not hide
behind that. So what fails is asked for in ever smaller batches, and a key is blamed only when others got through
since it last failed.
"""

from __future__ import annotations

from collections.abc import Sequence

from waypost.limits import RATE_LIMIT_WAIT_SECONDS, REPOSITORIES_PER_READ
from waypost.queue.protocol import Key, Lease

FIRST_SECONDS = 2.0
LONGEST_SECONDS = RATE_LIMIT_WAIT_SECONDS  # one probe a minute
REMEMBERED = 1_000  # keys that failed alone


class Patience:
    """Of one installation, in memory: a worker that starts anew simply asks once more."""

    def __init__(self) -> None:
        self.batch = REPOSITORIES_PER_READ
        self._until = 0.0  # seconds since the epoch; nothing is asked before
        self._failures = 0  # in a row
        self._successes = 0
        self._failed_at: dict[Key, int] = {}  # key -> how many successes there had been

    def seconds_left(self, now: float) -> float:
        return max(0.0, self._until - now)

    def note_success(self) -> None:
        self._successes += 1
        self._failures = 0
        self.batch = min(2 * self.batch, REPOSITORIES_PER_READ)

    def wait_until(self, until: float, now: float) -> float:
        """Ask nothing before `until`; return the seconds from now."""
        self._until = max(self._until, until, now + 1.0)
        return self._until - now

    def note_unavailable(self, leases: Sequence[Lease], until: float, now: float) -> bool:
        """Grow the wait and halve the batch; True when a single key is to blame."""
        self._failures += 1
        pause = min(FIRST_SECONDS * 2 ** min(self._failures - 1, 10), LONGEST_SECONDS)
        self._until = max(self._until, until, now + pause)
        if len(leases) > 1:
            self.batch = min(self.batch, len(leases)) // 2
            return False
        if len(self._failed_at) > REMEMBERED:
            self._failed_at.clear()
        key = leases[0].key
        before = self._failed_at.setdefault(key, self._successes)
        self._failed_at[key] = self._successes
        return self._successes > before
