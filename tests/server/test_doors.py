"""Health, figures and errors: what answers, to whom, and in which form."""

from __future__ import annotations

import sqlite3

import pytest

from waypost.config import Config
from waypost.queue.protocol import Key, Mark
from waypost.server import create_app
from waypost.server.answers import HEADERS
from waypost.server.health import LOOK_AGAIN_SECONDS
from waypost.sync.announcements import Tally, of_tally
from waypost.sync.drift import of_drift


def test_healthz_needs_neither_worker_nor_database(tmp_path):
    from waypost.queue.sqlite import SqliteQueue

    client = create_app(Config(webhook_secrets=("x",)), SqliteQueue(tmp_path / "no/such/folder/db")).test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").status_code == 503
    assert "waypost_queue_up 0.0" in client.get("/metrics").text


@pytest.mark.parametrize(
    ("method", "path"),
    [("post", "/webhooks"), ("get", "/readyz"), ("get", "/metrics"), ("get", "/"), ("get", "/healthz/x")],
)
def test_without_a_secret_only_healthz_answers(queue, method, path):
    client = create_app(Config(), queue).test_client()
    assert client.get("/healthz").status_code == 200
    answer = getattr(client, method)(path, data=b"{}")
    assert answer.status_code == 503
    assert "WAYPOST_WEBHOOK_SECRET" in answer.json["fix"]
    assert not queue.path.exists()


def test_readyz_tells_when_a_worker_was_last_seen(client, queue):
    assert client.get("/readyz").json == {"status": "ready", "worker": {"last_seen_seconds": None}}
    queue.lease(["repo"], 1, 60)
    assert client.get("/readyz").json["worker"]["last_seen_seconds"] < 60


def test_readyz_notices_a_locked_database_and_its_end(queue):
    now = [1e9]
    client = create_app(Config(webhook_secrets=("x",)), queue, clock=lambda: now[0]).test_client()
    assert client.get("/readyz").status_code == 200
    other = sqlite3.connect(queue.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    now[0] += LOOK_AGAIN_SECONDS
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert str(queue.path) not in answer.text
    other.execute("ROLLBACK")
    now[0] += LOOK_AGAIN_SECONDS
    assert client.get("/readyz").status_code == 200


def test_readyz_writes_at_most_once_a_second(client, queue, monkeypatch):
    looks = []
    monkeypatch.setattr(queue, "check", lambda: looks.append(1))
    for _ in range(20):
        client.get("/readyz")
    assert len(looks) <= 2


def test_metrics_show_deliveries_and_keys(hook, client, queue):
    hook()
    hook(X_Hub_Signature_256="sha256=0")
    hook(X_GitHub_Event="made_up_by_a_stranger")
    queue.mark([Mark(Key(7, "repo", "1"))])
    text = client.get("/metrics").text
    for line in (
        'waypost_deliveries_total{event="push",status="202"} 1.0',
        'waypost_deliveries_total{event="push",status="401"} 1.0',
        'waypost_deliveries_total{event="other",status="202"} 1.0',
        "waypost_delivery_seconds_count 3.0",
        "waypost_queue_dirty 2.0",
        "waypost_queue_dead 0.0",
        "waypost_queue_up 1.0",
    ):
        assert line in text.splitlines()
    assert "made_up" not in text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("get", "/nope", 404), ("get", "/webhooks", 405), ("delete", "/healthz", 405), ("get", "/../etc/passwd", 404)],
)
def test_errors_are_json_with_what_to_do(client, method, path, status):
    answer = getattr(client, method)(path)
    assert answer.status_code == status
    assert answer.json["error"]
    assert answer.json["fix"]
    if status == 405:
        assert answer.headers["Allow"]


def test_our_own_fault_is_a_plain_500_and_is_logged(client, hook, monkeypatch, caplog):
    def burst(*_arguments):
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr("waypost.server.webhooks.marks", burst)
    answer = hook()
    assert answer.status_code == 500
    assert answer.json["error"] == "internal error"
    assert "hunter2" not in answer.text
    assert "RuntimeError" in caplog.text


def test_metrics_add_up_what_became_of_the_announcements(client, queue):
    assert "waypost_announcements_total{" not in client.get("/metrics").text
    queue.mark([Mark(Key(7, "announce", "1"))])
    told = of_tally(7, 1, Tally((), {"success": 2})) | of_tally(8, 1, Tally((), {"success": 1, "over_budget": 3}))
    queue.finish(queue.lease(["announce"], 1, 60), told)
    text = client.get("/metrics").text
    assert 'waypost_announcements_total{outcome="success"} 3.0' in text
    assert 'waypost_announcements_total{outcome="over_budget"} 3.0' in text


def test_metrics_add_up_what_no_delivery_told(client, queue):
    assert 'waypost_drift_total{kind="head"} 0.0' in client.get("/metrics").text
    queue.mark([Mark(Key(7, "sweep", "1"))])
    found = of_drift(7, {"head": 2, "new": 1}) | of_drift(8, {"head": 1})
    queue.finish(queue.lease(["sweep"], 1, 60), found)
    text = client.get("/metrics").text
    assert 'waypost_drift_total{kind="head"} 3.0' in text
    assert 'waypost_drift_total{kind="new"} 1.0' in text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/nope", "/webhooks"])
def test_every_answer_has_its_security_headers(client, path):
    answer = client.get(path)
    for name, value in HEADERS:
        assert answer.headers.getlist(name) == [value]
