"""Where the names of a template live while it renders, and which of them can be seen from where.

There are two kinds of place, as in that engine. A *slot* belongs to a name that the text itself binds: loop variables,
macros and their parameters; it is found when the template is compiled. A *scope* holds what `set` assigns: loops write
into the scope around them where the name exists already, macros, blocks and call bodies keep theirs to themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.values import UNDEFINED

_MISSING = object()
Slots = list[Any]  # slot 0 is the frame around, or None


class Scope:
    """Names and their values, and the scope around them."""

    __slots__ = ("isolated", "names", "parent")

    def __init__(self, parent: Scope | None, isolated: bool = False) -> None:
        self.parent = parent
        self.isolated = isolated  # assignments stay here
        self.names: dict[str, Any] = {}

    def assign(self, name: str, value: Any) -> None:
        """Replace the nearest binding that may be replaced, or bind the name here."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                scope.names[name] = value
                return
            if scope.isolated:
                break
            scope = scope.parent
        self.names[name] = value


class Run:
    """One rendering: what it may spend, what it may read and call."""

    __slots__ = ("budget", "context", "exports", "filters", "functions")

    def __init__(
        self,
        budget: Budget,
        context: Mapping[str, Any],
        filters: Mapping[str, Callable[..., Any]],
        functions: Mapping[str, Any],
    ) -> None:
        self.budget = budget
        self.context = context
        self.filters = filters
        self.functions = functions
        self.exports = Scope(None, isolated=True)  # what macros see of the template around them


class Env:
    """Where one piece of a template runs: its scope, its slots, its output."""

    __slots__ = ("budget", "out", "run", "scope", "slots")

    def __init__(self, run: Run, scope: Scope, slots: Slots, out: list[str]) -> None:
        self.run = run
        self.budget = run.budget
        self.scope = scope
        self.slots = slots
        self.out = out

    def find(self, name: str) -> Any:
        """Read a name: scopes outwards, then what the template was given, then functions."""
        scope: Scope | None = self.scope
        while scope is not None:
            value = scope.names.get(name, _MISSING)
            if value is not _MISSING:
                return value
            scope = scope.parent
        return self.given(name)

    def given(self, name: str) -> Any:
        """Read what the template was given under a name, or a function."""
        value = self.run.context.get(name, _MISSING)
        if value is not _MISSING:
            return value
        return self.run.functions.get(name, UNDEFINED)
