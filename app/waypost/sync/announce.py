"""The work on `announce:<repository id>` keys: one check run that says when a push is live, or why it is not.

Three hands, each in a transaction of its own, so that nothing is lost between them and any worker can go on: the
reader notes which push changed a descriptor (`awaited`), the writer what its commit says of it (`answered`), and the
lane here publishes that. A first scan announces nothing, and the budget is kept for what people wait for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from waypost.catalog.entities import Snapshot
from waypost.forge.desk import Annotation, Check, Desk
from waypost.forge.protocol import Forge, NotAllowed, NotFound, RateLimited
from waypost.limits import CREATIONS_PER_HOUR, CREATIONS_PER_MINUTE
from waypost.pages.announcement import NAME, Notice, Publication, notice
from waypost.queue.protocol import Key, Lease, Mark
from waypost.sync.announcements import ALL, Announcement, Subject, Tally, of_announcements, of_tally
from waypost.sync.context import Context, log
from waypost.sync.publish import Draft
from waypost.sync.tenants import Entries, Tenant

# Half of what GitHub lets an App write; the other half is for comments and checks that people wait for.
MINUTE_SHARE, HOUR_SHARE = CREATIONS_PER_MINUTE // 2, CREATIONS_PER_HOUR // 2
MINUTE, HOUR = 60.0, 3_600.0
RECENT_SECONDS = 600.0


def awaited(tenant: Tenant, snapshots: Mapping[int, Snapshot | None], leases: Mapping[int, Lease]) -> Entries:
    """Note the pushes that changed a descriptor; what was noted of an earlier push is superseded."""
    found: dict[Subject, Announcement | None] = {}
    for number, snapshot in snapshots.items():
        lease, known = leases.get(number), tenant.snapshots.get(number)
        if snapshot is None or lease is None or not _was_pushed(tenant, known, snapshot, lease):
            continue
        found.update((subject, None) for subject in tenant.announcements_of(number))
        before = known.repository.head if known else ""
        found[Subject(number, snapshot.repository.head)] = Announcement(lease.marked, before)
    return of_announcements(tenant.installation, found)


def _was_pushed(tenant: Tenant, known: Snapshot | None, read: Snapshot, lease: Lease) -> bool:
    """Say whether a push changed a descriptor: the one thing that is announced."""
    if read.state != "present" or not read.repository.head:
        return False
    if known is not None and known.state == "present":
        return known.repository.head != read.repository.head and _blobs(known) != _blobs(read)
    if known is None and any(hint and not _blobs(read).keys().isdisjoint(hint) for hint in lease.hints):
        return True
    # a repository that came by an event of its own, after everything was listed
    is_new = known is None and bool(tenant.swept) and read.repository.id not in tenant.names
    return is_new and any(_is_recent(source.committed, lease.marked) for source in read.sources)


def _blobs(snapshot: Snapshot) -> dict[str, str]:
    return {source.path: source.blob for source in snapshot.sources if source.blob}


def _is_recent(committed: str, marked: float) -> bool:
    try:
        return abs(datetime.fromisoformat(committed).timestamp() - marked) < RECENT_SECONDS
    except ValueError:
        return False


def answered(
    tenant: Tenant, done: Draft, waiting: Mapping[Subject, Announcement], now: float
) -> tuple[Entries, list[Mark]]:
    """Note what a commit to the catalog says of the pushes that waited for it, and mark them to be announced."""
    catalog, site = done.edition.catalog, done.edition.site
    found: dict[Subject, Announcement | None] = {}
    for subject, one in waiting.items():
        snapshot = catalog.snapshots.get(subject.repository) or catalog.hidden.get(subject.repository)
        if one.notice is not None or (snapshot is not None and snapshot.repository.head == one.before):
            continue  # said already, or not in this catalog yet
        said = None
        if catalog.settings.steering.published:
            seconds = None if one.again else now - one.marked
            said = notice(catalog, site, subject.repository, Publication(done.edition.head, seconds))
        found[subject] = one._replace(notice=said) if said else None
    numbers = sorted({subject.repository for subject, one in found.items() if one is not None})
    marks = [Mark(Key(tenant.installation, "announce", str(number)), hint=()) for number in numbers]
    return of_announcements(tenant.installation, found), marks


def work(context: Context, leases: Sequence[Lease]) -> None:
    """Publish the newest notice of one repository, unless that is over the budget."""
    (lease,) = leases
    number = int(lease.key.subject)
    tenant = context.tenant(lease.key.installation)
    ready = {one: known for one, known in tenant.announcements_of(number).items() if known.notice is not None}
    snapshot = tenant.snapshots.get(number)
    if not ready or snapshot is None:
        _finish_without(context, tenant, lease, ready)
        return
    newest = max(ready, key=lambda subject: ready[subject].marked)
    spent = _spent(context, tenant.installation)
    if len(spent) < HOUR_SHARE and (wait := _seconds_to_wait(spent, context.clock())):
        context.queue.release([lease], wait)
        return
    if len(spent) >= HOUR_SHARE:
        outcome = "over_budget"
    else:
        outcome = _publish(context, tenant, snapshot.repository.full_name, newest.head, ready[newest])
    _finish(context, tenant, lease, ready, outcome)


def _finish_without(context: Context, tenant: Tenant, lease: Lease, ready: Mapping[Subject, Announcement]) -> None:
    """Nothing is to be announced; unless somebody pressed the re-run button: the hint names the commit.

    The writer is asked what its catalog says of that now, as after a push.
    """
    number, snapshot = int(lease.key.subject), tenant.snapshots.get(int(lease.key.subject))
    found: dict[Subject, Announcement | None] = dict.fromkeys(ready)
    marks = []
    heads = {head for hint in lease.hints for head in hint or ()}
    if heads and snapshot is not None and tenant.account is not None:
        forge, name = context.forge(tenant.installation), snapshot.repository.full_name
        theirs = [head for head in sorted(heads) if _is_ours(forge, name, head)]
        found.update((Subject(number, head), Announcement(lease.marked, again=True)) for head in theirs)
        catalog = Key(tenant.installation, "catalog", tenant.account.login.lower())
        marks = [Mark(catalog)] if theirs else []
    context.queue.finish([lease], of_announcements(tenant.installation, found), marks)


def _is_ours(forge: Forge, full_name: str, head: str) -> bool:
    try:
        return _is_there(forge.desk(full_name), head)
    except (NotAllowed, NotFound):
        return False


def _finish(
    context: Context, tenant: Tenant, lease: Lease, ready: Mapping[Subject, Announcement], outcome: str
) -> None:
    """Forget what was announced, and count it."""
    number, now = int(lease.key.subject), context.clock()
    last = context.tenant(ALL).tallies.get((tenant.installation, number), Tally())
    times = [time for time in last.times if time > now - HOUR]
    if outcome in ("success", "failure", "neutral"):
        times.append(now)
    counts = {**last.outcomes, outcome: last.outcomes.get(outcome, 0) + 1}
    cache = of_announcements(tenant.installation, dict.fromkeys(ready))
    context.queue.finish([lease], cache | of_tally(tenant.installation, number, Tally(tuple(times), counts)))
    context.figures.counts["announced"] += 1


def _spent(context: Context, installation: int) -> list[float]:
    """When this installation's check runs of the last hour were made."""
    since = context.clock() - HOUR
    tallies = context.tenant(ALL).tallies
    return sorted(
        time for (owner, _), tally in tallies.items() if owner == installation for time in tally.times if time > since
    )


