"""Every generated file of a catalog, and the few a change can alter. No clock, no chance.

Equal catalogs give equal bytes; work follows what changed, never the size of the catalog.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from waypost.pages import coverage, entity, find, front, machine, problems, start, system, team
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
}


def render(catalog: Catalog, site: Site) -> Iterator[tuple[str, str]]:
    """Yield path and text of every generated file."""
    view = View(catalog, site)
    yield from front.files(view)
    yield from find.find_files(view)
    yield from start.start_files(view)
    yield from start.register_files(view)
    yield from coverage.files(view)
    yield from problems.files(view)
    for kind in catalog.kinds():
        yield from find.list_files(view, kind)
    yield from machine.locations(sorted(catalog.entities))
    for hexes, refs in machine.shards(view).items():
        yield machine.index(view, hexes, refs)
    for ref in catalog.entities:
        yield machine.record(view, ref)
        yield from page(view, ref)


def page(view: View, ref: str) -> Iterator[tuple[str, str]]:
    """The page of an entity with its further pages."""
    return PAGES.get(ref.partition(":")[0], entity.files)(view, ref)


def rerender(old: Catalog, new: Catalog, site: Site) -> Iterator[tuple[str, str | None]]:
    """Yield the files in which two catalogs differ, sorted by path; None where one is to be removed."""
    before, after = dict(render(old, site)), dict(render(new, site))
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            yield path, after.get(path)
