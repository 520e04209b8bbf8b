"""Which page of an API's reference holds what.

A tiny API is told on the page of its entity, a small one on one page. A larger one has a page for each group of
operations and pages of types, split where they would grow too long. Names follow the groups, so that a change of one
moves few pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, count, groupby, takewhile

from waypost.apis.reference import Group, Operation, Reference, Type
from waypost.pages.markdown import Md, text
from waypost.pages.reference.blocks import operation_blocks, type_blocks
from waypost.pages.reference.told import told

TINY_OPERATIONS = 2
TINY_BYTES = 2_000
SMALL_OPERATIONS = 15
PAGE_BYTES = 80_000  # of operations or types on one page
MOST_BYTES = 4_000_000  # of one reference
MOST_GROUPS = 60  # that have pages of their own; more share pages
_NAME = 40  # characters of the name of a page
_ANCHOR = 80


@dataclass(slots=True)
class Sheet:
    """A page of the reference: its name, and what stands on it."""

    name: str
    title: str
    groups: list[tuple[Group, list[int]]] = field(default_factory=list)  # and which of its operations
    types: list[Type] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands. Operations are counted through all groups.

    The blocks are those of a reference on a single page, in the order of the definition.
    """

    sheets: Sequence[Sheet]
    operations: Sequence[Operation]
    anchors: Sequence[str]
    types: Mapping[str, str]  # anchors by name
    operation_pages: Mapping[int, str]
    type_pages: Mapping[str, str]
    blocks: Sequence[Md]
    type_blocks: Sequence[Md]

    @property
    def is_tiny(self) -> bool:
        """Say whether it has no page of its own."""
        return not self.sheets

    def address(self, number: int) -> str:
        """The page of an operation and the place on it; "" when it is not shown."""
        return f"{self.operation_pages[number]}.md#{self.anchors[number]}" if number in self.operation_pages else ""

    def links(self, name: str) -> dict[str, str]:
        """Where types are explained, as seen from one page."""
        return {
            type: f"{'' if page == name else f'{page}.md'}#{self.types[type]}" for type, page in self.type_pages.items()
        }


def lay_out(reference: Reference) -> Layout:
    """Decide what stands on which page."""
    operations = [operation for group in reference.groups for operation in group.operations]
    taken: set[str] = set()
    # No heading of GitHub's makes an anchor with a dot.
    anchors = [_free(f"op.{_slug(f'{one.verb} {one.address}', _ANCHOR)}", taken) for one in operations]
    types = {one.name: _free(f"type.{_slug(one.name, _ANCHOR)}", taken) for one in reference.types}
    local = {name: f"#{anchor}" for name, anchor in types.items()}
    shown = (operation_blocks(one, anchor, local) for one, anchor in zip(operations, anchors, strict=True))
    blocks = _until_full(shown)
    about_types = _until_full(type_blocks(one, types[one.name], local) for one in reference.types)
    sheets = list(_sheets(reference, blocks, about_types))
    operation_pages = {number: sheet.name for sheet in sheets for _, numbers in sheet.groups for number in numbers}
    type_pages = {one.name: sheet.name for sheet in sheets for one in sheet.types}
    return Layout(sheets, operations, anchors, types, operation_pages, type_pages, blocks, about_types)


def _until_full(blocks: Iterable[Md]) -> list[Md]:
    """Blocks up to the first that can no longer be shown."""
    found: list[Md] = []
    size = 0
    for block in blocks:
        found.append(block)
        size += len(block)
        if size > MOST_BYTES:
            break
    return found


def _sheets(reference: Reference, blocks: Sequence[Md], about_types: Sequence[Md]) -> Iterator[Sheet]:
    """The pages of a reference; none for one so small that it stands on the page of its entity."""
    sizes, type_sizes = [len(block.encode()) for block in blocks], [len(block.encode()) for block in about_types]
    for group, numbers in numbered(reference):
        if numbers and numbers.start < len(sizes):
            sizes[numbers.start] += len(told(group.description).encode()) + len(text(group.name).encode())
    whole = sum(sizes) + sum(type_sizes)
    if len(blocks) <= TINY_OPERATIONS and whole <= TINY_BYTES:
        return
    if len(blocks) <= SMALL_OPERATIONS and whole <= PAGE_BYTES:
        groups = [(group, list(numbers)) for group, numbers in numbered(reference)]
        yield Sheet("all", "Reference", groups, list(reference.types))
        return
    yield from _several(reference, sizes, type_sizes)


def numbered(reference: Reference) -> Iterator[tuple[Group, range]]:
    """Each group with the numbers of its operations."""
    first = 0
    for group in reference.groups:
        yield group, range(first, first + len(group.operations))
        first += len(group.operations)


def _several(reference: Reference, sizes: Sequence[int], type_sizes: Sequence[int]) -> Iterator[Sheet]:
    """Pages for the groups, then for the types, until the reference is as long as it may be."""
    taken = {"all", "types"}
    shown = _within(sizes, MOST_BYTES)
    types = _within(type_sizes, MOST_BYTES - sum(sizes[:shown]))
    groups = [(group, [number for number in numbers if number < shown]) for group, numbers in numbered(reference)]
    bundles = [(group.name, [(group, numbers)]) for group, numbers in groups]
    for title, bundle in bundles if len(bundles) <= MOST_GROUPS else [("Operations", groups)]:
        homes = {number: group for group, numbers in bundle for number in numbers}
        slug = _slug(title)
        for part, numbers in enumerate(_chunks(list(homes), sizes), 1):
            sheet = Sheet(_free(slug if part == 1 else f"{slug}-{part}", taken), _title(title, part))
            for group, inside in groupby(numbers, homes.__getitem__):
                sheet.groups.append((group, list(inside)))
            yield sheet
    for part, numbers in enumerate(_chunks(range(types), type_sizes), 1):
        name = "types" if part == 1 else _free(f"types-{part}", taken)
        yield Sheet(name, _title("Types", part), [], [reference.types[number] for number in numbers])


def _title(name: str, part: int) -> str:
    return name if part == 1 else f"{name} ({part})"


def _within(sizes: Sequence[int], most: int) -> int:
    """How many of the first fit."""
    sums = accumulate(sizes)
    return sum(1 for _ in takewhile(lambda size: size <= most, sums))


def _chunks(numbers: Sequence[int], sizes: Sequence[int]) -> Iterator[list[int]]:
    """Runs that fit on one page each."""
    run: list[int] = []
    room = PAGE_BYTES
    for number in numbers:
        if run and room < sizes[number]:
            yield run
            run, room = [], PAGE_BYTES
        run.append(number)
        room -= sizes[number]
    if run:
        yield run


def _slug(name: str, most: int = _NAME) -> str:
    """A name as it can stand in an address: what is not a letter or a number becomes a dash."""
    return re.sub(r"[^a-z0-9]+", "-", name[:200].lower()).strip("-")[:most].strip("-") or "other"


def _free(name: str, taken: set[str]) -> str:
    """The name, or the first of it with a number that nothing else has."""
    found = next(one for one in chain([name], (f"{name}-{number}" for number in count(2))) if one not in taken)
    taken.add(found)
    return found
