"""Descriptors as people write them: one folder a case, what we say of it beside it.

A user's bug report becomes a folder. `--bless` writes the expected texts anew; the difference is reviewed like code.
"""

from pathlib import Path

import pytest

from waypost.catalog.problems import Severity
from waypost.cli.validate import judge
from waypost.cli.verdicts import line

HERE = Path(__file__).parent
WORST = {"valid": set(), "warned": {Severity.WARNING}, "invalid": {Severity.WARNING, Severity.ERROR}}


def cases(group):
    return [pytest.param(folder, id=folder.name) for folder in sorted((HERE / group).iterdir())]


def said(folder):
    verdicts = list(judge((folder / "catalog-info.yaml").read_bytes()))
    return verdicts, "".join(
        line("catalog-info.yaml", problem) + "\n" for verdict in verdicts for problem in verdict.problems
    )


@pytest.mark.parametrize("folder", cases("valid"))
def test_valid(folder):
    verdicts, text = said(folder)
    assert text == ""
    assert all(verdict.is_valid and verdict.data is not None for verdict in verdicts)


@pytest.mark.parametrize("folder", [*cases("warned"), *cases("invalid")])
def test_said(folder, request):
    verdicts, text = said(folder)
    expected = folder / "problems.txt"
    if request.config.getoption("--bless"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")
    severities = {problem.severity for verdict in verdicts for problem in verdict.problems}
    assert severities <= WORST[folder.parent.name]
    assert all(verdict.is_valid for verdict in verdicts) is (folder.parent.name == "warned")
