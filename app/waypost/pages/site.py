"""Where the pages will live: the addresses that links need. Knows nothing of the catalog."""

from __future__ import annotations

from dataclasses import dataclass, field

from waypost.integrations import Integration, shipped


@dataclass(frozen=True, slots=True)
class Site:
    """The catalog repository as people reach it, the human text on its front page, and the tools we link to."""

    catalog_repository: str  # owner/name
    server_url: str = "https://github.com"
    branch: str = "main"
    about: str = ""  # about.md, shown first on the front page
    integrations: tuple[Integration, ...] = field(default_factory=shipped)

    @property
    def url(self) -> str:
        """The catalog repository's own page."""
        return f"{self.server_url}/{self.catalog_repository}"
