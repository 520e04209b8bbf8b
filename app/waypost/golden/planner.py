"""Goes through the steps of a template once, in memory. What stands before the first step is `plan`'s own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from waypost.golden import parameters, steps
from waypost.golden.actions import Action, ActionFault, NotYet, Outcome, OutOfReach, Run
from waypost.golden.actions.elsewhere import unknown
from waypost.golden.effects import Effect, FilesPushed, PullOpened
from waypost.golden.expressions import Budget, BudgetExceeded
from waypost.golden.faults import Fault
from waypost.golden.later import is_later, later
from waypost.golden.parameters.schema import violations
from waypost.golden.paths import Refused
from waypost.golden.planned import Plan, PlannedStep
from waypost.golden.sources import Source
from waypost.golden.template import Step, Template
from waypost.golden.workspace import Workspace

_MOST_RUNS = 2_000  # of actions, those of `each` counted one by one
_MOST_PUSHED = 200_000  # files, in all commits of a plan together


@dataclass(slots=True)
class Planner:
    """What one pass knows: the later steps see what the earlier ones did."""

    template: Template
    source: Source
    actions: Mapping[str, Action]
    entities: Mapping[str, Mapping[str, Any]]
    secrets: Mapping[str, str] = field(repr=False)
    known: Mapping[str, Mapping[str, Any]]
    failed: Collection[str]
    is_dry_run: bool
    context: dict[str, Any] = field(repr=False)
    renderer: steps.Renderer = field(default_factory=lambda: steps.Renderer(Budget()))
    workspace: Workspace = field(default_factory=Workspace)
    planned: list[PlannedStep] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    pushed: int = 0  # files
    is_guessing: bool = False  # some step before did what nobody here knows

    def plan(self, answers: Mapping[str, Any]) -> Plan:
        output: Mapping[str, Any] = {}
        try:
            for step in self.template.steps:
                self._step(step)
            output = _shown_output(self.renderer.value(dict(self.template.output), self.context, "output", "output"))
        except BudgetExceeded as error:
            self.faults.append(Fault("steps", f"the plan is given up: {error}"))
        self.faults += self.renderer.warnings
        self.faults += [Fault("files", warning, is_error=False) for warning in self.workspace.warnings()]
        return Plan(tuple(dict.fromkeys(self.faults)), self.planned, output, self.workspace.tree(), answers)

    def _step(self, step: Step) -> None:
        if not self._is_due(step):
            self._skip(step)
        else:
            self._warn_of_secrets(step)
            self._iterate(step)
        if step.id in self.failed:
            self.renderer.status.has_failed = True

    def _is_due(self, step: Step) -> bool:
        if self.renderer.status.has_failed and not steps.asks_for_status(step, self.context, self.renderer):
            return False
        return steps.is_wanted(step, self.context, self.renderer)

    def _iterate(self, step: Step) -> None:
        outputs: list[Mapping[str, Any]] = []
        try:
            for iteration in steps.iterations(step, self.context, self.secrets, self.renderer):
                if iteration.is_skipped:
                    self._skip(step, iteration.key)
                    continue
                if len(self.planned) >= _MOST_RUNS:
                    raise BudgetExceeded(f"more than {_MOST_RUNS:,} runs of actions. Shorten what each goes over.")
                outcome = self._counted(self._run(step, iteration))
                outputs.append(outcome.output)
                self.planned.append(
                    PlannedStep(
                        step.id,
                        step.name,
                        step.action,
                        iteration.input,
                        effects=outcome.effects,
                        output=self.known.get(step.id, outcome.output),
                        key=iteration.key,
                    )
                )
                self.effects += outcome.effects
        except steps.StepFault as fault:
            self._fault(step, str(fault))
            self._skip(step)
        output = self.known.get(step.id, outputs[0] if outputs and step.each is None else _joined(outputs))
        self.context["steps"] = {**self.context["steps"], step.id: {"output": output}}

    def _run(self, step: Step, iteration: steps.Iteration) -> Outcome:
        action = self.actions.get(step.action)
        if action is None:
            self._fault(step, unknown(step.action, self.actions), is_error=not self.is_dry_run)
            self.is_guessing = self.is_dry_run
            return Outcome()
        run = Run(
            step.id,
            self.workspace,
            self.source,
            self.renderer.budget,
            self.template.ref,
            step.input,
            iteration.hidden,
            self.entities,
            self.effects,
        )
        try:
            if not self._fits(step, action, iteration.input):
                return _unrun(action)
            outcome = action.run(iteration.input, run)
        except (ActionFault, Refused) as fault:
            self._fault(step, str(fault))
        except OutOfReach as fault:
            self._fault(step, f"{fault}, so what it would bring is missing here", is_error=not self.is_dry_run)
            self.is_guessing = self.is_dry_run
        except NotYet as missing:
            message = f"{missing} is known after the run only, so what the step does is not shown yet"
            self._fault(step, message, is_error=False)
        else:
            for warning in outcome.warnings:
                self._fault(step, warning, is_error=False)
            return outcome
        return _unrun(action)

    def _counted(self, outcome: Outcome) -> Outcome:
        for effect in outcome.effects:
            if isinstance(effect, FilesPushed | PullOpened):
                self.pushed += len(effect.files)
        if self.pushed > _MOST_PUSHED:
            raise BudgetExceeded(f"its commits hold more than {_MOST_PUSHED:,} files. Push fewer, or less often.")
        return outcome

    def _fits(self, step: Step, action: Action, input: Mapping[str, Any]) -> bool:
        found = violations(action.input, input)
        for violation in found:
            fault = parameters.fault(violation)
            if is_later(violation.value):
                raise NotYet(f"input.{fault.path}")
            self._fault(step, f"input.{fault.path}: {fault.message}" if fault.path else f"input {fault.message}")
        return not found

    def _warn_of_secrets(self, step: Step) -> None:
        for name in steps.secrets_read(step):
            if name not in self.secrets:
                message = f"the secret is not given; the step goes on without it. Give it with --secret {name}"
                self._fault(step, f"secrets.{name}: {message}", is_error=False)

    def _skip(self, step: Step, key: str = "") -> None:
        self.planned.append(PlannedStep(step.id, step.name, step.action, {}, is_skipped=True, key=key))

    def _fault(self, step: Step, message: str, is_error: bool = True) -> None:
        self.faults.append(Fault(f"steps/{step.id}", message, is_error and not self.is_guessing))


def _unrun(action: Action) -> Outcome:
    """Return what is known of an action that could not be planned: the names of what it puts out."""
    return Outcome(output={name: later(name) for name in action.output["properties"]})


def _joined(outputs: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the outputs of all iterations: each a list, as Backstage gives them."""
    joined: dict[str, list[Any]] = {}
    for output in outputs:
        for name, value in output.items():
            joined.setdefault(name, []).append(value)
    return joined


def _shown_output(output: dict[str, Any]) -> dict[str, Any]:
    """Leave out the links and texts whose `if` does not hold."""
    for name in ("links", "text"):
        if isinstance(output.get(name), list):
            output[name] = [kept for item in output[name] for kept in _wanted(item)]
    return output


def _wanted(item: Any) -> list[Any]:
    if not isinstance(item, dict) or "if" not in item:
        return [item]
    rest = {key: value for key, value in item.items() if key != "if"}
    return [rest] if steps.is_truthy(item["if"]) else []
