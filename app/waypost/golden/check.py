"""Everything that is wrong with a template, before anybody uses it. Runs nothing, reads only what it is handed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from waypost.catalog.problems import Problem, Severity
from waypost.golden.actions import ACTIONS
from waypost.golden.actions.action import Action
from waypost.golden.checks import names, safety, skeletons, steps
from waypost.golden.checks.around import Around
from waypost.golden.sources import Source
from waypost.golden.template import Template

_MOST_OF_ONE = 200  # problems that one check reports: nobody reads more
Check = Callable[[Around], Iterable[Problem]]


def _owner_is_named(around: Around) -> Iterator[Problem]:
    if not around.template.owner:
        message, fix = "spec.owner is missing", "Add the team that keeps the template."
        yield around.problem("template-owner", ("spec",), message, fix, Severity.WARNING)


CHECKS: Sequence[Check] = [
    _owner_is_named,
    steps.actions_exist,
    steps.ids_are_unique,
    steps.inputs_fit,
    steps.steps_are_there,
    steps.conditions_can_hold,
    names.expressions_can_be_read,
    names.roots_are_known,
    names.parameters_are_asked_for,
    names.parameters_are_read,
    names.required_parameters_exist,
    names.defaults_fit,
    names.pickers_are_known,
    skeletons.fetched_is_there,
    skeletons.skeletons_can_be_rendered,
    skeletons.names_are_known,
    skeletons.values_are_given,
    skeletons.values_are_read,
    skeletons.what_is_created_is_described,
    safety.secrets_stay_secret,
    safety.workflows_are_pinned,
]


def check(
    template: Template, source: Source, actions: Sequence[Action] = ACTIONS, file: str = "template.yaml"
) -> tuple[Problem, ...]:
    """Return everything that is wrong, sorted; `source` gives what its steps fetch, `file` is how it is named.

    A template that is none is not looked at further: what is missing would be reported for everything in it.
    """
    if not template.steps and not template.is_valid:
        return tuple(template.problems)
    around = Around(template, source, {action.id: action for action in actions}, file)
    found = {problem for one in CHECKS for problem in islice(one(around), _MOST_OF_ONE)}
    return tuple(sorted({*template.problems, *found}))
