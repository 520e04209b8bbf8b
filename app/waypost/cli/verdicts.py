"""How what was found is shown: a line to people, JSON to programs, and to GitHub Actions as it wants to be told."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache

from waypost.catalog.problems import Problem, Severity

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
SHOWN = 10  # annotations of each severity that GitHub shows of one step
MOST_SUMMARY = 1024 * 1024 - 4096  # bytes of one step; a longer one is not shown at all


def line(file: str, problem: Problem, is_coloured: bool = False) -> str:
    """Return `file:line  what is wrong. What to do  [id]`."""
    place = f"{file}:{problem.line}" if problem.line else file
    text = " ".join(part for part in (_sentence(problem.message), problem.fix) if part)
    label = f"[{problem.id}]" if problem.severity is Severity.ERROR else f"[{problem.id}, {problem.severity}]"
    if is_coloured:
        place, label = f"\033[1m{place}\033[0m", f"\033[{_COLOURS[problem.severity]}m{label}\033[0m"
    return f"{place}  {text}  {label}"


def annotate(found: Sequence[tuple[str, Problem]]) -> None:
    """Print the annotations of (file, problem), errors first: GitHub shows the first ones of a step only."""
    for severity, command in _COMMANDS.items():
        problems = [(file, problem) for file, problem in found if problem.severity is severity]
        for file, problem in problems:
            print(annotation(file, problem))
        if len(problems) > SHOWN:
            hidden = count(len(problems) - SHOWN, f"more {command}")
            print(f"GitHub shows {SHOWN} annotations of a kind for each step; the job summary has {hidden}")


def annotation(file: str, problem: Problem) -> str:
    """Return the line by which GitHub Actions shows a problem at its place."""
    place = f"file={_property(in_repository(file))},line={problem.line or 1},col={problem.column or 1}"
    text = as_data(f"{_sentence(problem.message)} {problem.fix}".strip())
    return f"::{_COMMANDS[problem.severity]} {place},title={_property(problem.id)}::{text}"


def remark(level: str, text: str) -> str:
    """Return the line by which GitHub Actions shows a text above the run: error, warning or notice."""
    return f"::{level} title=Waypost::{as_data(text)}"


def in_repository(file: str) -> str:
    """Return a path as GitHub knows it: from the top of the checkout that holds it, wherever the command runs."""
    path = os.path.abspath(file)
    top = _checkout(os.path.dirname(path)) or os.environ.get("GITHUB_WORKSPACE", "")
    if not top or not path.startswith(f"{top.rstrip(os.sep)}{os.sep}"):
        return file
    return os.path.relpath(path, top).replace(os.sep, "/")


@cache
def _checkout(folder: str) -> str:
    if os.path.exists(os.path.join(folder, ".git")):
        return folder
    above = os.path.dirname(folder)
    return "" if above == folder else _checkout(above)


def row(file: str, problem: Problem) -> str:
    """Return a problem as a row of a Markdown table."""
    cells = (f"{in_repository(file)}:{problem.line}", f"{_sentence(problem.message)} {problem.fix}", problem.id)
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def table(rows: Sequence[str], most: int) -> list[str]:
    """Return the lines of a table of problems that takes at most so many bytes."""
    if not rows:
        return []
    lines, left = ["", "| Where | What | Problem |", "| --- | --- | --- |"], most - 200
    for number, text in enumerate(rows):
        left -= len(text.encode()) + 1
        if left < 0:
            return [*lines, "", f"{count(len(rows) - number, 'more problem')} found no room here; the log has them."]
        lines.append(text)
    return lines


def add_to_summary(file: str, what: str, sum: str, rows: Sequence[str]) -> None:
    """Append to the summary of a job; `file` is "" where there is none."""
    if not file:
        return
    there = os.path.getsize(file) if os.path.exists(file) else 0
    lines = table(rows, MOST_SUMMARY - there)
    with open(file, "a", encoding="utf-8") as out:
        out.write("\n".join([f"### Waypost: {what}", "", sum, *lines, ""]) + "\n")


def outputs(**values: object) -> None:
    """Hand values on to later steps of the job, under GitHub Actions; elsewhere nobody asks for them."""
    file = os.environ.get("GITHUB_OUTPUT", "")
    if not file:
        return
    with open(file, "a", encoding="utf-8") as out:
        for name, value in values.items():
            text = str(value).lower() if isinstance(value, bool) else str(value)
            end = f"end-{os.urandom(8).hex()}"  # nobody's text can end the value before its time
            name = name.replace("_", "-")
            out.write(f"{name}<<{end}\n{text}\n{end}\n" if set(text) & set("\r\n") else f"{name}={text}\n")


def plain(problem: Problem) -> dict[str, object]:
    """Return a problem as JSON has it."""
    return {
        "id": problem.id,
        "severity": str(problem.severity),
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "message": problem.message,
        "fix": problem.fix,
    }


def found(tally: Mapping[str, int]) -> str:
    """Return how many problems there are of each severity; "all fine" without any."""
    counted = [count(tally[name], name) for name in ("error", "warning", "note") if tally.get(name)]
    return ", ".join(counted) if counted else "all fine"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) or not text else f"{text}."


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: 1 file, 2 files."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def as_data(text: str) -> str:
    """Return a text as the commands of GitHub Actions take it."""
    # https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return as_data(text).replace(":", "%3A").replace(",", "%2C")


def _cell(text: str) -> str:
    """Write somebody else's text into a Markdown table without letting it become markup."""
    for letter, escaped in (("&", "&amp;"), ("<", "&lt;"), ("\\", "\\\\"), ("|", "\\|"), ("`", "\\`"), ("@", "&#64;")):
        text = text.replace(letter, escaped)
    for letter in "*_[]!~":
        text = text.replace(letter, "\\" + letter)
    return " ".join(text.split())
