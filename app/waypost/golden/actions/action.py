"""What an action is: its schemas, and a pure function from its input to effects, outputs and changed files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from waypost.golden.addresses import Address, of_repo_url
from waypost.golden.effects import Effect, Hidden, RepositoryExists
from waypost.golden.expressions import Budget
from waypost.golden.later import is_later
from waypost.golden.sources import Source
from waypost.golden.tree import Tree
from waypost.golden.workspace import Workspace

Input = Mapping[str, Any]
_TRIP = 30  # steps of a budget: what going through takes however little is there
_THINGS_A_STEP = 4


class ActionFault(Exception):
    """An action that cannot do what its input asks; the text says what and what to do."""


class NotYet(Exception):
    """What an action would do depends on something that is known after the run; the text says on what."""


class OutOfReach(Exception):
    """What an action fetches cannot be had from here."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action wants outside, and what it puts out."""

    effects: Sequence[Effect] = ()
    output: Mapping[str, Any] = field(default_factory=dict)
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """What an action may use. `hidden` is its input once more, with the secrets that `input` shows as ***."""

    step: str
    workspace: Workspace
    source: Source
    budget: Budget
    template: str  # ref
    written: Input = field(default_factory=dict)  # its input as the author wrote it
    hidden: Input = field(default_factory=dict, repr=False)
    entities: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by full ref
    before: Sequence[Effect] = ()  # of the steps before

    def pay(self, things: int = 0) -> None:
        """Pay for going through so many things, and once through the workspace."""
        self.budget.step(_TRIP + (things + len(self.workspace)) // _THINGS_A_STEP)

    def repository(self, input: Input, field: str = "repoUrl") -> Address:
        """Read the repository that an input names."""
        text = input[field]
        if is_later(text):
            raise NotYet(f"input.{field}")
        try:
            return of_repo_url(text)
        except ValueError as error:
            raise ActionFault(f"input.{field}: {error}") from error

    def default_branch(self, repository: str) -> str:
        """Return the default branch of a repository that a step before makes; "" where none does."""
        for effect in self.before:
            if isinstance(effect, RepositoryExists) and effect.repository == repository:
                return effect.default_branch
        return ""

    def fetched(self, url: str) -> Tree:
        """Return what a url leads to."""
        if is_later(url):
            raise NotYet("input.url")
        tree = self.source(url)
        if tree is None:
            raise OutOfReach(f'input.url: "{url}" cannot be had from here')
        self.pay(len(tree))
        return tree

    def secrets(self, field: str) -> Mapping[str, Hidden]:
        """Return a mapping of the input whose values nobody may see."""
        values = self.hidden.get(field)
        return {name: Hidden(str(value)) for name, value in values.items()} if isinstance(values, Mapping) else {}

    def secret(self, field: str) -> Hidden | None:
        value = self.hidden.get(field)
        return Hidden(str(value)) if value else None


@dataclass(frozen=True, slots=True)
class Action:
    """An entry of the registry. `input` and `output` are JSON Schemas of type object."""

    id: str
    description: str
    input: Mapping[str, Any]
    output: Mapping[str, Any]
    run: Callable[[Input, Run], Outcome] = field(repr=False)
