"""How long a key waits after a failure: longer each time, spread so that many do not return together. Pure."""

from __future__ import annotations

from zlib import crc32

from waypost.queue.protocol import Lease

FIRST_SECONDS = 2.0
LONGEST_SECONDS = 900.0


def backoff(lease: Lease) -> float:
    """Seconds to wait after this try: 2, 4, 8, ... at most 900, plus up to a quarter that depends on the key."""
    wait = min(FIRST_SECONDS * (1 << min(lease.attempts, 20)), LONGEST_SECONDS)
    spread = crc32(f"{lease.key}#{lease.attempts}".encode(errors="replace")) / 2**32
    return wait * (1 + spread / 4)
