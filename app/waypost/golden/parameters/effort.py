"""How much work the form of a template may make: counted over all of its pages, whatever leads into what."""

from __future__ import annotations

from dataclasses import dataclass, field

_MOST_STEPS = 100_000  # a step is a schema looked at, or a choice compared; a real form needs a few thousand
_MOST_PATTERNS = 200  # regular expressions that are read


class TooMuch(Exception):
    """The form asks for more work than any form needs."""


@dataclass(slots=True)
class Effort:
    """What has been spent so far."""

    steps: int = 0
    patterns: set[str] = field(default_factory=set)

    def spend(self, steps: int = 1) -> None:
        self.steps += steps
        if self.steps > _MOST_STEPS:
            raise TooMuch

    def read_pattern(self, pattern: str) -> None:
        """Pay for a pattern: reading one takes as long as hundreds of steps."""
        self.spend()
        if pattern not in self.patterns:
            self.patterns.add(pattern)
            if len(self.patterns) > _MOST_PATTERNS:
                raise TooMuch
