"""The work on `repo:<id>` keys: prove that nothing changed, or read; cache the snapshot and mark the catalog.

A repository that cannot be read keeps its last entities as stale. Only the sweep's word that two complete listings
lacked it makes it gone (see `sweep`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from waypost.catalog.entities import Repository, Snapshot
from waypost.forge.protocol import ForgeError
from waypost.queue.protocol import Key, Lease, Mark
from waypost.sync import announce
from waypost.sync.context import Context, log, today
from waypost.sync.reader import Outcome, Subject, is_untouched, read
from waypost.sync.tenants import Absence, Account, Entries, Tenant, of_names, of_snapshots


def work_now(context: Context, leases: Sequence[Lease]) -> None:
    """Read `hidden:<id>` keys without waiting: who may see a repository was narrowed, and the next commit shows it.

    Its own key is marked as well and read later, so an older reading that ends after this one does not stay.
    """
    tenant = context.tenant(leases[0].key.installation)
    _read(context, tenant, leases, [_subject(tenant, lease) for lease in leases])


GATHERED_SECONDS = 2.0  # what was pushed so long ago is published without waiting for more


def work(context: Context, leases: Sequence[Lease]) -> None:
    """Work on up to 50 repositories of one installation; raise what concerns them all."""
    installation = leases[0].key.installation
    tenant = context.tenant(installation)
    # What failed before comes last: where it makes the forge fail again, the others are in few and large questions.
    asked = [(lease, _subject(tenant, lease)) for lease in sorted(leases, key=lambda lease: lease.attempts)]
    idle = [lease for lease, subject in asked if _is_idle(context, subject)]
    if idle:
        context.queue.finish(idle)
        context.figures.counts["untouched"] += len(idle)
    asked = [(lease, subject) for lease, subject in asked if lease not in idle]
    busy = [lease for lease, _ in asked]
    if wait := _seconds_to_hold(context, tenant, busy):
        context.queue.release(busy, wait)
    elif busy:
        began = context.clock()
        _read(context, tenant, busy, [subject for _, subject in asked])
        tenant.gathering.note_reading(len(busy), context.clock() - began)


def _read(context: Context, tenant: Tenant, leases: Sequence[Lease], subjects: Sequence[Subject]) -> None:
    outcomes = read(context.forge(tenant.installation), subjects, context.is_catalog)
    _store(context, tenant, leases, outcomes)


def _subject(tenant: Tenant, lease: Lease) -> Subject:
    number = int(lease.key.subject)
    hint: tuple[str, ...] | None = ()
    for paths in lease.hints:
        hint = None if hint is None or paths is None else hint + paths
    return Subject(number, tenant.full_name(number), tenant.snapshots.get(number), hint if lease.hints else None)


def _is_idle(context: Context, subject: Subject) -> bool:
    return subject.known is not None and is_untouched(subject, context.is_catalog(subject.known.repository))


def _seconds_to_hold(context: Context, tenant: Tenant, busy: Sequence[Lease]) -> float:
    """Say how long reading can wait, because what it brings could not be published earlier.

    So the pushes of a storm gather in their keys instead of being read one by one.
    """
    now = context.clock()
    first = min(tenant.publications.values(), key=lambda one: one.next, default=None)
    if first is None or first.next <= now:
        return 0.0
    return tenant.gathering.seconds_to_hold([lease.key for lease in busy], first.at, first.next, now)


def _store(context: Context, tenant: Tenant, leases: Sequence[Lease], outcomes: dict[int, Outcome]) -> None:
    """Cache what was read and mark the catalogs it changes, in one transaction; give back what failed."""
    by_id = {int(lease.key.subject): lease for lease in leases}
    snapshots: dict[int, Snapshot | None] = {}
    day = today(context.clock())
    for number, outcome in outcomes.items():
        if isinstance(outcome, ForgeError):
            context.queue.retry(by_id.pop(number), str(outcome))
        else:
            snapshots[number] = settle(tenant, number, outcome, day)
    changed = [number for number in snapshots if not _is_same(tenant.snapshots.get(number), snapshots[number])]
    new = {number: one for number, one in snapshots.items() if tenant.snapshots.get(number) != one}
    cache: Entries = of_snapshots(tenant.installation, new)
    named = (number for number in snapshots if number in tenant.names and number not in tenant.absences)
    cache |= of_names(tenant.installation, dict.fromkeys(named))
    cache |= announce.awaited(tenant, snapshots, by_id)
    marks = _marks(context, tenant, [snapshots[number] or tenant.snapshots[number] for number in changed])
    ours = context.queue.finish(list(by_id.values()), cache, marks)
    context.figures.counts["read"] += len(ours)
    for lease in ours:
        if int(lease.key.subject) in changed:
            context.note_waiting(tenant.installation, lease.marked)
    log.info("read %d repositories, %d changed", len(ours), len(changed), extra={"installation": tenant.installation})


def settle(tenant: Tenant, number: int, read: Snapshot | None, today: str) -> Snapshot | None:
    """Decide what to believe: what was read, or that it is missing and why. None: nothing is known of it any more.

    What is missing says nothing but that: its entities are kept from what the catalog's head records, so that a worker
    with an empty database comes to the same answer. What no listing shows is forgotten, until the writer asks for it by
    its recorded name.
    """
    absence, account = tenant.absences.get(number), tenant.account
    known, name = tenant.snapshots.get(number), tenant.names.get(number, "")
    is_away = read is not None and account is not None and read.repository.owner.lower() != account.login.lower()
    # Without access to all, whatever is public can be read as well: there the listing says what is ours.
    is_ours = absence is None or (account is not None and account.selects_all)
    if read is not None and is_ours and not is_away:
        return read
    if absence is not None and not name:
        return None
    repository = known.repository if known else _named(number, name) if absence else None
    if repository is None:
        return None
    state, reason = _why_missing(repository.full_name, account, absence)
    since = known.since if known and known.state == state else today
    return Snapshot(repository, state=state, reason=reason, since=since)


def _why_missing(name: str, account: Account | None, absence: Absence | None) -> tuple[str, str]:
    if account is not None and not account.selects_all:
        return "stale", f"the App has no access to {name}"
    if absence is not None and absence.is_confirmed:
        return "gone", f"{name} was deleted or transferred away"
    return "stale", f"{name} cannot be read: deleted, transferred, or out of reach"


def _named(number: int, name: str) -> Repository:
    """A repository of which only the name is left; who may read the catalog has read that name already."""
    owner, _, short = name.partition("/")
    return Repository(number, owner, short, visibility="public")


def _is_same(old: Snapshot | None, new: Snapshot | None) -> bool:
    """Compare what can be seen: another head alone shows nowhere."""
    if old is None or new is None:
        return old is new
    return old == new or old == replace(new, repository=replace(new.repository, head=old.repository.head))


def _marks(context: Context, tenant: Tenant, changed: Sequence[Snapshot]) -> list[Mark]:
    """Mark the catalog of each organisation touched, for when the next commit may be made."""
    now = context.clock()
    # each further reading prolongs the wait of the last ones: a steady trickle must not keep the first ones waiting
    is_late = context.seconds_waiting(tenant.installation) > GATHERED_SECONDS
    gather = 0.0 if is_late else context.pace.gather
    login = tenant.account.login if tenant.account else ""
    organisations = sorted({(login or one.repository.owner).lower() for one in changed})
    marks = []
    for organisation in organisations:
        publication = tenant.publications.get(organisation)
        delay = max(gather, publication.next - now if publication else 0.0)
        marks.append(Mark(Key(tenant.installation, "catalog", organisation), delay=delay))
    return marks
