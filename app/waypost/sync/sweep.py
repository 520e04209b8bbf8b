"""The work on `installation:<id>` and `sweep:<id>` keys: list every repository, find what deliveries did not tell.

A listing only marks keys; what a repository says is read, and stored, under that repository's own key. So a sweep can
be killed anywhere and never overwrites what a push brought meanwhile. `sweep:` keys ask fifty repositories for their
heads in one call, after all other work, and leave half of the quota to the webhooks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from waypost.catalog.entities import Repository
from waypost.forge.protocol import Installation, Wish
from waypost.queue.protocol import Key, Lease, Mark
from waypost.sync import drift, quota
from waypost.sync.context import Context, log
from waypost.sync.drift import Drift, differences, of_drift
from waypost.sync.sharing import seconds_to_spare
from waypost.sync.tenants import (
    Absence,
    Account,
    Entries,
    Tenant,
    of_absences,
    of_account,
    of_names,
    of_sweep,
)

# Gone means absent from two complete listings at least so far apart; a forge may hide a repository for a moment.
ABSENT_SECONDS = 600.0


def list_repositories(context: Context, leases: Sequence[Lease]) -> None:
    """Compare an installation's complete listing with what is known, and mark what deserves a look."""
    (lease,) = leases
    number = lease.key.installation
    tenant = context.tenant(number)
    installation = next((one for one in context.forges.installations() if one.id == number), None)
    if installation is None:
        context.queue.finish([lease], _forget(context, number))
        log.info("the App was removed; forgot %d repositories", len(tenant.snapshots), extra={"installation": number})
    elif installation.is_suspended:
        context.queue.finish([lease])
        log.warning("%s suspended the App: nothing is read", installation.account, extra={"installation": number})
    else:
        forge = context.forge(number)
        listed = {repository.id: repository for repository in forge.repositories()}
        cache, marks = compare_listing(tenant, installation, listed, context.clock())
        found = [] if is_asked_for(lease) else _unheard(tenant, listed)
        marks += _of_the_catalog(context, number, listed)
        context.queue.finish([lease], cache | _counted(context, number, found), marks)
        _report(context, found)
        log.info("listed %d repositories", len(listed), extra={"installation": number})


def is_asked_for(lease: Lease) -> bool:
    """Say whether only deliveries asked for this listing: what it shows was told then, and is no drift."""
    return lease.hints == ((),)


def compare_listing(
    tenant: Tenant, installation: Installation, listed: Mapping[int, Repository], now: float
) -> tuple[Entries, list[Mark]]:
    """Return what a complete listing teaches: cache entries and keys to look at."""
    number = installation.id
    known = tenant.snapshots.keys()
    new = [one for one in listed.values() if one.id not in known]
    back = [one for one in listed if one in tenant.absences]
    absent = [one for one in (*known, *tenant.names) if one not in listed]
    cache: Entries = of_account(number, Account(installation.account, installation.selects_all)) | of_sweep(number, now)
    cache |= of_names(number, {one.id: one.full_name for one in new})
    cache |= of_absences(number, dict.fromkeys(back))
    cache |= of_absences(number, {one: _absence(tenant.absences.get(one), now) for one in absent})
    unread = {one.id for one in new} | set(back) | set(absent)
    marks = [Mark(Key(number, "repo", str(one))) for one in sorted(unread)]
    marks += [Mark(Key(number, "sweep", str(one))) for one in sorted(listed.keys() - unread)]
    marks.append(Mark(Key(number, "people", str(number))))
    marks.append(Mark(Key(number, "onboard", installation.account.lower())))
    # people may have changed the catalog repository meanwhile, and grace periods end without an event
    marks.append(Mark(Key(number, "catalog", installation.account.lower()), delay=1.0))
    return cache, marks


def check_heads(context: Context, leases: Sequence[Lease]) -> None:
    """Ask up to 50 repositories of one installation for head and facts; mark those that differ from what is known."""
    installation = leases[0].key.installation
    tenant = context.tenant(installation)
    forge = context.forge(installation)
    if wait := seconds_to_spare(context, installation, forge, "graphql"):
        context.queue.release(leases, wait)
        return
    numbers = [int(lease.key.subject) for lease in leases]
    readings = forge.read([Wish(number, tenant.full_name(number)) for number in numbers])
    pairs = list(zip(numbers, readings, strict=True))
    changed = [number for number, reading in pairs if not _is_as_known(tenant, number, reading.repository)]
    found = [
        Drift(installation, number, tenant.full_name(number), kinds)
        for number, reading in pairs
        if (kinds := differences(tenant.snapshots.get(number), reading.repository))
        and not _is_our_own_commit(tenant, reading.repository)
    ]
    marks = [Mark(Key(installation, "repo", str(number))) for number in changed]
    marks += [Mark(Key(installation, "hidden", str(one.repository))) for one in found if "visibility" in one.kinds]
    context.queue.finish(leases, _counted(context, installation, found), marks)
    context.figures.counts["swept"] += len(leases)
    context.figures.counts["drifted"] += len(changed)
    _report(context, found)


def _is_as_known(tenant: Tenant, number: int, repository: Repository | None) -> bool:
    known = tenant.snapshots.get(number)
    return known is not None and known.state == "present" and known.repository == repository


def _is_our_own_commit(tenant: Tenant, found: Repository | None) -> bool:
    """Say whether what differs is the head of a catalog repository that we moved ourselves."""
    return found is not None and any(one.head == found.head for one in tenant.publications.values())


def _unheard(tenant: Tenant, listed: Mapping[int, Repository]) -> list[Drift]:
    """What a listing shows that no delivery told; the first one shows nothing that could have been told."""
    if not tenant.swept:
        return []
    number = tenant.installation
    new = [one for one in listed.values() if one.id not in tenant.snapshots and one.id not in tenant.names]
    missing = [one for one in tenant.snapshots if one not in listed and one not in tenant.absences]
    found = [Drift(number, one.id, one.full_name, ("new",)) for one in new]
    return found + [Drift(number, one, tenant.full_name(one), ("missing",)) for one in missing]


def _of_the_catalog(context: Context, installation: int, listed: Mapping[int, Repository]) -> list[Mark]:
    """A merge there may wait for a delivery that never came; one call an hour."""
    number = next((one.id for one in listed.values() if context.is_catalog(one)), None)
    return [] if number is None else [Mark(Key(installation, "pulls", str(number)))]


def _counted(context: Context, installation: int, found: Sequence[Drift]) -> Entries:
    if not found:
        return {}
    return of_drift(installation, drift.count(context.queue.cached(drift.ALL)[1], installation, found))


def _report(context: Context, found: Sequence[Drift]) -> None:
    if found:
        context.note_drift(found)
    if found and context.forges.deliveries() is not None:
        extra = {"installation": found[0].installation}
        log.warning("no delivery told of %d repositories: %s", len(found), drift.told(found), extra=extra)


def _absence(known: Absence | None, now: float) -> Absence:
    if known is None:
        return Absence(now)
    return known._replace(is_confirmed=known.is_confirmed or now - known.since >= ABSENT_SECONDS)


def _forget(context: Context, number: int) -> Entries:
    """Drop whatever is kept of an installation; when the App comes back, it is another one."""
    return {(number, name): None for name in context.queue.cached(number)[1]} | quota.forgotten(number)