def _seconds_to_wait(spent: Sequence[float], now: float) -> float:
    """Say when this minute's share lets one more be made."""
    if len(spent) < MINUTE_SHARE:
        return 0.0
    return max(0.0, spent[-MINUTE_SHARE] + MINUTE - now)


def _publish(context: Context, tenant: Tenant, full_name: str, head: str, one: Announcement) -> str:
    """Make the check run and return what came of it: its conclusion, or the reason why there is none."""
    assert one.notice is not None  # only such are ready
    if tenant.unheard_until > context.clock():
        return "not_allowed"
    try:
        desk = context.forge(tenant.installation).desk(full_name)
        if not one.again and _is_there(desk, head):
            return "known"
        desk.publish(_check(head, one.notice), anew=True)  # it was looked for above
    except NotFound:
        return "gone"  # the commit, or the whole repository
    except RateLimited as error:
        if error.is_creating_only:  # comments and pull requests used the whole hour
            return "over_budget"
        raise
    except NotAllowed as error:
        tenant.unheard_until = context.clock() + HOUR
        log.warning("pushes are not announced: %s", error, extra={"installation": tenant.installation})
        return "not_allowed"
    return one.notice.conclusion


def _is_there(desk: Desk, head: str) -> bool:
    there = desk.run(head, NAME)
    return there is not None and there.key == head


def _check(head: str, said: Notice) -> Check:
    remarks = tuple(Annotation(*remark) for remark in said.remarks)
    return Check(NAME, head, said.conclusion, said.title, said.summary, remarks, key=head)
