"""What becomes of a delivery that is believed: on disk and marked, or refused with what to do about it."""

from __future__ import annotations

import json
import sqlite3
import subprocess

import pytest

from waypost.config import Config
from waypost.queue.protocol import Key
from waypost.queue.sqlite import SqliteQueue
from waypost.server import create_app

from .conftest import Hook
from .deliveries import PUSH, SECRET, headers


def test_accepted_delivery_is_stored_with_its_keys(hook, queue):
    assert hook().status_code == 202
    delivery = queue.delivery("72d3162e-cc78-11e3-81ab-4c9367dc0958")
    assert (delivery.event, delivery.action, delivery.installation) == ("push", "", 7)
    assert json.loads(delivery.body) == PUSH
    assert queue.next_due(["repo"]) is not None
    assert queue.counts()["dirty"] == 1


def test_delivery_keeps_the_bytes_that_were_signed(hook, queue):
    body = b'{  "installation":{"id":7} ,\n"x":"\\u00e9\xc3\xa9"}'
    assert hook(body).status_code == 202
    assert queue.delivery("72d3162e-cc78-11e3-81ab-4c9367dc0958").body == body


def test_redelivery_marks_its_keys_again(hook, queue):
    hook()
    queue._clock = lambda: 2e9
    queue.finish(queue.lease(["repo"], 50, 60))
    assert queue.counts()["dirty"] == 0
    assert hook().status_code == 202
    assert queue.counts()["dirty"] == 1
    assert queue.counts()["deliveries"] == 1


def test_ping_is_answered(hook, queue):
    answer = hook({"zen": "Design for failure.", "hook_id": 1}, X_GitHub_Event="ping")
    assert (answer.status_code, answer.json) == (200, {"status": "pong"})
    assert queue.counts()["deliveries"] == 0


@pytest.mark.parametrize("event", ["watch", "an_event_of_next_year"])
def test_event_that_we_do_not_read_is_accepted_and_not_kept(hook, queue, event):
    answer = hook(X_GitHub_Event=event)
    assert (answer.status_code, answer.json["status"]) == (202, "ignored")
    assert queue.counts()["deliveries"] == 0


def test_event_that_we_read_is_kept_even_when_it_marks_nothing(hook, queue):
    assert hook(PUSH | {"ref": "refs/heads/feature"}).status_code == 202
    assert queue.counts()["deliveries"] == 1
    assert queue.counts()["dirty"] == 0


@pytest.mark.parametrize("name", ["X_GitHub_Event", "X_GitHub_Delivery"])
@pytest.mark.parametrize("value", [None, "", "a b", "../../etc", "é", "x" * 101, "a;b"])
def test_missing_or_odd_header_is_named(hook, queue, name, value):
    answer = hook(**{name: value})
    assert answer.status_code == 400
    assert name.replace("_", "-") in answer.json["error"]
    assert queue.counts()["deliveries"] == 0


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "", None, "application/jsonp"])
def test_other_content_is_refused_with_the_setting_to_change(hook, kind):
    answer = hook(Content_Type=kind)
    assert answer.status_code == 415
    assert "application/json in the webhook's settings" in answer.json["fix"]


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_by_any_spelling_is_taken(hook, kind):
    assert hook(Content_Type=kind).status_code == 202


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"payload=%7B%7D", id="a form"),
        pytest.param(b"\xff\xfe{}", id="not UTF-8"),
        pytest.param(b"[" * 200_000, id="deeply nested"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, id="deeply nested objects"),
        pytest.param(b"[1]", id="a list"),
        pytest.param(b'"text"', id="a text"),
        pytest.param(b"null", id="null"),
    ],
)
def test_body_that_is_no_json_object_is_refused(hook, queue, body):
    answer = hook(body)
    assert answer.status_code == 400
    assert "JSON" in answer.json["error"]
    assert queue.counts()["deliveries"] == 0


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({}, id="empty"),
        pytest.param({"installation": None, "repository": [], "action": {}}, id="other types"),
        pytest.param({"installation": {"id": 2**63}, "repository": {"id": 2**200}}, id="numbers beyond 64 bits"),
        pytest.param({"installation": {"id": True}, "action": "x" * 1000}, id="true, long text"),
        pytest.param(PUSH | {"commits": [{"modified": ["\ud800", "a\nb"]}]}, id="half a surrogate pair"),
        pytest.param(PUSH | {"repository": PUSH["repository"] | {"owner": {"login": "\ud800"}}}, id="in a name"),
        pytest.param(PUSH | {"installation": {"id": -1}}, id="negative"),
    ],
)
def test_odd_payload_is_never_our_fault(hook, payload):
    assert hook(payload).status_code in (202, 400)


def test_hints_travel_with_the_mark(hook, queue):
    hook()
    queue._clock = lambda: 2e9
    (lease,) = queue.lease(["repo"], 50, 60)
    assert lease.key == Key(7, "repo", "42")
    assert lease.hints == (("catalog-info.yaml",),)


def test_locked_database_is_503_and_recovers_by_itself(hook, queue):
    queue.check()
    other = sqlite3.connect(queue.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = hook()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert str(queue.path) not in answer.text
    other.execute("ROLLBACK")
    assert hook().status_code == 202
    assert queue.counts()["deliveries"] == 1


def test_full_disk_is_503_and_recovers_by_itself(tiny_disk):
    queue = SqliteQueue(tiny_disk / "waypost.db")
    hook = Hook(create_app(Config(webhook_secrets=(SECRET,)), queue).test_client())
    accepted, statuses = [], set()
    for number in range(150):
        fill = "".join(chr(33 + (number * 7 + n * n) % 90) for n in range(20_000))
        status = hook(PUSH | {"fill": fill}, X_GitHub_Delivery=f"g-{number}").status_code
        statuses.add(status)
        if status == 202:
            accepted.append(f"g-{number}")
    assert statuses == {202, 503}
    subprocess.run(["mount", "-o", "remount,size=8m", tiny_disk], check=True)
    assert hook(X_GitHub_Delivery="after").status_code == 202
    assert [id for id in [*accepted, "after"] if queue.delivery(id) is None] == []
    queue.close()


def test_refusal_repeats_nothing_secret(hook, caplog):
    answers = [hook(X_Hub_Signature_256=None), hook(b"{", X_GitHub_Event="push"), hook(X_Hub_Signature_256="sha256=0")]
    said = "".join(answer.text for answer in answers) + caplog.text
    assert SECRET not in said
    assert headers(b"{")["X-Hub-Signature-256"] not in said
