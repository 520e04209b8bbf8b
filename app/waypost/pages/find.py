"""The pages for finding: every entity of a kind in one list, split by first letters where a list would be too long."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from waypost.integrations.urls import quote
from waypost.pages import paths
from waypost.pages.columns import rows
from waypost.pages.markdown import Md, file_link, table, text
from waypost.pages.page import Page, parts, visible
from waypost.pages.view import View

ROWS = 800
# Kinds in the order in which people look; others follow by name.
KINDS = ("component", "api", "resource", "system", "domain", "group", "user", "template", "location")
_TITLES = {
    "component": ("Components", "services, websites, libraries"),
    "api": ("APIs", "what they offer each other"),
    "resource": ("Resources", "databases, queues, buckets"),
    "system": ("Systems", "what is built and changed together"),
    "domain": ("Domains", "parts of the business"),
    "group": ("Teams", "who owns what, and how to reach them"),
    "user": ("People", "who is in which team"),
    "template": ("Templates", "how to create the next one"),
    "location": ("Locations", "files that point at more descriptors"),
}
_COLUMNS = {
    "component": ("name", "type", "owner", "system", "tier", "lifecycle"),
    "api": ("name", "type", "owner", "system", "lifecycle"),
    "resource": ("name", "type", "owner", "system"),
    "system": ("name", "owner", "domain", "components"),
    "domain": ("name", "owner"),
    "group": ("name", "type", "owns"),
    "user": ("name", "teams"),
}


def kinds(view: View) -> list[str]:
    """The kinds that the catalog has, in the order in which people look."""
    known = view.catalog.kinds()
    return [kind for kind in KINDS if kind in known] + sorted(set(known) - set(KINDS))


def title(kind: str) -> str:
    """What a list of this kind is called."""
    return _TITLES[kind][0] if kind in _TITLES else kind.capitalize()


def find_files(view: View) -> Iterator[tuple[str, str]]:
    """The page that says how to find something, with a list for every kind."""
    page = Page(paths.FIND)
    page.begin(f"the catalog of {view.catalog.organisation}", [], Md("Find"))
    search = f"{view.site.server_url}/search?type=code&q={quote(f'repo:{view.site.catalog_repository} path:entities')}"
    page.say(
        Md(
            "Press **t** on any page of this repository and type a part of a name: pages and entity files are named "
            f"after what they describe. Or [search the text of every entity]({search}), or read a list:"
        )
    )
    lists = []
    for kind in kinds(view):
        about = _TITLES[kind][1] if kind in _TITLES else "a kind of your own"
        label = file_link(text(title(kind)), f"{page.root}{paths.list_file(kind)}")
        lists.append([label, Md(f"{len(view.catalog.refs(kind)):,}"), Md(about)])
    page.say(table(["List", "#How many", "What is in it"], lists))
    page.say(
        Md(
            "On a clone, everything is text: `git grep -il payments entities/` finds what mentions payments, "
            "`git log -- entities/` what changed."
        )
    )
    return page.files()


def list_files(view: View, kind: str, rows: Collection[str] | None = None) -> Iterator[tuple[str, str]]:
    """The list of one kind: the table itself, or the pages it is split into.

    With `rows` only the pages that show one of these refs, and the page that leads to all of them.
    """
    refs = view.catalog.refs(kind)
    if len(refs) <= ROWS:
        page = _opened(view, paths.list_file(kind), kind, "")
        page.say(_table(view, page, kind, refs))
        yield page.path, page.text()
        return
    shards = list(parts(refs, ROWS))
    yield _list_index(view, kind, [(prefix, len(members)) for prefix, members in shards])
    for prefix, members in shards:
        if rows is None or any(ref.startswith(prefix) for ref in rows):
            yield _list_part(view, kind, prefix, members)


def layout(view: View, kind: str) -> tuple[str, ...]:
    """How the list of a kind is split: the prefixes of its parts, none while it is one page."""
    refs = view.catalog.refs(kind)
    return tuple(prefix for prefix, _ in parts(refs, ROWS)) if len(refs) > ROWS else ()


def _list_index(view: View, kind: str, shards: Sequence[tuple[str, int]]) -> tuple[str, str]:
    """The page that leads to the parts of a long list."""
    page = _opened(view, paths.list_file(kind), kind, "")
    lines = []
    for prefix, count in shards:
        path = paths.list_file(kind, prefix.partition(":")[2])
        lines.append(f"- {file_link(visible(prefix), f'{page.root}{path}')} {count:,}")
    page.say(
        Md(f"{sum(count for _, count in shards):,} in all, by the first letters of their names:"), Md("\n".join(lines))
    )
    return page.path, page.text()


def _list_part(view: View, kind: str, prefix: str, members: Sequence[str]) -> tuple[str, str]:
    """One part of a long list."""
    page = _opened(view, paths.list_file(kind, prefix.partition(":")[2]), kind, prefix)
    page.say(_table(view, page, kind, members))
    return page.path, page.text()


def _opened(view: View, path: str, kind: str, prefix: str) -> Page:
    page = Page(path)
    crumbs = [file_link(Md("Find"), f"{page.root}{paths.FIND}")]
    name = text(title(kind))
    if prefix:
        crumbs.append(file_link(name, f"{page.root}{paths.list_file(kind)}"))
        name = Md(f"{name}: {visible(prefix)}")
    page.begin(f"the catalog of {view.catalog.organisation}", crumbs, name)
    return page


def _table(view: View, page: Page, kind: str, refs: Sequence[str]) -> Md:
    columns = _COLUMNS.get(kind, ("name", "type", "owner"))
    return rows(view, columns, refs, page.up)
