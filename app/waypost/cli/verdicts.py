"""How verdicts on descriptors are shown: to people, to programs, and to GitHub Actions."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol

from waypost.catalog.check import Checked
from waypost.catalog.problems import Problem, Severity

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


class Printer(Protocol):
    """Shows one verdict after the other, then the sum."""

    def verdict(self, file: str, verdict: Checked) -> None: ...
    def end(self, files: int, tally: Mapping[str, int]) -> None: ...


def printer(format: str) -> Printer:
    if format == "json":
        return _Json()
    if format == "github":
        return _GitHub(os.environ.get("GITHUB_STEP_SUMMARY", ""))
    return _Text(sys.stdout.isatty() and "NO_COLOR" not in os.environ)


def line(file: str, problem: Problem, is_coloured: bool = False) -> str:
    """Return `file:line  what is wrong. What to do  [id]`."""
    place = f"{file}:{problem.line}" if problem.line else file
    text = " ".join(part for part in (_sentence(problem.message), problem.fix) if part)
    label = f"[{problem.id}]" if problem.severity is Severity.ERROR else f"[{problem.id}, {problem.severity}]"
    if is_coloured:
        place, label = f"\033[1m{place}\033[0m", f"\033[{_COLOURS[problem.severity]}m{label}\033[0m"
    return f"{place}  {text}  {label}"


def summary(files: int, tally: Mapping[str, int]) -> str:
    """Return the last line: how much was looked at, and what was found."""
    found = [count(tally.get(name, 0), name) for name in ("error", "warning", "note") if tally.get(name)]
    looked_at = f"{count(files, 'file')}, {count(tally.get('documents', 0), 'entity', 'entities')}"
    return f"{looked_at}: {', '.join(found) if found else 'all fine'}"


class _Text:
    def __init__(self, is_coloured: bool) -> None:
        self.is_coloured = is_coloured

    def verdict(self, file: str, verdict: Checked) -> None:
        for problem in verdict.problems:
            print(line(file, problem, self.is_coloured))

    def end(self, files: int, tally: Mapping[str, int]) -> None:
        print(summary(files, tally))


class _Json:
    def verdict(self, file: str, verdict: Checked) -> None:
        row = {
            "file": file,
            "index": verdict.document.index,
            "kind": verdict.kind,
            "ref": verdict.ref,
            "valid": verdict.is_valid,
            "problems": [plain(problem) for problem in verdict.problems],
            "relations": [relation._asdict() for relation in verdict.relations],
        }
        print(json.dumps(row, ensure_ascii=False))

    def end(self, files: int, tally: Mapping[str, int]) -> None:
        pass


class _GitHub:
    """Annotations on the lines, and a table in the job summary."""

    def __init__(self, summary_file: str) -> None:
        self.summary_file = summary_file
        self.rows: list[str] = []

    def verdict(self, file: str, verdict: Checked) -> None:
        for problem in verdict.problems:
            print(annotation(file, problem))
            self.rows.append(row(file, problem))

    def end(self, files: int, tally: Mapping[str, int]) -> None:
        print(summary(files, tally))
        add_to_summary(self.summary_file, "descriptors", summary(files, tally), self.rows)


def annotation(file: str, problem: Problem) -> str:
    """Return the line by which GitHub Actions shows a problem at its place."""
    place = f"file={_property(file)},line={problem.line or 1},col={problem.column or 1}"
    text = _data(f"{_sentence(problem.message)} {problem.fix}".strip())
    return f"::{_COMMANDS[problem.severity]} {place},title={_property(problem.id)}::{text}"


def row(file: str, problem: Problem) -> str:
    """Return a problem as a row of a Markdown table."""
    cells = (f"{file}:{problem.line}", f"{_sentence(problem.message)} {problem.fix}", problem.id)
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def add_to_summary(file: str, what: str, sum: str, rows: Sequence[str]) -> None:
    """Append to the summary of a job; `file` is "" where there is none."""
    if not file:
        return
    table = ["", "| Where | What | Problem |", "| --- | --- | --- |", *rows] if rows else []
    with open(file, "a", encoding="utf-8") as out:
        out.write("\n".join([f"### Waypost: {what}", "", sum, *table, ""]) + "\n")


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


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) or not text else f"{text}."


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: 1 file, 2 files."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _data(text: str) -> str:
    # https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _cell(text: str) -> str:
    """Write somebody else's text into a Markdown table without letting it become markup."""
    for letter, escaped in (("&", "&amp;"), ("<", "&lt;"), ("\\", "\\\\"), ("|", "\\|"), ("`", "\\`"), ("@", "&#64;")):
        text = text.replace(letter, escaped)
    for letter in "*_[]!~":
        text = text.replace(letter, "\\" + letter)
    return " ".join(text.split())
