"""The work on `catalog:<organisation>` keys: one commit that makes the catalog repository say what is known.

Guarded twice: the key's lease, and the head the plan was made from. A moved head means plan again, from what the head
says then; a plan that changes nothing writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from waypost.catalog.build import adopt
from waypost.catalog.entities import Repository
from waypost.forge.protocol import Forge, ForgeError, HeadMoved, Store, Wish
from waypost.pages.plan import Plan
from waypost.queue.protocol import Key, Lease, Mark
from waypost.sync import announce
from waypost.sync.announcements import Announcement, Subject
from waypost.sync.context import Commit, Context, log, today
from waypost.sync.documented import marks_after
from waypost.sync.publish import Draft, Memory, Place, draft
from waypost.sync.tenants import Absence, Entries, Publication, Tenant, of_absences, of_names, of_publication

ATTEMPTS = 5
FILES_TOLD = 20  # of a commit
UNREAD_SECONDS = 1.0
COMPLETE_WITHIN_SECONDS = 600.0  # a first listing that cannot be read to its end must not stop the pages for ever


class CatalogMissing(ForgeError):
    """There is no catalog repository to write to."""


class Unread(Exception):
    """The head records repositories that nobody has looked for yet: id -> owner/name."""

    def __init__(self, names: Mapping[int, str]) -> None:
        super().__init__(f"{len(names)} recorded repositories were not looked for")
        self.names = names


def work(context: Context, leases: Sequence[Lease]) -> None:
    """Publish one organisation's catalog, or give the key back until a commit may be made."""
    (lease,) = leases
    tenant = context.tenant(lease.key.installation)
    if wait := _seconds_to_wait(context, tenant, lease.key.subject):
        context.queue.release([lease], wait)
        return
    forge = context.forge(tenant.installation)
    place = find_place(context, tenant, forge, lease.key.subject)
    waiting = tenant.waiting()
    try:
        with context.store_lock(lease.key):
            done = _publish(context, tenant, forge.store(place.full_name, place.branch), place, lease)
    except Unread as found:
        _look_for(context, tenant, lease, found.names)
        return
    if done is not None:
        _finish(context, tenant, lease, done, waiting)


def _publish(context: Context, tenant: Tenant, store: Store, place: Place, lease: Lease) -> Draft | None:
    memory = context.memory(lease.key)
    memory.changed |= tenant.take_changed()
    try:
        return publish(context, tenant, store, place, memory, lambda: context.still_ours([lease]))
    except (ForgeError, Unread):
        raise
    except Exception:
        memory.edition = None  # whatever it was, the next try does not build on it
        raise


def _finish(
    context: Context, tenant: Tenant, lease: Lease, done: Draft, waiting: Mapping[Subject, Announcement]
) -> None:
    organisation, now = lease.key.subject, context.clock()
    cache: Entries = {}
    if done.plan or organisation not in tenant.publications:
        interval = done.edition.catalog.settings.publish_seconds if done.plan else 0.0
        publication = Publication(done.edition.head, now, now + interval)
        cache = of_publication(tenant.installation, organisation, publication)
    said, marks = announce.answered(tenant, done, waiting, now)
    marks += marks_after(tenant, done.edition.catalog, bool(done.plan), now)
    context.queue.finish([lease], cache | said, marks)


def _look_for(context: Context, tenant: Tenant, lease: Lease, names: Mapping[int, str]) -> None:
    """Mark the repositories that the head records and the listing lacked; the catalog waits for what is found."""
    number = tenant.installation
    cache = of_names(number, names) | of_absences(number, dict.fromkeys(names, Absence(context.clock())))
    marks = [Mark(Key(number, "repo", str(one))) for one in sorted(names)]
    context.queue.finish([lease], cache, [*marks, Mark(lease.key, delay=UNREAD_SECONDS)])


def publish(
    context: Context, tenant: Tenant, store: Store, place: Place, memory: Memory, may_write: Callable[[], bool]
) -> Draft | None:
    """Plan and commit until the head stands still; None when `may_write` says no, before anything was written.

    Raises Unread when the picture has holes that can be filled by looking, HeadMoved after the last attempt.
    """
    for _ in range(ATTEMPTS):
        planned = draft(store, place, tenant.picture(), memory, today(context.clock()), people=tenant.people)
        if planned.unread:
            raise Unread(planned.unread)
        if planned.plan:
            if not may_write():
                return None
            try:
                head = store.commit(planned.edition.head, planned.plan.changes, planned.plan.message)
            except HeadMoved:
                continue
            planned = replace(planned, edition=replace(planned.edition, head=head, tree=store.tree()))
            _report(context, tenant, place, planned)
        memory.edition = replace(planned.edition, catalog=adopt(planned.edition.catalog))
        memory.changed.clear()
        return planned
    raise HeadMoved(
        f"The catalog branch kept moving; gave up after {ATTEMPTS} attempts. Nothing was written. Next try: soon."
    )


def find_place(context: Context, tenant: Tenant, forge: Forge, organisation: str) -> Place:
    """Find the catalog repository: among those read, else by asking for it; raise CatalogMissing."""
    known = [one.repository for one in tenant.snapshots.values() if one.state == "present"]
    found = next((one for one in known if context.is_catalog(one) and _may_hold(context, one, organisation)), None)
    name = context.catalog_name(organisation)
    if found is None:
        found = forge.read([Wish(0, name)])[0].repository
    if found is None:
        raise CatalogMissing(
            f"{organisation} has no repository {name} that Waypost can see. Create it (empty is fine) and let the App"
            " or the token of WAYPOST_TOKEN see it, or name another one in WAYPOST_CATALOG_REPOSITORY."
        )
    server = found.url.removesuffix(f"/{found.full_name}")
    return Place(found.owner, found.full_name, found.default_branch, server)


def _may_hold(context: Context, repository: Repository, organisation: str) -> bool:
    return repository.full_name.lower() == context.catalog_name(organisation).lower()


def _seconds_to_wait(context: Context, tenant: Tenant, organisation: str) -> float:
    """Say how long a commit has to wait: for the pace, or until a first listing was read to its end.

    A picture with holes would call what it lacks stale, and give names to whoever happened to be read first.
    """
    now = context.clock()
    publication = tenant.publications.get(organisation)
    if publication is not None:
        return max(0.0, publication.next - now)
    if not tenant.swept:
        number = tenant.installation
        context.queue.mark([Mark(Key(number, "installation", str(number)))])
        return UNREAD_SECONDS
    is_late = now - tenant.swept > COMPLETE_WITHIN_SECONDS
    return 0.0 if tenant.is_complete() or is_late else UNREAD_SECONDS


def told(place: Place, done: Draft, head: str = "") -> Commit:
    """Say in short what a plan changes, or has changed with the commit `head`."""
    changes = done.plan.changes
    first = tuple((_verb(done.plan, path), path) for path in islice(changes, FILES_TOLD))
    return Commit(place.full_name, head, len(changes), first)


def _verb(planned: Plan, path: str) -> str:
    return "remove" if planned.changes[path] is None else "add" if path in planned.added else "update"


def _report(context: Context, tenant: Tenant, place: Place, done: Draft) -> None:
    made = told(place, done, done.edition.head)
    seconds = context.note_published(tenant.installation, made)
    log.info(
        "published %s %s: %s (%d files%s)",
        place.full_name,
        done.edition.head[:10],
        done.plan.message.partition("\n")[0],
        len(done.plan.changes),
        "" if seconds is None else f", {seconds:.1f} s after the push",
        extra={"installation": tenant.installation, "commit": done.edition.head},
    )
