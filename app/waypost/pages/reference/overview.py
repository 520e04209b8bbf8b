"""What an API is and what can be asked of it, on the page of its entity; the reference itself is on pages beside it."""

from __future__ import annotations

from posixpath import dirname

from waypost.apis.reference import Field, Reference
from waypost.integrations.urls import quote_path
from waypost.pages import paths
from waypost.pages.markdown import DASH, NOTHING, Md, bold, code, join, link, quoted, text
from waypost.pages.page import Page
from waypost.pages.reference.blocks import DESCRIBED, cut_table
from waypost.pages.reference.layout import Layout, lay_out, numbered
from waypost.pages.reference.listing import listing
from waypost.pages.reference.sheet import sheet_file
from waypost.pages.reference.told import line, told

_DESCRIPTION = 1_000  # characters of what a definition says of itself
_OPERATIONS = 100  # listed on the page of the entity
_BYTES = 80_000  # of that list
_ROWS = 10  # of servers, of ways to sign in
_NAMED = 20


def show(page: Page, ref: str, title: Md, reference: Reference) -> None:
    """Add the overview to the page of an entity, and the reference beside it."""
    layout = lay_out(reference)
    folder = paths.part_file(ref, "reference", "x").removesuffix("x.md")
    _overview(page, reference, layout, quote_path(folder.removeprefix(f"{dirname(page.path)}/")))
    for sheet in layout.sheets:
        page.parts.append(sheet_file(page.path, folder, title, reference, layout, sheet))


def _overview(page: Page, reference: Reference, layout: Layout, folder: str) -> None:
    """What the API is and what can be asked of it, on the page of the entity."""
    named = bold(text(reference.title)) if reference.title else NOTHING
    page.say(join([named, text(reference.standard)]), told(reference.description, _DESCRIPTION))
    if reference.servers:
        rows = [[code(one.url), line(one.description, DESCRIBED) or DASH] for one in reference.servers]
        page.say(*cut_table(["Server", "What it is for"], rows, _ROWS))
    if reference.security:
        ways = [[code(one.name), text(one.kind.text), _scheme(one) or DASH] for one in reference.security]
        page.say(*cut_table(["Who asks", "How it is known", "What it is"], ways, _ROWS))
    if layout.is_tiny:
        page.say(*(told(group.description) for group in reference.groups), *layout.blocks, *layout.type_blocks)
    else:
        page.say(*_what_it_does(reference, layout, folder))
    if layout.sheets:
        page.say(_pages(layout, folder))
    _notes(page, reference, layout)


def _scheme(scheme: Field) -> Md:
    return join([line(scheme.description, DESCRIBED), line("; ".join(scheme.details), DESCRIBED)], "<br>")


def _what_it_does(reference: Reference, layout: Layout, folder: str) -> list[Md]:
    """Every operation of an API that is not too large, by group; else only the groups."""
    blocks: list[Md] = []
    for group, numbers in numbered(reference):
        blocks += [Md(f"### {text(group.name)}"), told(group.description, DESCRIBED)]
        blocks += listing(layout, numbers, folder=folder)
        if numbers.stop > _OPERATIONS or sum(map(len, blocks)) > _BYTES:
            return _groups(reference, layout, folder)
    return blocks


def _groups(reference: Reference, layout: Layout, folder: str) -> list[Md]:
    """The groups of a large API, each with a link to its page."""
    rows = []
    for group, numbers in numbered(reference):
        name = layout.operation_pages.get(numbers.start)
        label = link(text(group.name), f"{folder}{name}.md") if name else text(group.name)
        rows.append([label, Md(str(len(numbers))), line(group.description, DESCRIBED // 2) or DASH])
    return cut_table(["Operations", "#How many", "What they are for"], rows)


def _pages(layout: Layout, folder: str) -> Md:
    """Where the whole reference begins."""
    first = layout.sheets[0]
    if len(layout.sheets) == 1:
        whole = link(Md("the whole reference"), f"{folder}{first.name}.md")
        return Md(f"Parameters, bodies, answers and types: {whole}.")
    types = [sheet for sheet in layout.sheets if sheet.types][:_NAMED]
    named = [link(text(sheet.title, 40), f"{folder}{sheet.name}.md") for sheet in types]
    return join([Md(f"The reference has {len(layout.sheets)} pages; of types:"), join(named)], " ")


def _notes(page: Page, reference: Reference, layout: Layout) -> None:
    """What of the definition is not shown, and why."""
    notes = list(reference.notes)
    for shown, all, what in (
        (layout.operation_pages, layout.operations, "operations"),
        (layout.type_pages, layout.types, "types"),
    ):
        if len(shown) < len(all) and not layout.is_tiny:
            notes.append(f"{len(all) - len(shown):,} {what} are only named here: the reference would grow too long.")
    lines = Md("\n".join(f"- {quoted(note, DESCRIBED)}" for note in notes))
    page.fold(Md("What of it is not shown"), lines)
