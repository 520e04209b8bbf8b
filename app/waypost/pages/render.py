"""Every generated file of a catalog, and the few a change can alter. No clock, no chance.

Equal catalogs give equal bytes; work follows what changed, never the size of the catalog.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from waypost.catalog.compare import compare
from waypost.pages import (
    coverage,
    entity,
    find,
    forms,
    front,
    gallery,
    machine,
    problems,
    start,
    system,
    team,
    template,
)
from waypost.pages.affected import Affected, affected
from waypost.pages.census import census
from waypost.pages.site import Site
from waypost.pages.view import View

if TYPE_CHECKING:
    from waypost.catalog.build import Catalog

# Pages of their own; every other kind has the page of a plain entity.
PAGES = {
    "system": system.system_files,
    "domain": system.domain_files,
    "group": team.group_files,
    "user": team.user_files,
    "template": template.template_files,
}


def render(catalog: Catalog, site: Site) -> Iterator[tuple[str, str]]:
    """Yield path and text of every generated file."""
    view = View(catalog, site)
    yield from front.files(view)
    yield from find.find_files(view)
    yield from start.start_files(view)
    yield from start.register_files(view)
    yield from gallery.gallery_files(view)
    yield from forms.form_files(view)
    yield from coverage.files(view)
    yield from problems.files(view)
    for kind in catalog.kinds():
        for file in find.list_files(view, kind):
            view.trim()
            yield file
    yield from machine.locations(sorted(catalog.entities))
    for hexes, refs in sorted(census(view).shards.items()):
        view.trim()
        yield machine.index(view, hexes, refs)
    # Repository by repository: what stands side by side is mostly shown on the same pages.
    homes = catalog.kept_in
    for ref in (ref for home in sorted(homes) for ref in homes[home]):
        view.trim()
        yield machine.record(view, ref)
        yield from page(view, ref)


def page(view: View, ref: str) -> Iterator[tuple[str, str]]:
    """The page of an entity with its further pages."""
    return PAGES.get(ref.partition(":")[0], entity.files)(view, ref)


def rerender(old: Catalog, new: Catalog, site: Site) -> Iterator[tuple[str, str | None]]:
    """Yield the files in which two catalogs differ, sorted by path; None where one is to be removed.

    The work follows the change when `new` came from `old` by updates.
    """
    if (old.organisation, old.settings, old.people) != (new.organisation, new.settings, new.people):
        before, after = dict(render(old, site)), dict(render(new, site))
    else:
        views = View(old, site), View(new, site)
        found = affected(*views, compare(old, new))
        # Where a long list is split otherwise now, all of its parts are written anew.
        kinds = {ref.partition(":")[0] for ref in found.rows}
        rows = {kind: found.rows if len({find.layout(view, kind) for view in views}) == 1 else None for kind in kinds}
        located = found.shards if len({machine.is_split(view) for view in views}) == 1 else None
        to_mend = found.to_mend if len({problems.is_small(view) for view in views}) == 1 else None
        before, after = (dict(_again(view, found, rows, located, to_mend)) for view in views)
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            yield path, after.get(path)


def _again(
    view: View,
    found: Affected,
    rows: Mapping[str, Collection[str] | None],
    located: Collection[str] | None,
    to_mend: Collection[str] | None,
) -> Iterator[tuple[str, str]]:
    """The affected files as one of the two catalogs has them."""
    catalog = view.catalog
    yield from find.find_files(view)
    yield from start.register_files(view)
    if any(ref.startswith("template:") for ref in found.pages):  # a card shows what the page shows
        yield from gallery.gallery_files(view)
        yield from forms.form_files(view)
    if found.rows or found.to_mend or found.coverage:
        yield from front.files(view)
        yield from start.start_files(view)
    if found.coverage:
        yield from coverage.files(view)
    if found.to_mend:
        yield from problems.files(view, to_mend)
    for kind in sorted(rows):
        if catalog.refs(kind):
            yield from find.list_files(view, kind, rows[kind])
    if found.existence:
        yield from machine.locations(sorted(catalog.entities), located)
    for hexes in found.shards:
        if refs := census(view).shards.get(hexes):
            yield machine.index(view, hexes, refs)
    for ref in found.records:
        if ref in catalog.entities:
            yield machine.record(view, ref)
    for ref in found.pages:
        if ref in catalog.entities:
            yield from page(view, ref)
