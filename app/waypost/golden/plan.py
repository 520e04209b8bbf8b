"""The plan of a template with its parameters, as a value: every step, the tree, every effect. Runs nothing.

A real run plans again after each step that it applied, with the outputs that are `known` by then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from waypost.catalog.problems import Problem, Severity
from waypost.golden import parameters, steps
from waypost.golden.actions import ACTIONS, Action
from waypost.golden.faults import Fault
from waypost.golden.later import later
from waypost.golden.parameters.schema import violations
from waypost.golden.planned import Plan, PlannedStep
from waypost.golden.planner import Planner
from waypost.golden.sources import Source
from waypost.golden.template import Template

__all__ = ["Fault", "Plan", "PlannedStep", "plan"]

_MOST_STEPS = 500  # of a template; with `each` there may be more runs


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
    planner = Planner(
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


def _of_problem(problem: Problem) -> Fault:
    return Fault(f"{problem.file}:{problem.line}", ". ".join(filter(None, (problem.message, problem.fix))))


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
