"""`waypost create` against the sandbox, from the template in the catalog repository to the repository."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.slow


def test_repository_is_there_with_all_that_the_template_wants(town, capsys, monkeypatch):
    code, out, said = town.run(capsys, monkeypatch)
    assert code == 0, said
    assert f"/{town.organisation}/pay\n" in out
    assert "component:default/pay: will be in the catalog" in out
    shown = town.get("pay")
    assert shown["description"] == "Service pay"
    assert shown["visibility"] == "private"
    issue = town.get("pay/issues/1")
    commit = town.get("pay/commits/main")
    assert f"See {commit['sha']}" in issue["body"]
    assert [label["name"] for label in issue["labels"]] == ["on-call"]
    assert town.get("pay/pulls/2")["title"] == "Second thoughts"
    runs = town.get("pay/actions/runs")["workflow_runs"]
    assert sorted(run["event"] for run in runs if run["name"] in ("ci", "nightly")) == ["push", "workflow_dispatch"]
    (check,) = [
        one for one in town.get(f"pay/commits/{commit['sha']}/check-runs")["check_runs"] if one["name"] == "Waypost"
    ]
    assert (check["status"], check["conclusion"]) == ("completed", "success")


def test_second_time_nothing_is_written(town, capsys, monkeypatch):
    first = town.run(capsys, monkeypatch, "--format", "json")
    before = town.writes()
    second = town.run(capsys, monkeypatch, "--format", "json")
    assert (first[0], second[0]) == (0, 0), second[2]
    assert town.writes() == before
    assert json.loads(second[1]) == json.loads(first[1])
