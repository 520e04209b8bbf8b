"""The plan of a template with its parameters, as a value: every step, the tree, every effect. Runs nothing.

A real run plans again after each step that it applied, with the outputs that are `known` by then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from waypost.catalog.problems import Severity
from waypost.golden import parameters, steps
from waypost.golden.actions import ACTIONS, Action, ActionFault, NotYet, Outcome, OutOfReach, Run
from waypost.golden.actions.elsewhere import unknown
from waypost.golden.effects import Effect
from waypost.golden.expressions import Budget, BudgetExceeded
from waypost.golden.faults import Fault
from waypost.golden.later import is_later, later
from waypost.golden.parameters.schema import violations
from waypost.golden.paths import Refused
from waypost.golden.sources import Source
from waypost.golden.template import Step, Template
from waypost.golden.tree import Tree
from waypost.golden.workspace import Workspace

__all__ = ["Fault", "Plan", "PlannedStep", "plan"]

_MOST_STEPS = 500  # of a template; with `each` there may be more runs


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


def plan(
    template: Template,
    values: Mapping[str, Any],
    source: Source,
    *,
    secrets: Mapping[str, str] = {},
    user: Mapping[str, Any] = {},
    known: Mapping[str, Mapping[str, Any]] = {},
    failed: Collection[str] = (),
    actions: Sequence[Action] = ACTIONS,
    entities: Mapping[str, Mapping[str, Any]] = {},
    task: str = "",
    is_dry_run: bool = False,
) -> Plan:
    """Plan a template.

    `known` are the outputs of steps that were applied, `failed` those that could not be: after one, only steps that
    ask for always() or failure() are planned. `entities` are what catalog:fetch may find, by full ref. In a dry run an
    action or a source that is not known here is a warning.
    """
    broken = [_of_problem(problem) for problem in template.problems if problem.severity is Severity.ERROR]
    if broken:
        return Plan(broken, parameters=values)
    values, secrets = _without_secrets(template, values, secrets)
    answers, faults = parameters.check(template, values)
    if faults:
        return Plan(faults, parameters=answers)
    if len(template.steps) > _MOST_STEPS:
        message = f"the template has {len(template.steps):,} steps; {_MOST_STEPS} are allowed at most"
        return Plan([Fault("steps", message)], parameters=answers)
    planner = _Planner(
        template,
        source,
        {action.id: action for action in actions},
        entities,
        secrets,
        known,
        failed,
        is_dry_run,
        {
            "parameters": answers,
            "environment": {"parameters": {}, "secrets": {}},
            "steps": {},
            "user": user,
            "context": {"task": {"id": task or later("context.task.id")}},
        },
    )
    planner.faults += _secret_faults(template, secrets, is_dry_run)
    return planner.plan(answers)


@dataclass(slots=True)
class _Planner:
    """Goes through the steps once, and keeps what the later ones see of the earlier."""

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
                outcome = self._run(step, iteration)
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

    def _fits(self, step: Step, action: Action, input: Mapping[str, Any]) -> bool:
        found = [violation for violation in violations(action.input, input) if not is_later(violation.value)]
        for violation in found:
            fault = parameters.fault(violation)
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


def _of_problem(problem: Any) -> Fault:
    return Fault(f"{problem.file}:{problem.line}", " ".join(filter(None, (problem.message, problem.fix))))


def _without_secrets(
    template: Template, values: Mapping[str, Any], secrets: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Move the answers of secret fields to the secrets, as Backstage's form does; a mask stays in their place."""
    shown, hidden = dict(values), dict(secrets)
    for name in parameters.secret_names(template):
        if isinstance(value := shown.get(name), str) and value != steps.MASK:
            hidden.setdefault(name, value)
        if name in hidden:
            shown[name] = steps.MASK
    return shown, hidden


def _secret_faults(template: Template, secrets: Mapping[str, str], is_dry_run: bool) -> list[Fault]:
    found = violations(template.secrets, dict(secrets)) if template.secrets else []
    return [
        Fault(
            f"secrets.{violation.subject or '.'.join(map(str, violation.path))}",
            "is missing: the template asks for this secret"
            if violation.keyword == "required"
            else "the secret does not fit what the template asks for",
            is_error=not is_dry_run or violation.keyword != "required",
        )
        for violation in found
    ]


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
