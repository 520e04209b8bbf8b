"""Judges the whole test run: every exchange that any sandbox had with anyone is checked when the tests are done.

The sandboxes write their exchanges into one folder (waypost.sandbox.exchanges), named in the environment before any of
them starts; so xdist's workers, the server, the worker, git's helpers and PyGithub are all covered.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from waypost.sandbox.exchanges import FOLDER

from .allowed import is_allowed
from .checker import Violation, check

SHOWN = 40


def pytest_configure(config: pytest.Config) -> None:
    """Name the folder, in the process that starts the others."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    config.stash[_folder] = Path(tempfile.mkdtemp(prefix="exchanges-"))
    os.environ[FOLDER] = str(config.stash[_folder])


_folder = pytest.StashKey[Path]()
_verdict = pytest.StashKey[tuple[Counter[str], Counter[Violation]]]()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Check what was written; any violation fails the run."""
    folder = session.config.stash.get(_folder, None)
    if folder is None:
        return
    os.environ.pop(FOLDER, None)
    seen, violations = judged(folder)
    session.config.stash[_verdict] = seen, violations
    shutil.rmtree(folder, ignore_errors=True)
    if violations and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was checked, and each violation once with how often it was seen."""
    seen, violations = config.stash.get(_verdict, (Counter(), Counter()))
    if not seen:
        return
    terminalreporter.section("contract with GitHub's own description")
    for violation, times in violations.most_common(SHOWN):
        place = f"{violation.side} {violation.rule}: {violation.operation}"
        terminalreporter.write_line(f"{place}\n    {violation.text} ({times} times)", red=True)
    terminalreporter.write_line(
        f"{sum(seen.values())} exchanges of {len(seen)} operations, {len(violations)} different violations"
    )


def judged(folder: Path) -> tuple[Counter[str], Counter[Violation]]:
    """Count the exchanges by operation and the violations that are not allowed."""
    seen: Counter[str] = Counter()
    found: Counter[Violation] = Counter()
    for exchange in recorded(folder):
        operation, violations = check(exchange)
        seen[operation] += 1
        found.update(violation for violation in violations if not is_allowed(violation))
    return seen, found


def recorded(folder: Path) -> Iterator[dict[str, Any]]:
    """Read the lines of every process; a killed one may leave its last line unfinished."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.endswith("\n"):
                yield json.loads(line)
