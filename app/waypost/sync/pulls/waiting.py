"""The work on `merge:<repository id>#<n>` keys: they wait for a time and mark `pull:`; what is true then decides."""

from __future__ import annotations

from collections.abc import Sequence

from waypost.queue.protocol import Key, Lease, Mark
from waypost.sync.context import Context

LONGEST_SECONDS = 3_600.0  # a pull request may have become due earlier meanwhile


def work(context: Context, leases: Sequence[Lease]) -> None:
    """Mark a pull request when its time has come; forget one that is no longer waiting."""
    (lease,) = leases
    installation, _, subject = lease.key
    answer = context.tenant(installation).answers.get(subject)
    if answer is None or not answer.due:
        context.queue.finish([lease])
    elif (left := answer.due - context.clock()) > 0:
        context.queue.release([lease], min(left, LONGEST_SECONDS))
    else:
        context.queue.finish([lease], marks=[Mark(Key(installation, "pull", subject))])
