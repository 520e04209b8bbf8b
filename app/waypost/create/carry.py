"""Carry a plan out: step by step, each planned again with what the steps before it brought. Ends with what is left.

A step that fails stops the run, except for steps that ask to run then (`always()`, `failure()`), as in Backstage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from waypost.create.effects import describe, in_order, make_true
from waypost.create.kinds.repository import finishing
from waypost.create.run import Run, show
from waypost.forge.protocol import ForgeError, RateLimited, Unavailable
from waypost.golden.effects import Effect, RepositoryExists
from waypost.golden.plan import Plan, PlannedStep

Known = Mapping[str, Mapping[str, Any]]
Planner = Callable[[Known, Sequence[str]], Plan]  # with the outputs so far, and the ids of the steps that failed


class PlanChanged(ForgeError):
    """With what a step brought, a later one turns out to be impossible."""


@dataclass(slots=True)
class Ending:
    """How far it went. `failure` is None when everything is done."""

    plan: Plan
    failure: ForgeError | None = None
    failed_step: str = ""
    failed: list[str] = field(default_factory=list)  # ids of steps
    left: list[str] = field(default_factory=list)  # effects that were not made true, in words


def carry_out(run: Run, first: Plan, planner: Planner) -> Ending:
    """Make every effect of a plan true, in the order of its steps."""
    ending, known = Ending(first), dict[str, Mapping[str, Any]]()
    number = 0
    while number < len(ending.plan.steps):
        step = ending.plan.steps[number]
        try:
            outputs = {} if step.is_skipped else _carry_step(run, ending, step, number)
            if outputs and _is_single(ending.plan, step):
                known[step.id] = {**step.output, **outputs}
                ending.plan = _again(planner, known, ending)
        except ForgeError as error:
            _note(ending, step, error)
            if isinstance(error, RateLimited | Unavailable):
                ending.left += [describe(one) for later in ending.plan.steps[number + 1 :] for one in _of(later)]
                return ending  # no call helps now
            before = ending.plan
            ending.plan = planner(known, ending.failed)
            ending.left += _dropped(before, ending.plan, number)
        number += 1
    if ending.failure is None:
        _finish(run, ending)
    return ending


def _carry_step(run: Run, ending: Ending, step: PlannedStep, number: int) -> dict[str, Any]:
    outputs: dict[str, Any] = {}
    wanted = in_order(step.effects)
    for place, effect in enumerate(wanted):
        try:
            outputs |= make_true(run, effect, f"{number}.{place}")
        except ForgeError:
            ending.left += [describe(one) for one in wanted[place:]]
            raise
    return outputs


def _is_single(plan: Plan, step: PlannedStep) -> bool:
    """Say whether the outputs of this step can be told apart: iterations of one step share their id."""
    return Counter(one.id for one in plan.steps)[step.id] == 1


def _again(planner: Planner, known: Known, ending: Ending) -> Plan:
    plan = planner(known, ending.failed)
    if faults := [fault for fault in plan.faults if fault.is_error]:
        raise PlanChanged("; ".join(show(fault) for fault in faults))
    return plan


def _note(ending: Ending, step: PlannedStep, error: ForgeError) -> None:
    ending.failed.append(step.id)
    if ending.failure is None:
        ending.failure, ending.failed_step = error, step.name or step.id


def _dropped(before: Plan, after: Plan, number: int) -> list[str]:
    """Return the effects of later steps that do not come about because one has failed."""
    kept = {describe(effect) for step in after.steps[number + 1 :] for effect in _of(step)}
    were = [describe(effect) for step in before.steps[number + 1 :] for effect in _of(step)]
    return [text for text in were if text not in kept]


def _of(step: PlannedStep) -> list[Effect]:
    return [] if step.is_skipped else list(step.effects)


def _finish(run: Run, ending: Ending) -> None:
    """Take the mark off every repository that this request made; from now on they are finished."""
    for effect in ending.plan.effects:
        if not isinstance(effect, RepositoryExists):
            continue
        try:
            run.patiently(effect.repository, partial(_finish_one, run, effect))
        except ForgeError as error:
            ending.failure, ending.failed_step = error, "finishing"
            ending.left.append(f"finish the settings of {effect.repository}")
            return


def _finish_one(run: Run, effect: RepositoryExists) -> None:
    for write in finishing(run.must_look(effect.repository), effect):
        run.write(write)
