"""`waypost plan`, `apply` and `reconcile` as people and workflows call them, against the real sandbox."""

from __future__ import annotations

import json

import pytest

from faults.rig import ORGANISATION, Rig
from unit.sync.world import component
from waypost.cli import Exit, main
from waypost.pages.paths import entity_file
from waypost.queue.sqlite import SqliteQueue

PAYMENTS = entity_file("component:default/payments")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    repositories = {"payments": {"catalog-info.yaml": component("payments")}, "ledger": {"README.md": "x"}}
    with Rig(tmp_path_factory.mktemp("rig"), repositories) as rig:
        yield rig


@pytest.fixture
def with_tokens(rig, monkeypatch):
    """What a workflow of the catalog repository has: two tokens and no App."""
    monkeypatch.setenv("GITHUB_API_URL", rig.sandbox.url)
    monkeypatch.setenv("WAYPOST_TOKEN", rig.sandbox.admin_token)
    monkeypatch.setenv("GITHUB_TOKEN", rig.sandbox.admin_token)
    monkeypatch.setenv("WAYPOST_CATALOG_REPOSITORY", f"{ORGANISATION}/catalog")
    monkeypatch.chdir(rig.root)


@pytest.fixture
def with_app(rig, monkeypatch):
    monkeypatch.setenv("GITHUB_API_URL", rig.sandbox.url)
    monkeypatch.setenv("WAYPOST_APP_ID", str(rig.sandbox.app_id))
    monkeypatch.setenv("WAYPOST_PRIVATE_KEY_FILE", str(rig.sandbox.private_key_file))
    monkeypatch.setenv("WAYPOST_DATABASE_URL", f"sqlite:///{rig.root / 'app.db'}")
    monkeypatch.chdir(rig.root)


def head(rig):
    return rig.commits()[0]["sha"]


def run(capsys, *words):
    code = main([*words, "--format", "json"])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_plan_shows_what_apply_commits_and_then_nothing_is_left(rig, with_tokens, capsys):
    rig.push("payments", "catalog-info.yaml", component("payments", owner="planned"))
    before = head(rig)
    code, (planned,) = run(capsys, "plan")
    assert code == Exit.FINE
    assert head(rig) == before
    assert PAYMENTS in {change["path"] for change in planned["changes"]}
    code, (applied,) = run(capsys, "apply")
    assert code == Exit.FINE
    assert applied["commit"] == head(rig) != before
    assert applied["written"] + applied["removed"] == len(planned["changes"])
    assert run(capsys, "plan")[1][0]["changes"] == []
    assert run(capsys, "apply")[1][0]["written"] == 0
    assert head(rig) == applied["commit"]


def test_plan_for_people_is_a_diff(rig, with_tokens, capsys):
    rig.push("payments", "catalog-info.yaml", component("payments", owner="diffed"))
    assert main(["plan"]) == Exit.FINE
    out = capsys.readouterr().out
    assert f"+++ b/{PAYMENTS}" in out
    assert "+  owner: diffed" in out


def test_plan_with_other_settings_shows_what_they_would_do(rig, with_tokens, capsys, tmp_path):
    settings = tmp_path / "waypost.yaml"
    settings.write_text("discovery:\n  exclude: [payments]\n")
    main(["apply"])
    capsys.readouterr()
    _, (planned,) = run(capsys, "plan", "--config", str(settings))
    assert {"path": PAYMENTS, "action": "remove"} in planned["changes"]


@pytest.mark.parametrize("mode", ["with_tokens", "with_app"])
def test_reconcile_publishes_what_nobody_told_and_then_nothing(rig, request, capsys, mode):
    request.getfixturevalue(mode)
    rig.push("payments", "catalog-info.yaml", component("payments", owner=mode.replace("_", "-")))
    code, (summary,) = run(capsys, "reconcile")
    assert code == Exit.FINE
    assert (summary["commits"], summary["left"]) == (1, 0)
    assert summary["repositories"] == 3
    after = head(rig)
    _, (summary,) = run(capsys, "reconcile", "--org", ORGANISATION)
    assert (summary["commits"], head(rig)) == (0, after)


