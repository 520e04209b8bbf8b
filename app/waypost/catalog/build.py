"""From snapshots to the catalog: a full build is an update of an empty one, so both cannot tell different stories.

What one changed repository can touch: the names it declares or is recorded for, whoever also claims them, and what
stands next to those. Everything else is taken over from the catalog before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from immutables import Map

from waypost.catalog.catalog import Catalog
from waypost.catalog.entities import Entity, Snapshot
from waypost.catalog.people import People
from waypost.catalog.settings import Settings
from waypost.catalog.teams import team_ref
from waypost.catalog.updating import Update

__all__ = ["Catalog", "adopt", "build", "update"]


def build(
    organisation: str,
    snapshots: Iterable[Snapshot],
    recorded: Mapping[str, Entity],
    settings: Settings,
    today: str = "",
    people: People | None = None,
) -> Catalog:
    """Build the catalog of an organisation.

    `recorded` is what entities/ says at the catalog's head, by ref; `today` (ISO date) ends grace periods, "" none.
    With `people`, teams that nobody describes are groups too, and owners are held against GitHub's teams and members;
    not in a public catalog, because GitHub shows them to members of the organisation only.
    """
    homes: dict[int, list[str]] = {}
    for ref, entity in recorded.items():
        homes.setdefault(entity.origin.repository_id, []).append(ref)
    everything = {snapshot.repository.id: snapshot for snapshot in snapshots}
    readers = _readers(settings.catalog_name(organisation), everything)
    shown = people if settings.shows_people(readers) else None
    empty = Catalog(
        organisation,
        settings,
        today,
        readers,
        people=shown,
        all_people=people,
        recorded=Map(recorded),
        recorded_in=Map({number: tuple(sorted(refs)) for number, refs in homes.items()}),
    )
    # Recorded by repositories that nobody read, or of teams: settled too, so that they are kept as stale.
    unread = [ref for number, refs in homes.items() if number not in everything for ref in refs]
    teams = [team_ref(slug) for slug in shown.teams] if shown is not None else ()
    return replace(Update(empty, everything).run((*unread, *teams)), lineage=())


def update(catalog: Catalog, snapshots: Iterable[Snapshot]) -> Catalog:
    """Return the catalog with these repositories as they are now, the others as they were."""
    changed = {snapshot.repository.id: snapshot for snapshot in snapshots}
    own = catalog.settings.catalog_name(catalog.organisation)
    if any(_is_named(own, one, catalog) for one in changed.values()):
        everything = {**catalog.snapshots, **catalog.hidden, **changed}
        if _readers(own, everything) != catalog.readers:  # others must be left out now, or may come in
            same = (catalog.recorded, catalog.settings, catalog.today, catalog.all_people)
            return build(catalog.organisation, everything.values(), *same)
    return Update(catalog, changed).run()


def adopt(catalog: Catalog) -> Catalog:
    """Return the catalog as it is once it has been committed: what it holds is now what the head records."""
    return replace(catalog, recorded=catalog.entities, recorded_in=catalog.kept_in)


def _readers(own: str, snapshots: Mapping[int, Snapshot]) -> str:
    """Who may read the catalog: the visibility of its repository, "private" while that is not known."""
    named = [number for number, one in snapshots.items() if one.repository.full_name.lower() == own]
    return snapshots[min(named)].repository.visibility if named else "private"


def _is_named(own: str, snapshot: Snapshot, catalog: Catalog) -> bool:
    """Say whether a repository is the catalog's own, or was."""
    number = snapshot.repository.id
    before = catalog.snapshots.get(number) or catalog.hidden.get(number)
    names = {one.repository.full_name.lower() for one in (snapshot, before) if one is not None}
    return own in names
