"""Short phrases of checks and comments: counts, links to pages of the catalog, names that ping nobody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from waypost.catalog.catalog import Catalog
from waypost.catalog.problems import Problem, Severity
from waypost.integrations.urls import quote_path
from waypost.pages.markdown import Md, code, link, text
from waypost.pages.paths import page_file
from waypost.pages.site import Site

NAMED = 20  # entities of one list


def counted(number: int, noun: str) -> str:
    """Say "1 entity", "3 entities"."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def severities(problems: Iterable[Problem]) -> str:
    """Say "2 errors, 1 warning"; "" for none."""
    found = [one.severity for one in problems]
    counts = ((severity, found.count(severity)) for severity in Severity)
    return ", ".join(counted(number, severity.value) for severity, number in counts if number)


def page_link(catalog: Catalog, site: Site, ref: str) -> Md:
    """Link to the page of an entity in the catalog repository, by kind and title."""
    entity = catalog.entities.get(ref)
    if entity is None:
        return code(ref)
    return link(named(catalog, ref), f"{site.url}/blob/{quote_path(site.branch)}/{page_file(ref)}")


def named(catalog: Catalog, ref: str) -> Md:
    """Say the kind and the title of an entity; the ref of one that is not there."""
    entity = catalog.entities.get(ref)
    return Md(f"{text(entity.kind)} {text(entity.title)}") if entity else code(ref)


def listed(pieces: Sequence[Md], most: int = NAMED) -> Md:
    """Join with commas, and count what does not fit."""
    rest = len(pieces) - most
    return Md(", ".join(pieces[:most]) + (f" and {rest:,} more" if rest > 0 else ""))


def owner_name(catalog: Catalog, owner: str | None) -> Md:
    """Name an owner without a ping."""
    if not owner:
        return Md("nobody")
    entity = catalog.entities.get(owner)
    return text(entity.title) if entity else code(owner)
