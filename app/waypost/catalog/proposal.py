"""The catalog as it would be once a pull request is merged. Reads nothing and settles names by the same rules."""

from __future__ import annotations

from waypost.catalog.build import build, update
from waypost.catalog.catalog import Catalog
from waypost.catalog.entities import Snapshot
from waypost.catalog.settings import Settings


def propose(catalog: Catalog, snapshot: Snapshot, settings: Settings | None = None) -> Catalog:
    """Return the catalog with this repository as the pull request has it.

    The work follows what changed. Other `settings` decide over every repository, so only they cost a whole build.
    """
    if settings is None or settings == catalog.settings:
        return update(catalog, (snapshot,))
    everything = {**catalog.snapshots, **catalog.hidden, snapshot.repository.id: snapshot}
    return build(
        catalog.organisation, everything.values(), catalog.recorded, settings, catalog.today, catalog.all_people
    )
