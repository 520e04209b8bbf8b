"""What the plan says a run would ask, against what a run asked: the same changes, each as often."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

pytestmark = pytest.mark.slow


def routes(calls):
    """Count changes by method and path; numbers that nobody could know before are left out."""
    told = ((method, re.sub(r"(?<=/)(\d+|\{number\})(?=/|$)", "N", path)) for method, path in calls)
    return Counter((method, path) for method, path in told if method != "git push")


def test_run_asks_for_what_was_planned_and_nothing_else(town, capsys, monkeypatch):
    code, out, said = town.run(capsys, monkeypatch, "--dry-run", "--format", "json")
    assert code == 0, said
    planned = [(call["method"], call["path"]) for call in json.loads(out)["calls"]]
    assert town.writes() == []
    code, _, said = town.run(capsys, monkeypatch)
    assert code == 0, said
    assert routes(planned) == routes(town.writes())
    assert Counter(path for method, path in planned if method == "git push") == {f"/{town.organisation}/pay.git": 2}
