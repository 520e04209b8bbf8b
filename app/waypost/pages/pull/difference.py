"""The difference of the portal: what the bot would write after the merge, as one bounded block of code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import unified_diff
from typing import NamedTuple

from waypost.catalog.catalog import Catalog
from waypost.pages.markdown import NOTHING, Md, code, fence
from waypost.pages.paths import page_file
from waypost.pages.render import rerender
from waypost.pages.site import Site

FILES = 10
LINES = 200
CHARACTERS = 20_000
WIDTH = 400  # of one line: tables are long
_CONTEXT = 1


class _Page(NamedTuple):
    path: str
    before: str
    after: str


def difference(before: Catalog, after: Catalog, site: Site, first: Iterable[str] = ()) -> Md:
    """Return the pages that change as a diff, those of the refs in `first` first; nothing when none does."""
    pages = list(_changed(before, after, site))
    if not pages:
        return NOTHING
    wanted = {page_file(ref): number for number, ref in enumerate(first)}
    pages.sort(key=lambda page: (wanted.get(page.path, len(wanted)), _rank(page.path), page.path))
    lines: list[str] = []
    size = shown = 0
    for page in pages[:FILES]:
        found = list(_diff(page))
        room = LINES - len(lines)
        length = sum(map(len, found)) + len(found)
        if shown and (len(found) > room or size + length > CHARACTERS):
            break
        shown += 1
        lines += found[:room]
        size += length
    return Md(f"{fence(_within(lines), 'diff')}\n\n{_rest(pages, shown)}".rstrip())


def _changed(before: Catalog, after: Catalog, site: Site) -> Iterator[_Page]:
    """Both texts of every page for people; files for machines say the same twice."""
    new = {path: text for path, text in rerender(before, after, site) if path.endswith(".md")}
    if not new:
        return
    old = {path: text for path, text in rerender(after, before, site) if path in new}
    for path, text in new.items():
        yield _Page(path, old.get(path) or "", text or "")


def _rank(path: str) -> int:
    """The pages that people meet: of entities and teams, then the front page, then lists."""
    if path == "README.md":
        return 1
    return 2 if path.startswith(("pages/find/", "pages/problems/", "pages/coverage/")) else 0


def _diff(page: _Page) -> Iterator[str]:
    old = "/dev/null" if not page.before else f"a/{page.path}"
    new = "/dev/null" if not page.after else f"b/{page.path}"
    for line in unified_diff(page.before.splitlines(), page.after.splitlines(), old, new, "", "", _CONTEXT, ""):
        yield line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def _within(lines: list[str]) -> str:
    whole, kept = 0, 0
    for line in lines:
        whole += len(line) + 1
        if whole > CHARACTERS:
            break
        kept += 1
    left = len(lines) - kept
    return "\n".join([*lines[:kept], *([f"… {left} more lines"] if left else [])])


def _rest(pages: list[_Page], shown: int) -> str:
    left = pages[shown:]
    if not left:
        return ""
    named = ", ".join(code(page.path) for page in left[:5])
    more = f" and {len(left) - 5:,} more" if len(left) > 5 else ""
    return f"{len(left):,} further {'page changes' if len(left) == 1 else 'pages change'}: {named}{more}."
