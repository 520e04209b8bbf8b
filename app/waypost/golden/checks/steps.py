"""The steps of a template: do their actions exist, can they use what they get, and do they ever run?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from waypost.catalog.explain import dotted, quote
from waypost.catalog.problems import Problem, Severity
from waypost.golden.actions.elsewhere import unknown
from waypost.golden.checks.around import Around, Spot, did_you_mean, texts
from waypost.golden.checks.language import functions, read
from waypost.golden.checks.names import place
from waypost.golden.expressions import UNDEFINED, ExpressionError, evaluate, is_sole_expression, is_truthy
from waypost.golden.fields import every
from waypost.golden.parameters.schema import violations
from waypost.golden.template import Step

_MOST_TRIED = 256  # combinations of answers
# Inputs that old templates still give.
_MOVED = {
    "copyWithoutRender": 'It is called "copyWithoutTemplating" now.',
    "allowedHosts": "It belongs below ui:options of the RepoUrlPicker; here it does nothing. Remove it.",
}
_MARKS = ("${{", "{%", "{#")


def actions_exist(around: Around) -> Iterator[Problem]:
    for number, step in enumerate(around.template.steps):
        if step.action not in around.actions and step.action:
            message = f"step {step.id}: {unknown(step.action, around.actions)}"
            yield around.problem("action-unknown", ("spec", "steps", number, "action"), message, "")


def ids_are_unique(around: Around) -> Iterator[Problem]:
    counted = Counter(step.id for step in around.template.steps)
    seen: set[str] = set()
    for number, step in enumerate(around.template.steps):
        if counted[step.id] > 1 and step.id in seen:
            message = f'two steps have the id "{step.id}"'
            yield around.problem("step-id-taken", ("spec", "steps", number, "id"), message, "Give each its own.")
        seen.add(step.id)


def inputs_fit(around: Around) -> Iterator[Problem]:
    for number, step in enumerate(around.template.steps):
        action = around.actions.get(step.action)
        if action is None:
            continue
        base = ("spec", "steps", number, "input")
        properties: Mapping[str, Any] = action.input.get("properties") or {}
        for name in action.input.get("required") or ():
            if name not in step.input:
                yield around.problem(
                    "action-input", base, f"step {step.id}: {step.action} needs the input {name}", f"Add {name}."
                )
        for name, value in step.input.items():
            if name not in properties and properties and not action.input.get("additionalProperties"):
                fix = _MOVED.get(name) or did_you_mean(name, properties) or f"It reads {', '.join(properties)}."
                message = f'step {step.id}: {step.action} does not read an input "{name}"'
                yield around.problem("action-input-unknown", (*base, name), message, fix, Severity.WARNING)
            elif not _is_rendered(value):
                yield from _misfits(around, step, (*base, name), properties.get(name) or {}, value)


def _misfits(around: Around, step: Step, path: tuple[str | int, ...], schema: Any, value: Any) -> Iterator[Problem]:
    """Yield what is wrong with a value that is the same in every run."""
    for wrong in violations(schema, value):
        spot = (*path, *wrong.path)
        where = f"step {step.id}: {dotted(spot[4:])}"
        if wrong.keyword == "required":
            yield around.problem("action-input", spot, f"{where}: {wrong.subject} is missing", f"Add {wrong.subject}.")
        else:
            wanted = _wanted(wrong.schema)
            yield around.problem(
                "action-input", spot, f"{where}: {quote(wrong.value)} is not {wanted}", f"Write {wanted}."
            )


def steps_are_there(around: Around) -> Iterator[Problem]:
    order: dict[str, int] = {}
    for number, step in enumerate(around.template.steps):
        order.setdefault(step.id, number)  # of two with one id, the first is there first
    for spot, path in around.read("steps"):
        if len(path) == 1:
            continue
        name = path[1]
        if name not in order:
            subtracted = [id for id in order if id.startswith(f"{name}-") and f"steps.{id}" in spot.text]
            fix = f"A hyphen subtracts there: write steps['{subtracted[0]}']." if subtracted else ""
            fix = fix or did_you_mean(name, order) or f"Steps: {', '.join(order)}."
            yield around.problem(
                "step-undefined", spot.path, f'{place(spot)}: there is no step "{name}"', fix, spot.severity(path)
            )
        elif spot.step >= 0 and order[name] >= spot.step:
            when = "is this step itself" if order[name] == spot.step else "runs later"
            message = f'{place(spot)}: the step "{name}" {when}'
            fix = "Move it up, or read another."
            yield around.problem("step-undefined", spot.path, message, fix, spot.severity(path))
        elif problem := _no_output(around, spot, path, around.template.steps[order[name]].action):
            yield problem


def _no_output(around: Around, spot: Spot, read: tuple[str, ...], id: str) -> Problem | None:
    """Return what is wrong with reading the output of a step whose action is `id`."""
    where, action = place(spot), around.actions.get(id)
    if len(read) > 2 and read[2] != "output":
        message = f"{where}: a step has an output only"
        fix = did_you_mean(read[2], ["output"]) or f"Write steps.{read[1]}.output.{read[2]}."
        return around.problem("output-undefined", spot.path, message, fix, Severity.WARNING)
    if action is None or len(read) < 4:
        return None
    outputs: Mapping[str, Any] = action.output.get("properties") or {}
    if read[3] in outputs or action.output.get("additionalProperties"):
        return None
    fix = did_you_mean(read[3], outputs) or (f"It has {', '.join(outputs)}." if outputs else "It has none.")
    message = f'{where}: {id} has no output "{read[3]}"'
    return around.problem("output-undefined", spot.path, message, fix, Severity.WARNING)


def conditions_can_hold(around: Around) -> Iterator[Problem]:
    for number, step in enumerate(around.template.steps):
        condition, path = step.condition, ("spec", "steps", number, "if")
        if condition is False:
            message = f"step {step.id} never runs: its condition is false"
            yield around.problem("step-unreachable", path, message, "Remove the step.", Severity.WARNING)
        elif isinstance(condition, str) and condition and not _is_rendered(condition):
            message = f"step {step.id}: if: {quote(condition)} is text, and text is always true"
            fix = "Write it as ${{ ... }}."
            yield around.problem("condition-text", path, message, fix, Severity.WARNING)
        elif isinstance(condition, str) and _never_holds(around, condition):
            message = f"step {step.id} never runs: {quote(condition)} is false whatever is answered"
            fix = "Correct the condition, or remove the step."
            yield around.problem("step-unreachable", path, message, fix, Severity.WARNING)


def _never_holds(around: Around, condition: str) -> bool:
    """Try every combination of answers, where there are few enough."""
    reading = read(condition)
    if reading.errors or not is_sole_expression(condition) or functions(condition):
        return False
    if any(path[0] != "parameters" or len(path) != 2 for path in reading.names):
        return False
    asked = sorted({path[1] for path in reading.names})
    answers = [_answers(around, name) for name in asked]
    size = 1
    for each in answers:
        size *= len(each)
    if not 0 < size <= _MOST_TRIED:
        return False
    return not any(_holds(around, condition, zip(asked, answer, strict=True)) for answer in product(*answers))


def _answers(around: Around, name: str) -> list[Any]:
    """Return everything that may be answered; nothing where that is without end."""
    said = [each for each in every(around.template) if each.name == name]
    # What is said in any case bounds the answer; else what is said in each case that may be.
    firm = [each for each in said if not each.is_conditional]
    found: list[Any] = [UNDEFINED]  # an answer may be left out, so say nothing too soon
    for field in firm[:1] or said:
        choices = field.schema.get("enum")
        few = choices if isinstance(choices, list) else [True, False] if field.type == "boolean" else []
        if "const" in field.schema:
            few = [field.schema["const"]]
        if not few:
            return []
        found += few
    return found


def _holds(around: Around, condition: str, parameters: Iterable[tuple[str, Any]]) -> bool:
    given = {name: value for name, value in parameters if value is not UNDEFINED}
    try:
        value = evaluate(condition, {"parameters": given}, around.budget)
    except ExpressionError:
        return True  # who knows
    return bool(value) if isinstance(value, list) else is_truthy(value)


def _is_rendered(value: Any) -> bool:
    return any(mark in text for _, text in texts(value) for mark in _MARKS)


def _wanted(schema: Mapping[str, Any]) -> str:
    if isinstance(choices := schema.get("enum"), list):
        return f"one of {', '.join(map(str, choices))}"
    types = schema.get("type")
    words = {
        "string": "text",
        "object": "a mapping",
        "array": "a list",
        "boolean": "true or false",
        "number": "a number",
    }
    return " or ".join(words.get(type, type) for type in ([types] if isinstance(types, str) else types or ["usable"]))
