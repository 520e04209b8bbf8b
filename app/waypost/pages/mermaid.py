"""Diagrams as mermaid, small enough for GitHub to draw, with nothing in a label but its letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from waypost.limits import MERMAID_CHARACTERS, MERMAID_EDGES
from waypost.pages.markdown import Md, clean, fence

MOST_NODES = 60
LABEL = 40
_OTHER = re.compile(r"[^A-Za-z0-9 .,_/()-]")


class Node(NamedTuple):
    """A box: `key` names it in edges, `shape` is one of service, api, store, system, outside."""

    key: str
    label: str
    shape: str = "service"


_SHAPES = {
    "service": ('["', '"]'),
    "api": ('(["', '"])'),
    "store": ('[("', '")]'),
    "system": ('[["', '"]]'),
    "outside": ('("', '"):::outside'),
    "here": ('["', '"]:::here'),
}


@lru_cache(maxsize=4_096)
def label(value: str) -> str:
    """Every character that could mean something to mermaid or to HTML becomes its number."""
    return _OTHER.sub(_number, clean(value, LABEL))


def _number(found: re.Match[str]) -> str:
    character = found[0]
    return character if character.isalnum() else f"#{ord(character)};"


def flowchart(nodes: Sequence[Node], edges: Iterable[tuple[str, str]], direction: str = "LR") -> Md | None:
    """Draw boxes and arrows; None when there is nothing to draw. Beyond GitHub's limits the rest is left out: the table
    beside the diagram is complete."""
    shown = nodes[:MOST_NODES]
    ids = {node.key: f"n{number}" for number, node in enumerate(shown)}
    known = sorted(
        {(source, target) for source, target in edges if source in ids and target in ids and source != target}
    )
    arrows = [f"  {ids[source]} --> {ids[target]}" for source, target in known[:MERMAID_EDGES]]
    if not arrows:
        return None
    boxes = [f"  {ids[node.key]}{_SHAPES[node.shape][0]}{label(node.label)}{_SHAPES[node.shape][1]}" for node in shown]
    lines = [f"flowchart {direction}", *boxes, *arrows, *_STYLE]
    while len(drawn := "\n".join(lines)) > MERMAID_CHARACTERS:
        lines.pop(-1 - len(_STYLE))
    return fence(drawn, "mermaid")


# Strokes only: fills would be unreadable in one of GitHub's two themes.
_STYLE = ["  classDef here stroke-width:3px", "  classDef outside stroke-dasharray:4 3"]
