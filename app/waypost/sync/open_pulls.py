"""The work on `pulls:<repository>` and `head:<repository>@<commit>` keys: which open pull requests to look at again.

For what names no number: a check of a fork's commit, a listing after too many missed deliveries, the hourly sweep.
"""

from __future__ import annotations

from collections.abc import Sequence

from waypost.forge.desk import Pull
from waypost.forge.protocol import NotAllowed, NotFound
from waypost.queue.protocol import Key, Lease, Mark
from waypost.sync.context import Context, log


def work(context: Context, leases: Sequence[Lease]) -> None:
    """Mark a repository's open pull requests, all or those at a commit; a repository we do not know has none."""
    (lease,) = leases
    installation = lease.key.installation
    number, _, head = lease.key.subject.partition("@")
    tenant = context.tenant(installation)
    known = tenant.snapshots.get(int(number))
    marks: list[Mark] = []
    if known is not None and known.state == "present" and not known.repository.is_archived:
        pulls = _open(context, installation, known.repository.full_name)
        wanted = [one for one in pulls if not head or one.head == head]
        hint = next(filter(None, lease.hints), None)
        if not head:  # what was answered and is open no more: its closing was never delivered
            there = {f"{number}#{one.number}" for one in pulls}
            gone = (one for one in tenant.answers if one.startswith(f"{number}#") and one not in there)
            marks = [Mark(Key(installation, "pull", one)) for one in sorted(gone)]
        marks += [Mark(Key(installation, "pull", f"{number}#{one.number}"), hint) for one in wanted]
    context.queue.finish([lease], marks=marks)


def _open(context: Context, installation: int, full_name: str) -> Sequence[Pull]:
    forge = context.forge(installation)
    try:
        return forge.desk(full_name).pulls()
    except (NotAllowed, NotFound) as error:  # without the permission there is nothing to say there either
        log.info("%s", error, extra={"installation": installation})
        return ()
