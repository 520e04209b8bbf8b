"""What the doctor looks at: the configuration, the queue and the forge, each there only where it could be had."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from waypost.config import Config
from waypost.forge.installations import ActionsForges, AppForges
from waypost.forge.protocol import Installation
from waypost.queue.protocol import Queue


@dataclass(slots=True)
class Patient:
    """Answers that several checks need are asked for once."""

    config: Config
    queue: Queue | None
    forges: AppForges | ActionsForges
    clock: Callable[[], float]
    organisation: str = ""  # "": all of them
    _installations: Sequence[Installation] | None = None

    @property
    def as_app(self) -> AppForges | None:
        """The forge as the App sees it; None in a workflow, where tokens stand in for the App."""
        return self.forges if isinstance(self.forges, AppForges) else None

    @property
    def in_workflow(self) -> ActionsForges | None:
        """The forge as a workflow's tokens see it."""
        return self.forges if isinstance(self.forges, ActionsForges) else None

    def installations(self) -> Sequence[Installation]:
        if self._installations is None:
            found = self.forges.installations()
            chosen = self.organisation.lower()
            self._installations = [one for one in found if chosen in ("", one.account.lower())]
        return self._installations

    def active(self) -> list[Installation]:
        return [one for one in self.installations() if not one.is_suspended]

    def catalog(self, account: str) -> str:
        """owner/name of an account's catalog repository."""
        owner, _, name = self.config.catalog_repository.rpartition("/")
        return f"{owner or account}/{name}"
