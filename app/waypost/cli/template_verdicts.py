"""How the verdict on a template is shown: to people, to programs, and to GitHub Actions."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from waypost.catalog.problems import Problem, Severity
from waypost.cli.verdicts import add_to_summary, annotate, count, found, line, plain, row
from waypost.golden.cases import Verdict


class Printer(Protocol):
    """Shows one template after the other, then the sum."""

    def report(self, file: str, ref: str, problems: Sequence[Problem], verdicts: Sequence[Verdict]) -> None: ...
    def end(self) -> None: ...


def printer(format: str) -> Printer:
    if format == "json":
        return _Json()
    if format == "github":
        return _GitHub(os.environ.get("GITHUB_STEP_SUMMARY", ""))
    return _Text(sys.stdout.isatty() and "NO_COLOR" not in os.environ)


class _Tally:
    """What has been seen so far, in one line."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def add(self, problems: Sequence[Problem], verdicts: Sequence[Verdict]) -> None:
        self.seen["template"] += 1
        self.seen["test"] += len(verdicts)
        self.seen.update(str(problem.severity) for problem in problems)

    def __str__(self) -> str:
        looked_at = ", ".join(count(self.seen[name], name) for name in ("template", "test"))
        return f"{looked_at}: {found(self.seen)}"


class _Text:
    def __init__(self, is_coloured: bool) -> None:
        self.is_coloured = is_coloured
        self.tally = _Tally()

    def report(self, file: str, ref: str, problems: Sequence[Problem], verdicts: Sequence[Verdict]) -> None:
        self.tally.add(problems, verdicts)
        for problem in problems:
            print(line(problem.file, problem, self.is_coloured))
        for verdict in verdicts:
            if lines := (*verdict.flaws, *verdict.difference):
                print(f"\n{file}: test {verdict.case.name}")
                print("\n".join(f"    {each}" for each in lines))

    def end(self) -> None:
        print(self.tally)


class _Json:
    def report(self, file: str, ref: str, problems: Sequence[Problem], verdicts: Sequence[Verdict]) -> None:
        shown = {
            "file": file,
            "ref": ref,
            "valid": not any(problem.severity is Severity.ERROR for problem in problems),
            "problems": [{"file": problem.file, **plain(problem)} for problem in problems],
            "tests": [
                {"name": each.case.name, "passed": each.is_fine, "difference": [*each.flaws, *each.difference]}
                for each in verdicts
            ],
        }
        print(json.dumps(shown, ensure_ascii=False))

    def end(self) -> None:
        pass


class _GitHub:
    """Annotations on the lines, and a table in the job summary."""

    def __init__(self, summary_file: str) -> None:
        self.summary_file = summary_file
        self.found: list[tuple[str, Problem]] = []
        self.tally = _Tally()

    def report(self, file: str, ref: str, problems: Sequence[Problem], verdicts: Sequence[Verdict]) -> None:
        self.tally.add(problems, verdicts)
        self.found += [(problem.file, problem) for problem in problems]
        for verdict in verdicts:
            for each in (
                *verdict.flaws,
                *verdict.difference,
            ):  # behind a space, so that nobody's file becomes a command
                print(f" {each}")

    def end(self) -> None:
        annotate(self.found)
        print(self.tally)
        rows = [row(file, problem) for file, problem in self.found]
        add_to_summary(self.summary_file, "templates", str(self.tally), rows)
