"""The actions that help to write a template: debug:log, debug:wait. In a plan they show their input and do nothing."""

from __future__ import annotations

from waypost.golden.actions.action import Action, ActionFault, Input, Outcome, Run
from waypost.golden.actions.schemas import anything, fields, number, text

_LONGEST_WAIT = 600  # seconds, as in Backstage


def _log(input: Input, run: Run) -> Outcome:
    return Outcome()


def _wait(input: Input, run: Run) -> Outcome:
    seconds = input.get("minutes", 0) * 60 + input.get("seconds", 0) + input.get("milliseconds", 0) / 1000
    if seconds > _LONGEST_WAIT:
        raise ActionFault(f"it would wait {seconds:,.0f} s; {_LONGEST_WAIT} s are allowed at most")
    if not seconds:
        return Outcome()
    return Outcome(warnings=("is passed over: Waypost waits by itself where GitHub is slow. Leave the step out",))


ACTIONS = [
    Action(
        "debug:log",
        "Shows a message in the plan.",
        fields(message=text("What to show"), listWorkspace=anything("true, with-filenames or with-contents")),
        fields(),
        _log,
    ),
    Action(
        "debug:wait",
        "Does nothing: creating waits for GitHub where that is needed.",
        fields(minutes=number("Minutes"), seconds=number("Seconds"), milliseconds=number("Milliseconds")),
        fields(),
        _wait,
    ),
]
