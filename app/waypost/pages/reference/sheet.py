"""One page of an API's reference: the operations and types that the layout gave it, and the way to the others."""

from __future__ import annotations

from collections.abc import Sequence

from waypost.apis.reference import Reference
from waypost.pages.markdown import Md, bold, file_link, join, link, text
from waypost.pages.page import Page
from waypost.pages.reference.blocks import Links, operation_blocks, type_blocks
from waypost.pages.reference.layout import Layout, Sheet
from waypost.pages.reference.listing import listing
from waypost.pages.reference.told import told

_NAVIGATION = 40  # pages named on each page
_NAMED = 100  # types named on top of their page


def sheet_file(
    page_path: str, folder: str, title: Md, reference: Reference, layout: Layout, sheet: Sheet
) -> tuple[str, str]:
    """Write one page."""
    page = Page(f"{folder}{sheet.name}.md")
    back = file_link(title, f"{page.root}{page_path}")
    page.begin(f"the definition on {page_path}", [back, Md("Reference")], text(sheet.title))
    if 1 < len(layout.sheets) <= _NAVIGATION:
        page.say(join(_named(one, sheet) for one in layout.sheets))
    elif len(layout.sheets) > 1:
        page.say(Md(f"One of {len(layout.sheets)} pages; {back} lists them all."))
    links = layout.links(sheet.name)
    for group, numbers in sheet.groups:
        if len(sheet.groups) > 1 or sheet.title != group.name:
            page.heading(text(group.name))
        page.say(told(group.description))
        if len(numbers) > 1:
            page.say(*listing(layout, numbers, f"{sheet.name}.md"))
        page.say(*(_operation(layout, number, links) for number in numbers))
    if sheet.types:
        if sheet.groups:
            page.heading("Types")
        page.say(join(link(text(one.name), links[one.name]) for one in sheet.types[:_NAMED]))
        page.say(*_types(layout, sheet, links))
    return page.path, page.text()


def _operation(layout: Layout, number: int, links: Links) -> Md:
    if len(layout.sheets) == 1:
        return layout.blocks[number]
    return operation_blocks(layout.operations[number], layout.anchors[number], links)


def _types(layout: Layout, sheet: Sheet, links: Links) -> Sequence[Md]:
    if len(layout.sheets) == 1:
        return layout.type_blocks
    return [type_blocks(one, layout.types[one.name], links) for one in sheet.types]


def _named(sheet: Sheet, current: Sheet) -> Md:
    return bold(text(sheet.title, 40)) if sheet is current else link(text(sheet.title, 40), f"{sheet.name}.md")
