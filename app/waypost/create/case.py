"""One request with everything that is known of it before it begins: what the checks of the preflight look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from waypost.create.shelf import Library
from waypost.create.wish import Wish
from waypost.forge.creating import Me, Workshop
from waypost.golden.calls import Call
from waypost.golden.effects import RepositoryExists
from waypost.golden.plan import Plan
from waypost.golden.template import Template


@dataclass(frozen=True, slots=True)
class Case:
    """A request, its plan, and who carries it out."""

    workshop: Workshop
    books: Library
    template: Template
    version: str  # of the template; "" when it stands in a folder
    plan: Plan
    wish: Wish
    request: str
    calls: Sequence[Call]
    me: Me
    now: float

    @property
    def repositories(self) -> list[RepositoryExists]:
        return [effect for effect in self.plan.effects if isinstance(effect, RepositoryExists)]

    @property
    def login(self) -> str:
        """Who asks: as the door says, else whose token it is."""
        return self.wish.actor or ("" if self.me.is_app else self.me.login)


def visibility(effect: RepositoryExists) -> str:
    """Return who will see a repository; GitHub's own default is not left to chance."""
    said = effect.settings.get("visibility")
    return str(said) if said else "public" if effect.settings.get("private") is False else "private"
