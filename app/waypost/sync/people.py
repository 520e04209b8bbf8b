"""The work on `people:<installation>` keys: read teams and members as they are now, and mark the catalog they change.

All of them at once: it is a few calls, and what an event said of one of them may be late or lost.
"""

from __future__ import annotations

from collections.abc import Sequence

from waypost.catalog.teams import can_be_named
from waypost.queue.protocol import Key, Lease, Mark
from waypost.sync.context import Context, log
from waypost.sync.tenants import Tenant, of_asking, of_people

# A directory that is being synchronised sends thousands of events; each look costs a call for a hundred teams. So far
# apart, they take at most 900 of the 5,000 points an hour.
SECONDS_PER_CALL, MOST_SECONDS = 4.0, 80.0


def work(context: Context, leases: Sequence[Lease]) -> None:
    """Read the people of one installation, and cache them."""
    (lease,) = leases
    number = lease.key.installation
    tenant = context.tenant(number)
    if wait := _seconds_to_wait(tenant, context.clock()):
        context.queue.release([lease], wait)
        return
    found = context.forge(number).people()
    is_same = tenant.has_asked_people and found == tenant.people
    cache = of_asking(number, context.clock()) | ({} if is_same else of_people(number, found))
    ours = context.queue.finish([lease], cache, [] if is_same else _marks(context, tenant))
    context.figures.counts["people"] += len(ours)
    if found is None:
        log.info("teams and members may not be read: grant members: read", extra={"installation": number})
    elif ours and not is_same:
        context.note_waiting(number, lease.marked)
        log.info("read %d teams, %d members", len(found.teams), len(found.members), extra={"installation": number})
        for slug in sorted(slug for slug in found.teams if not can_be_named(slug)):
            log.warning("the team %s has no page: no entity may have that name", slug, extra={"installation": number})


def _seconds_to_wait(tenant: Tenant, now: float) -> float:
    calls = 1 + len(tenant.people.teams) // 100 if tenant.people is not None else 0
    return max(0.0, tenant.people_asked + min(calls * SECONDS_PER_CALL, MOST_SECONDS) - now)


def _marks(context: Context, tenant: Tenant) -> list[Mark]:
    """Mark the catalog for when the next commit may be made; before the first listing nobody knows whose it is."""
    if tenant.account is None:
        return []
    organisation = tenant.account.login.lower()
    publication = tenant.publications.get(organisation)
    delay = max(context.pace.gather, publication.next - context.clock() if publication else 0.0)
    return [Mark(Key(tenant.installation, "catalog", organisation), delay=delay)]
