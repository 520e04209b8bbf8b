"""What an organisation decides in `waypost.yaml`, as a value. Reads text only; every default is the safe one.

schemas/waypost.schema.json says the same for editors; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from waypost.catalog.entities import Repository

VISIBILITIES = ("private", "internal", "public")  # from the narrowest


@dataclass(frozen=True, slots=True)
class Settings:
    """The decisions, with their defaults."""

    organisation: str = ""  # how people call it; "" means the login
    kinds: tuple[str, ...] = ()  # custom kinds that are meant, lower-case
    include: tuple[str, ...] = ("*",)  # globs of repository names, or of owner/name
    exclude: tuple[str, ...] = ()
    archived: bool = True  # archived repositories keep their entities, marked
    forks: bool = False  # a fork declares what its parent declares: it would only contest the names
    show_narrower: bool = False  # repositories that fewer people may read than the catalog
    grace_days: int = 30  # how long an orphan is kept
    publish_seconds: float = 10.0  # least time between two commits to the catalog
    handovers: Mapping[str, str] = field(default_factory=dict)  # full ref -> owner/name of its new home, lower-case
    integrations: Mapping[str, Any] = field(default_factory=dict)  # tool -> False, or setting -> value
    catalog_repository: str = ""  # owner/name, from outside; "" means <organisation>/catalog

    def reason_left_out(self, repository: Repository, readers: str) -> str:
        """Say why a repository is left out of a catalog that `readers` (a visibility) may read; "" when it is in."""
        name = repository.name.lower()
        full_name = repository.full_name.lower()
        if not any(_is_named(pattern, name, full_name) for pattern in self.include):
            return "not included by waypost.yaml"
        if any(_is_named(pattern, name, full_name) for pattern in self.exclude):
            return "excluded by waypost.yaml"
        if repository.is_fork and not self.forks:
            return "a fork"
        if repository.is_archived and not self.archived:
            return "archived"
        if not self.show_narrower and _breadth(repository.visibility) < _breadth(readers):
            return f"{repository.visibility}, while the catalog is {readers}"
        return ""

    def catalog_name(self, organisation: str) -> str:
        """Return owner/name of the catalog repository, lower-case."""
        return (self.catalog_repository or f"{organisation}/catalog").lower()


def _is_named(pattern: str, name: str, full_name: str) -> bool:
    return fnmatchcase(full_name if "/" in pattern else name, pattern.lower())


def _breadth(visibility: str) -> int:
    # A visibility we do not know is treated as the narrowest: left out rather than shown.
    return VISIBILITIES.index(visibility) if visibility in VISIBILITIES else 0
