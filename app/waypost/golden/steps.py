"""A step's input, condition and iterations, rendered as Backstage renders them. Runs no action.

A text that is one expression keeps the type of its value, an undefined value drops its key, and what cannot be rendered
stays as it is written, with a warning. Secrets are seen by inputs only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from waypost.golden.expressions import (
    UNDEFINED,
    Budget,
    BudgetExceeded,
    ExpressionError,
    evaluate,
    names,
    parse,
    render,
)
from waypost.golden.faults import Fault
from waypost.golden.later import is_later
from waypost.golden.template import Step

MASK = "***"
MOST_ITERATIONS = 1_000
_MOST_SHOWN = 120

Context = Mapping[str, Any]


class StepFault(Exception):
    """A step that cannot be planned; the text says why and what to do."""


@dataclass(slots=True)
class Status:
    """What `always()` and `failure()` tell a condition, and whether it asked."""

    has_failed: bool = False
    was_asked: bool = False

    def always(self) -> bool:
        self.was_asked = True
        return True

    def failure(self) -> bool:
        self.was_asked = True
        return self.has_failed


@dataclass(slots=True)
class Renderer:
    """Renders the values of one plan and collects what cannot be rendered."""

    budget: Budget
    status: Status = field(default_factory=Status)
    warnings: list[Fault] = field(default_factory=list)

    def value(self, value: Any, context: Context, place: str, where: str = "") -> Any:
        """Render every text in a value. `place` and `where` name it in warnings: steps/publish, input.repoUrl."""
        if isinstance(value, str):
            return self._text(value, context, place, where)
        self.budget.step()
        if isinstance(value, dict):
            items = ((key, self.value(item, context, place, _below(where, key))) for key, item in value.items())
            return {key: item for key, item in items if item is not UNDEFINED}
        if isinstance(value, list):
            entries = (self.value(item, context, place, f"{where}[{number}]") for number, item in enumerate(value))
            return [None if item is UNDEFINED else item for item in entries]
        return None if isinstance(value, float) and not isfinite(value) else value

    def _text(self, text: str, context: Context, place: str, where: str) -> Any:
        functions = {"always": self.status.always, "failure": self.status.failure}
        try:
            parsed = parse(text)
            if parsed.is_sole:
                return evaluate(parsed, context, self.budget, functions=functions)
            return render(parsed, context, self.budget, functions=functions)
        except BudgetExceeded:
            raise
        except ExpressionError as error:
            said = " ".join(filter(None, (error.message.rstrip(".") + ".", error.fix)))
            self.warnings.append(
                Fault(place, f"{where} stays as it is written: {_shown(text)}: {said}", is_error=False)
            )
            return text


@dataclass(frozen=True, slots=True)
class Iteration:
    """One run of a step: `input` holds *** for secrets, `hidden` the secrets themselves."""

    input: Mapping[str, Any]
    hidden: Mapping[str, Any] = field(repr=False)
    key: str = ""  # of `each`
    is_skipped: bool = False


def is_wanted(step: Step, context: Context, renderer: Renderer) -> bool:
    """Say whether a step runs at all, as far as its `if` says so before `each` is looked at."""
    if step.condition is False:
        return False
    if not isinstance(step.condition, str) or step.each is not None:
        return True
    return is_truthy(renderer.value(step.condition, context, f"steps/{step.id}", "if"))


def asks_for_status(step: Step, context: Context, renderer: Renderer) -> bool:
    """Say whether a step's `if` calls always() or failure(): then it runs though a step before failed."""
    if not isinstance(step.condition, str):
        return False
    renderer.status.was_asked = False
    renderer.value(step.condition, context, f"steps/{step.id}", "if")
    return renderer.status.was_asked


def is_truthy(value: Any) -> bool:
    """Judge a condition as Backstage does: an empty list is false here, an empty object is not."""
    if isinstance(value, dict):
        return True
    return value is not UNDEFINED and bool(value)


def iterations(step: Step, context: Context, secrets: Mapping[str, str], renderer: Renderer) -> Iterator[Iteration]:
    """Yield the runs of a step with their inputs: one, or one for each entry of `each`."""
    seen = {**context, "secrets": dict.fromkeys(secrets, MASK)}
    real = {**context, "secrets": dict(secrets)}
    if step.each is None:
        yield _iteration(step, seen, real, renderer)
        return
    entries = _entries(step, seen, renderer)
    hidden = _entries(step, real, Renderer(renderer.budget)) if secrets else entries
    for (key, item), (_, secret) in zip(entries, hidden, strict=False):
        each, kept = {"key": key, "value": item}, {"key": key, "value": secret}
        yield _iteration(step, {**seen, "each": each}, {**real, "each": kept}, renderer, str(key))


def secrets_read(step: Step) -> Sequence[str]:
    """Return the names of the secrets that a step's input reads; `token` aside, which Waypost does not use."""
    found: set[str] = set()
    waiting: list[Any] = [{key: value for key, value in step.input.items() if key != "token"}, step.each]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str) and "secrets" in value:
            found |= _secret_names(value)
    return sorted(found)


def _secret_names(text: str) -> set[str]:
    try:
        return {path[1] for path in names(text) if path[0] == "secrets" and len(path) > 1}
    except ExpressionError:
        return set()


def _iteration(step: Step, seen: Context, real: Context, renderer: Renderer, key: str = "") -> Iteration:
    place = f"steps/{step.id}"
    is_asked = step.each is not None and bool(step.condition)
    if is_asked and not is_truthy(renderer.value(step.condition, seen, place, "if")):
        return Iteration({}, {}, key, is_skipped=True)
    shown = renderer.value(dict(step.input), seen, place, "input")
    if not real["secrets"]:
        return Iteration(shown, shown, key)
    silent = Renderer(renderer.budget)  # the same once more: its warnings are known, and would hold secrets
    return Iteration(shown, silent.value(dict(step.input), real, place, "input"), key)


def _entries(step: Step, context: Context, renderer: Renderer) -> Sequence[tuple[Any, Any]]:
    found = renderer.value(step.each, context, f"steps/{step.id}", "each")
    if is_later(found):
        renderer.warnings.append(Fault(f"steps/{step.id}", f"each is {found[1:-1]}; its steps too", is_error=False))
        return ()
    if isinstance(found, list):
        entries: list[tuple[Any, Any]] = [(str(number), item) for number, item in enumerate(found)]
    elif isinstance(found, dict):
        entries = list(found.items())
    else:
        # Never the value itself: it may be a secret.
        what = "nothing" if found is UNDEFINED or found is None else "text" if isinstance(found, str) else "a number"
        raise StepFault(f"each must be a list or an object; {_shown(str(step.each))} is {what}")
    if len(entries) > MOST_ITERATIONS:
        raise StepFault(f"each has {len(entries):,} entries; {MOST_ITERATIONS:,} are allowed at most")
    return entries


def _below(where: str, key: Any) -> str:
    return f"{where}.{key}" if where else str(key)


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return f'"{text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 3] + "..."}"'