@pytest.mark.parametrize("mode", ["with_tokens", "with_app"])
def test_dry_run_sums_up_the_plan_and_writes_nothing(rig, request, capsys, mode):
    request.getfixturevalue(mode)
    rig.push("payments", "catalog-info.yaml", component("payments", owner=f"dry-{mode[5:]}"))
    before = head(rig)
    assert main(["reconcile", "--dry-run"]) == Exit.FINE
    said = capsys.readouterr().out
    _, (planned,) = run(capsys, "plan")
    assert f", {len(planned['changes'])} files would change, " in said
    assert head(rig) == before
    if mode == "with_app":  # what running workers share holds nothing of it
        assert not SqliteQueue(rig.root / "app.db").counts()["dirty"]


def test_workflow_remembers_between_runs(rig, with_tokens, capsys, tmp_path):
    memory = str(tmp_path / "kept" / "queue.db")
    run(capsys, "reconcile", "--memory", memory)
    rig.push("payments", "catalog-info.yaml", component("payments", owner="remembered"))
    code, (summary,) = run(capsys, "reconcile", "--memory", memory)
    assert (code, summary["commits"], summary["read"]) == (Exit.FINE, 1, 2)
    assert [one["kinds"] for one in summary["drift"] if one["full_name"].endswith("/payments")] == [["head"]]
    assert main(["reconcile", "--memory", memory]) == Exit.FINE
    assert "nothing to publish" in capsys.readouterr().out


def test_memory_that_is_spoilt_is_said_and_begun_anew(rig, with_tokens, capsys, tmp_path):
    memory = tmp_path / "queue.db"
    memory.write_bytes(b"no database" * 1_000)
    assert main(["reconcile", "--memory", str(memory)]) == Exit.FINE
    assert "cannot be used, everything is read anew" in capsys.readouterr().err


def test_reconcile_reports_what_no_delivery_told(rig, with_app, capsys):
    run(capsys, "reconcile")
    rig.push("payments", "catalog-info.yaml", component("payments", owner="unheard"))
    _, (summary,) = run(capsys, "reconcile")
    assert [(one["full_name"], one["kinds"]) for one in summary["drift"]] == [(f"{ORGANISATION}/payments", ["head"])]
    rig.push("payments", "README.md", "more")
    assert main(["reconcile"]) == Exit.FINE
    assert f"no delivery told: {ORGANISATION}/payments: head\n" in capsys.readouterr().out
    _, (summary,) = run(capsys, "reconcile")
    assert summary["drift"] == []


def test_reconcile_of_an_organisation_without_the_app_names_those_there_are(with_app, capsys):
    assert main(["reconcile", "--org", "globex"]) == Exit.USAGE
    assert 'not installed in "globex". It is installed in: acme' in capsys.readouterr().err


def test_another_organisation_than_the_catalogs_is_refused_in_a_workflow(with_tokens, capsys):
    assert main(["reconcile", "--org", "globex"]) == Exit.USAGE
    assert '"globex" is not acme, the organisation of WAYPOST_CATALOG_REPOSITORY' in capsys.readouterr().err


@pytest.mark.parametrize("command", ["plan", "apply", "reconcile"])
def test_what_github_refuses_is_told_at_once(with_tokens, monkeypatch, capsys, command):
    monkeypatch.setenv("WAYPOST_TOKEN", "ghp_wrong")
    monkeypatch.setattr("waypost.sync.reconcile.STEP_SECONDS", None)  # nothing is waited for
    assert main([command]) in (Exit.PROBLEMS, Exit.USAGE)
    said = capsys.readouterr().err
    assert "Bad credentials" in said
    assert "WAYPOST_TOKEN" in said
    assert "ghp_wrong" not in said
