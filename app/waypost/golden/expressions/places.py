"""What a name means at one place of a template's text, found out before anything runs. Holds no value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from waypost.golden.expressions.scope import Env


@dataclass(slots=True)
class Frame:
    """The slots of one callable part: the template, a macro, a block, the body of a call."""

    parent: Frame | None = None
    size: int = 1  # slot 0 is the frame around


@dataclass(slots=True)
class Place:
    """A region of the text: the slots visible in it, and whether it is the top level of the template."""

    frame: Frame
    assigned: frozenset[str]  # names the template binds anywhere; all others are what it was given
    cookiecutter: bool
    slots: dict[str, tuple[Frame, int]] = field(default_factory=dict)
    exports_macros: bool = True
    exports_names: bool = True

    def region(self) -> Place:
        """Return the region of a loop: sees these slots, adds its own, exports nothing."""
        return Place(self.frame, self.assigned, self.cookiecutter, dict(self.slots), False, False)

    def macro(self) -> Place:
        """Return the region of a macro or block: a frame of its own that sees no slot from outside."""
        return Place(Frame(), self.assigned, self.cookiecutter, {}, True, False)

    def caller(self) -> Place:
        """Return the region of a call's body: a frame of its own inside this one."""
        return Place(Frame(self.frame), self.assigned, self.cookiecutter, dict(self.slots), False, False)

    def bind(self, name: str) -> int:
        """Give a name a slot of its own from here on."""
        index = self.anonymous()
        self.slots[name] = (self.frame, index)
        return index

    def anonymous(self) -> int:
        """Reserve a slot that no name reaches."""
        self.frame.size += 1
        return self.frame.size - 1

    def way(self, name: str) -> tuple[int, int] | None:
        """Say how many frames outwards and in which slot a name lives; None when it has no slot."""
        found = self.slots.get(name)
        if not found:
            return None
        hops, frame = 0, self.frame
        while frame is not found[0] and frame.parent is not None:
            hops, frame = hops + 1, frame.parent
        return hops, found[1]

    def reader(self, name: str) -> Callable[[Env], Any]:
        """Return what reads the name here."""
        way = self.way(name)
        if way is None:
            if name in self.assigned:
                return lambda env: env.find(name)
            return lambda env: env.given(name)
        hops, index = way
        if not hops:
            return lambda env: env.slots[index]
        return lambda env: outwards(env.slots, hops)[index]

    def writer(self, name: str) -> Callable[[Env, Any], None]:
        """Return what `set` does to the name here."""
        way, exports = self.way(name), self.exports_names

        def write(env: Env, value: Any) -> None:
            env.scope.assign(name, value)
            if way is not None:
                outwards(env.slots, way[0])[way[1]] = value
            if exports:
                env.run.exports.names[name] = value

        return write


def outwards(slots: list[Any], hops: int) -> list[Any]:
    """Walk to a frame further out."""
    for _ in range(hops):
        slots = slots[0]
    return slots
