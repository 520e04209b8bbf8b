"""The engines that turn Markdown into pages, by the name that an annotation gives. Knows none of them itself."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol

from waypost.catalog.explain import quote
from waypost.catalog.problems import Problem
from waypost.docs.book import Book
from waypost.docs.problems import refused
from waypost.docs.settings import Settings

ANNOTATION = "backstage.io/techdocs-engine"
# Name -> module with a class `Engine`, imported only when it is asked for.
ENGINES = {"mkdocs": "waypost.docs.mkdocs_engine"}


@dataclass(frozen=True, slots=True)
class Site:
    """What an engine is given: our settings, and a room that holds copies only."""

    settings: Settings
    room: Path  # `docs/` below it holds the Markdown; the engine may write anywhere else below it


class Engine(Protocol):
    """Turns the Markdown of a site into pages; leaves the files that belong to them in `room/site`."""

    def build(self, site: Site) -> tuple[Book, list[Problem]]:
        """Return the pages, and what the engine complained about."""


def engine_named(name: str, file: str) -> Engine:
    """Return an engine; raise CannotBuild for a name that is not known. `file` is where it was asked for."""
    module = ENGINES.get(name or "mkdocs")
    if module is None:
        known = ", ".join(ENGINES)
        raise refused(file, f"{ANNOTATION}: engine {quote(name)} is not known", f"Remove the annotation, or: {known}.")
    engine: Engine = import_module(module).Engine()
    return engine
