"""Who has documentation, as snapshots and catalogs say it, and when the central site must be held against them."""

from __future__ import annotations

from waypost.catalog.build import Catalog
from waypost.catalog.entities import Snapshot
from waypost.queue.protocol import Key, Mark
from waypost.sync.tenants import Tenant

TECHDOCS = "backstage.io/techdocs-ref"
SETTLE_SECONDS = 5.0  # the next commit to the catalog may follow at once


def declares(snapshot: Snapshot | None) -> bool:
    """Say whether an entity of a repository has documentation."""
    return snapshot is not None and any(entity.annotations.get(TECHDOCS) for entity in snapshot.entities)


def marks_after(tenant: Tenant, catalog: Catalog, organisation: str) -> list[Mark]:
    """Name what a commit to the catalog may change on the site; nothing where there never was documentation."""
    if not (tenant.documented or any(entity.annotations.get(TECHDOCS) for entity in catalog.entities.values())):
        return []
    return [Mark(Key(tenant.installation, "docs", organisation), delay=SETTLE_SECONDS)]
