"""How much a template may ask for: steps, characters, nesting. Counts, and refuses what goes beyond; knows no clock.

One step is about one node of an expression evaluated, one item visited or 64 letters read, so the number of steps
bounds the time. Characters made bound the memory. The limits are far beyond what real skeletons need.
"""

from __future__ import annotations

from dataclasses import dataclass

from waypost.golden.expressions.errors import BudgetExceeded

_LETTERS_A_STEP = 64
_SHRINK = "Make the loops or the values of the template smaller."


@dataclass(slots=True)
class Budget:
    """Limits and what has been spent of them; share one over all files of a skeleton."""

    steps: int = 1_000_000
    output: int = 32_000_000  # characters rendered
    made: int = 48_000_000  # characters of all texts made on the way
    value: int = 16_000_000  # characters of a single text
    depth: int = 48  # macros calling macros
    steps_spent: int = 0
    output_spent: int = 0
    made_spent: int = 0
    depth_now: int = 0

    def step(self, count: int = 1) -> None:
        """Pay for work about to be done."""
        self.steps_spent += count
        if self.steps_spent > self.steps:
            raise BudgetExceeded(f"the template needs more than {self.steps:,} steps", fix=_SHRINK)

    def emit(self, letters: int) -> None:
        """Pay for text that goes to the result."""
        self.output_spent += letters
        if self.output_spent > self.output:
            raise BudgetExceeded(f"the template renders more than {self.output:,} characters", fix=_SHRINK)

    def make(self, letters: int) -> None:
        """Pay for a text before it is made."""
        if letters > self.value:
            raise BudgetExceeded(f"a text of {letters:,} characters, more than {self.value:,}", fix=_SHRINK)
        self.made_spent += letters
        if self.made_spent > self.made:
            raise BudgetExceeded(f"the template makes more than {self.made:,} characters of text", fix=_SHRINK)
        if letters >= _LETTERS_A_STEP:
            self.step(letters // _LETTERS_A_STEP)

    def read(self, letters: int) -> None:
        """Pay for looking through a text."""
        if letters >= _LETTERS_A_STEP:
            self.step(letters // _LETTERS_A_STEP)

    def enter(self) -> None:
        """Go one macro deeper."""
        self.depth_now += 1
        if self.depth_now > self.depth:
            raise BudgetExceeded(
                f"macros call each other more than {self.depth} levels deep", fix="Use a loop instead of recursion."
            )

    def leave(self) -> None:
        """Come back from a macro."""
        self.depth_now -= 1
