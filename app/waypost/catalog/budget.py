"""How much of a stranger's file we are willing to look at, before anything is built from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """Bounds for one file. The defaults hold every real descriptor we know, with room to spare."""

    size: int = 1024 * 1024  # bytes; real descriptors of 200 kB exist, because people inline their OpenAPI
    depth: int = 100  # of nested collections: the C parser overflows its stack at some 30,000
    nodes: int = 50_000
    aliases: int = 100  # uses of `*name`
    copied: int = 10_000  # nodes that aliases stand for, were they written out: stops the bombs that 100 can be
    documents: int = 1_000
    directives: int = 20  # lines that begin with %: the C parser compares each with all before it


DEFAULT_BUDGET = Budget()
