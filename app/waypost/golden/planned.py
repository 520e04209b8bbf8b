"""A plan as a value: every step, the tree, every effect, and what stands in the way. Makes none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from waypost.golden.effects import Effect
from waypost.golden.faults import Fault
from waypost.golden.tree import Tree


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step, or one iteration of it, with its rendered input (secrets shown as ***)."""

    id: str
    name: str
    action: str
    input: Mapping[str, Any]
    is_skipped: bool = False
    effects: Sequence[Effect] = ()
    output: Mapping[str, Any] = field(default_factory=dict)  # as far as it is known before the run
    key: str = ""  # of `each`


@dataclass(frozen=True, slots=True)
class Plan:
    """What would happen. `is_valid` is false when any fault is an error; then nothing may be applied."""

    faults: Sequence[Fault] = ()
    steps: Sequence[PlannedStep] = ()
    output: Mapping[str, Any] = field(default_factory=dict)
    files: Tree = field(default_factory=dict)  # the workspace after the last step
    parameters: Mapping[str, Any] = field(default_factory=dict)  # with defaults applied

    @property
    def is_valid(self) -> bool:
        return not any(fault.is_error for fault in self.faults)

    @property
    def effects(self) -> Sequence[Effect]:
        """Every effect in the order of the steps."""
        return [effect for step in self.steps for effect in step.effects]
