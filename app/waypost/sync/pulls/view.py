"""The catalog as it is now, for a pull request to be held against: what the next commit would say, not the last one.

Read through the writer's store and its memory, under the lock that both hold; in a process that has published nothing
yet it costs one build.
"""

from __future__ import annotations

from waypost.catalog.entities import Repository
from waypost.queue.protocol import Key
from waypost.sync.context import Context, today
from waypost.sync.publish import Edition, look
from waypost.sync.tenants import Tenant
from waypost.sync.writer import find_place


def current(context: Context, tenant: Tenant, repository: Repository) -> Edition:
    """Return it; raise CatalogMissing when the organisation has no catalog repository."""
    organisation = (tenant.account.login if tenant.account else repository.owner).lower()
    key = Key(tenant.installation, "catalog", organisation)
    forge = context.forge(tenant.installation)
    place = find_place(context, tenant, forge, organisation)
    with context.store_lock(key):
        memory = context.memory(key)
        memory.changed |= tenant.take_changed()
        store = forge.store(place.full_name, place.branch)
        return look(store, place, tenant.picture(), memory, today(context.clock()), tenant.people)
