"""What can be wrong with a repository's documentation, in the words of the problem pages."""

from __future__ import annotations

from waypost.catalog.problems import Problem, Severity


class CannotBuild(Exception):
    """There is no site to be had; `problem` says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def refused(file: str, message: str, fix: str, line: int = 0, column: int = 0, id: str = "docs-refused") -> CannotBuild:
    """Return the exception for documentation that is not built at all."""
    return CannotBuild(Problem(file=file, line=line, column=column, id=id, message=message, fix=fix))


def left_out(file: str, message: str, fix: str, line: int = 0, column: int = 0) -> Problem:
    """Return the warning about something that the site does without."""
    return Problem(
        file=file,
        line=line,
        column=column,
        id="docs-left-out",
        message=message,
        fix=fix,
        severity=Severity.WARNING,
    )
