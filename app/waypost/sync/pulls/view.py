"""The catalog as it is now, for a pull request to be held against: what the next commit would say, not the last one.

Read through the writer's store and its memory, under the lock that both hold; in a process that has published nothing
yet it costs one build.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from waypost.catalog.discovery import REGISTRATIONS
from waypost.catalog.entities import Repository, Snapshot
from waypost.catalog.globs import matches
from waypost.catalog.skeletons import is_skeleton_path
from waypost.forge.protocol import HeadMoved, Store
from waypost.queue.protocol import Key
from waypost.sync.context import Context, today
from waypost.sync.publish import SETTINGS_FILE, Edition, Place, look
from waypost.sync.tenants import Tenant
from waypost.sync.writer import find_place


def current(context: Context, tenant: Tenant, repository: Repository) -> Edition:
    """Return it; raise CatalogMissing when the organisation has no catalog repository."""
    key, place = _place(context, tenant, repository)
    with context.store_lock(key):
        memory = context.memory(key)
        memory.changed |= tenant.take_changed()
        store = _store(context, tenant, place)
        return look(store, place, tenant.picture(), memory, today(context.clock()), tenant.people)


@contextmanager
def standing_still(context: Context, tenant: Tenant, known: Snapshot, edition: Edition) -> Iterator[None]:
    """Hold the catalog repository while something is merged into it.

    Raise HeadMoved when people's files there are not what the pull request was checked against: of two registrations
    of one name the second must be looked at again.
    """
    key, place = _place(context, tenant, known.repository)
    with context.store_lock(key):
        store = _store(context, tenant, place)
        store.refresh()
        now = _inputs(store.tree())
        if now != _inputs(edition.tree) or not _is_read(known, now):
            raise HeadMoved(f"{place.full_name} has changed since the pull request was checked")
        yield


def _is_read(known: Snapshot, now: Mapping[str, str]) -> bool:
    """Say whether the registrations that are there are those that were read, but for those beyond its limits."""
    read = {source.path: source.blob for source in known.sources if source.blob}
    is_cut = any(problem.id == "location-limit" for problem in known.problems)
    wanted = (path for path in now if path != SETTINGS_FILE and not (is_cut and path not in read))
    return all(read.get(path) == now[path] for path in wanted)


def _place(context: Context, tenant: Tenant, repository: Repository) -> tuple[Key, Place]:
    organisation = (tenant.account.login if tenant.account else repository.owner).lower()
    place = find_place(context, tenant, context.forge(tenant.installation), organisation)
    return Key(tenant.installation, "catalog", organisation), place


def _store(context: Context, tenant: Tenant, place: Place) -> Store:
    return context.forge(tenant.installation).store(place.full_name, place.branch)


def _inputs(tree: Mapping[str, str]) -> Mapping[str, str]:
    """The files by which people decide what a registration may be."""
    patterns = (SETTINGS_FILE, *REGISTRATIONS)
    found = (path for path in tree if not is_skeleton_path(path))
    return {path: tree[path] for path in found if any(matches(path, pattern) for pattern in patterns)}
