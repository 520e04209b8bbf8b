"""`waypost sweep-deliveries` as an administrator calls it after a bad night, against real failed deliveries."""

from __future__ import annotations

import json

import pytest

from faults.rig import ORGANISATION, Rig
from unit.sync.world import component
from waypost.cli import Exit, main

NOBODY = "http://127.0.0.1:9/webhooks"  # the port "discard": nothing listens


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    with Rig(tmp_path_factory.mktemp("rig"), {"payments": {"catalog-info.yaml": component("payments")}}) as rig:
        rig.call("POST", "/_sandbox/app", {"webhook_url": NOBODY, "webhook_secret": "x"})
        rig.push("payments", "README.md", "x")
        rig.call("POST", "/_sandbox/deliveries/settle", {})
        yield rig


@pytest.fixture
def with_app(rig, monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_API_URL", rig.sandbox.url)
    monkeypatch.setenv("WAYPOST_APP_ID", str(rig.sandbox.app_id))
    monkeypatch.setenv("WAYPOST_PRIVATE_KEY_FILE", str(rig.sandbox.private_key_file))
    monkeypatch.setenv("WAYPOST_DATABASE_URL", f"sqlite:///{tmp_path / 'app.db'}")
    monkeypatch.chdir(tmp_path)
    return lambda: rig.queue.__class__(tmp_path / "app.db")


def sweep(capsys, *words):
    """What is said of pushes; beside each GitHub asks for a check suite."""
    assert main(["sweep-deliveries", *words, "--format", "json"]) == Exit.FINE
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {one["event"] for one in listed} in ({"push", "check_suite"}, set())
    return [one for one in listed if one["event"] == "push"]


def marked(queue):
    return {f"{lease.key.kind}:{lease.key.subject}" for lease in queue.lease(["repo"], 10, 60)}


def test_failed_delivery_is_listed_and_its_key_marked(rig, with_app, capsys):
    number = rig.call("GET", f"/repos/{ORGANISATION}/payments")["id"]
    (found,) = sweep(capsys)
    assert (found["event"], found["status"], found["redelivered"]) == ("push", 502, False)
    assert [key.partition("/")[2] for key in found["keys"]] == [f"repo:{number}"]
    assert marked(with_app()) == {f"repo:{number}"}


def test_dry_run_marks_nothing(with_app, capsys):
    (found,) = sweep(capsys, "--dry-run")
    assert found["keys"]
    assert marked(with_app()) == set()
    assert main(["sweep-deliveries", "--dry-run"]) == Exit.FINE
    assert "push  answered 502  would be marked: " in capsys.readouterr().out


def test_since_narrows_what_is_looked_at(with_app, capsys):
    assert len(sweep(capsys, "--dry-run", "--since", "1h")) == 1
    assert sweep(capsys, "--dry-run", "--since", "0s") == []
    assert main(["sweep-deliveries", "--since", "2999-01-01"]) == Exit.FINE
    assert "no delivery failed since 2999-01-01T00:00:00Z" in capsys.readouterr().err


def test_since_that_is_no_time_says_what_to_write(with_app, capsys):
    assert main(["sweep-deliveries", "--since", "yesterday"]) == Exit.USAGE
    assert '--since "yesterday": write how long ago, like 2h' in capsys.readouterr().err


def test_without_an_app_it_says_what_to_do(rig, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("GITHUB_API_URL", rig.sandbox.url)
    monkeypatch.setenv("WAYPOST_TOKEN", rig.sandbox.admin_token)
    monkeypatch.setenv("GITHUB_TOKEN", rig.sandbox.admin_token)
    monkeypatch.setenv("WAYPOST_CATALOG_REPOSITORY", f"{ORGANISATION}/catalog")
    monkeypatch.chdir(tmp_path)
    assert main(["sweep-deliveries"]) == Exit.USAGE
    assert "set WAYPOST_APP_ID and WAYPOST_PRIVATE_KEY_FILE. With tokens alone: waypost reconcile" in (
        capsys.readouterr().err
    )


def test_redelivery_sends_it_again_and_then_nothing_is_left(rig, with_app, capsys):
    rig.serve()  # somebody listens again
    assert [one["redelivered"] for one in sweep(capsys, "--redeliver", "--dry-run")] == [False]
    (found,) = sweep(capsys, "--redeliver")
    assert found["redelivered"]
    rig.call("POST", "/_sandbox/deliveries/settle", {})
    assert rig.queue.delivery(found["guid"]) is not None
    assert sweep(capsys, "--redeliver") == []
