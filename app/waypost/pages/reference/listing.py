"""A table of operations, each with a link to where it is told in full. Shows no more than its line."""

from __future__ import annotations

from collections.abc import Iterable

from waypost.apis.reference import Operation
from waypost.pages.markdown import DASH, NOTHING, Md, code, join, link
from waypost.pages.reference.blocks import cut_table
from waypost.pages.reference.layout import Layout
from waypost.pages.reference.told import line

_TOLD = 150


def listing(layout: Layout, numbers: Iterable[int], here: str = "", folder: str = "") -> list[Md]:
    """A table of operations, each with a link to where it is told in full."""
    rows = []
    for number in numbers:
        operation, address = layout.operations[number], layout.address(number)
        name = join([code(operation.verb, 20), code(operation.address)], " ")
        label = link(name, f"{folder}{address}".removeprefix(here)) if address else name
        said = join([Md("deprecated") if operation.is_deprecated else NOTHING, _told(operation)])
        rows.append([label, said or DASH])
    return cut_table(["Operation", "What it does"], rows) if rows else []


def _told(operation: Operation) -> Md:
    return line(operation.title or operation.description, _TOLD)
