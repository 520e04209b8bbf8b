"""How documentation of repositories is published, as waypost.yaml says it: `docs`. Values; every default is safe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Publishing:
    """The decisions, with their defaults."""

    publish: str = "auto"  # auto | site | markdown | off
    public: bool = False  # also what not everybody may read may go to a site that everybody can
    workflows: tuple[str, ...] = ("*docs*",)  # globs: the workflows whose runs may have left documentation

    @property
    def has_markdown(self) -> bool:
        """Say whether the documentation is to be read in the catalog repository."""
        return self.publish in ("auto", "markdown")

    @property
    def has_site(self) -> bool:
        """Say whether a site is made of it; that it may be seen by its readers is decided later."""
        return self.publish in ("auto", "site")


def publishing(value: Mapping[str, Any]) -> Publishing:
    """Read what fits the schema: the value of `docs`."""
    default = Publishing()
    return Publishing(
        publish=value.get("publish", default.publish),
        public=value.get("public", default.public),
        workflows=tuple(value.get("workflows", default.workflows)),
    )
