"""Who has documentation, as snapshots and catalogs say it, and when the central site must be held against them."""

from __future__ import annotations

from waypost.catalog.build import Catalog
from waypost.catalog.entities import Snapshot
from waypost.queue.protocol import Key, Mark
from waypost.sync.tenants import Tenant

ALL = "all"  # in place of a repository's number; an organisation may be called like one
TECHDOCS = "backstage.io/techdocs-ref"
SETTLE_SECONDS = 5.0  # the next commit to the catalog may follow at once
# What no delivery told is found so late. A question that brings nothing new is free.
LOOK_SECONDS = 24 * 3600.0


def declares(snapshot: Snapshot | None) -> bool:
    """Say whether an entity of a repository has documentation."""
    return snapshot is not None and any(entity.annotations.get(TECHDOCS) for entity in snapshot.entities)


def is_look_due(tenant: Tenant, now: float) -> bool:
    """Say whether all repositories with documentation should be asked again."""
    return now - tenant.documented >= LOOK_SECONDS


def marks_after(tenant: Tenant, catalog: Catalog, has_changed: bool, now: float) -> list[Mark]:
    """Name what is due after a look at the catalog; nothing where there never was documentation."""
    if not (has_changed or is_look_due(tenant, now)):
        return []
    if not (tenant.documented or any(entity.annotations.get(TECHDOCS) for entity in catalog.entities.values())):
        return []
    return [Mark(Key(tenant.installation, "docs", ALL), delay=SETTLE_SECONDS)]
