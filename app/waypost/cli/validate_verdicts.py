"""How the verdicts of `waypost validate` are shown: to people, to programs, and to GitHub Actions."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Protocol, TextIO

from waypost.catalog.check import Checked
from waypost.catalog.problems import Problem
from waypost.cli.verdicts import add_to_summary, annotate, count, found, line, outputs, plain, row


class Printer(Protocol):
    """Shows one verdict after the other, then the sum."""

    def verdict(self, file: str, verdict: Checked) -> None: ...
    def end(self, files: int, tally: Mapping[str, int]) -> None: ...


def printer(format: str) -> Printer:
    if format == "json":
        return Json(sys.stdout)
    if format == "github":
        return GitHub()
    return Text(sys.stdout.isatty() and "NO_COLOR" not in os.environ)


def summary(files: int, tally: Mapping[str, int]) -> str:
    """Return the last line: how much was looked at, and what was found."""
    looked_at = f"{count(files, 'file')}, {count(tally.get('documents', 0), 'entity', 'entities')}"
    return f"{looked_at}: {found(tally)}"


class Text:
    def __init__(self, is_coloured: bool) -> None:
        self.is_coloured = is_coloured

    def verdict(self, file: str, verdict: Checked) -> None:
        for problem in verdict.problems:
            print(line(problem.file or file, problem, self.is_coloured))

    def end(self, files: int, tally: Mapping[str, int]) -> None:
        print(summary(files, tally))


class Json:
    """One object a line, to the standard output or into a file."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def verdict(self, file: str, verdict: Checked) -> None:
        row = {
            "file": file,
            "index": verdict.document.index,
            "kind": verdict.kind,
            "ref": verdict.ref,
            "valid": verdict.is_valid,
            "problems": [_plain(file, problem) for problem in verdict.problems],
            "relations": [relation._asdict() for relation in verdict.relations],
        }
        print(json.dumps(row, ensure_ascii=False), file=self.out)

    def end(self, files: int, tally: Mapping[str, int]) -> None:
        self.out.flush()


class GitHub:
    """Annotations on the lines, a table in the job summary, and the sum as outputs of the step."""

    def __init__(self) -> None:
        self.found: list[tuple[str, Problem]] = []

    def verdict(self, file: str, verdict: Checked) -> None:
        self.found += [(problem.file or file, problem) for problem in verdict.problems]

    def end(self, files: int, tally: Mapping[str, int]) -> None:
        annotate(self.found)
        print(summary(files, tally))
        rows = [row(file, problem) for file, problem in self.found]
        add_to_summary(os.environ.get("GITHUB_STEP_SUMMARY", ""), "descriptors", summary(files, tally), rows)
        outputs(
            valid=not tally.get("error"),
            errors=tally.get("error", 0),
            warnings=tally.get("warning", 0),
            entities=tally.get("documents", 0),
        )


def _plain(file: str, problem: Problem) -> dict[str, object]:
    """Name the file of a problem where it is another one: what a template's test expects, say."""
    return plain(problem) | ({"file": problem.file} if problem.file not in ("", file) else {})
