"""Every delivery that GitHub's community has collected: accepted, stored where we read the event, never our fault."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from waypost.queue.protocol import Key
from waypost.sync.events import HANDLERS

EXAMPLES = json.loads(gzip.decompress((Path(__file__).parent / "data" / "webhooks-examples.json.gz").read_bytes()))


def test_the_collection_is_whole():
    assert len(EXAMPLES) == 329
    assert len({example["event"] for example in EXAMPLES}) == 58


@pytest.mark.parametrize("app", [False, True], ids=["as collected", "as an App gets it"])
def test_every_example_is_accepted(hook, queue, app):
    kept = 0
    for number, example in enumerate(EXAMPLES):
        event, payload = example["event"], example["payload"]
        if app:  # most were collected from repositories' hooks, where there is no installation
            payload = {"installation": {"id": 7}} | payload
        answer = hook(payload, X_GitHub_Event=event, X_GitHub_Delivery=f"g-{number}")
        assert answer.status_code == (200 if event == "ping" else 202), (number, event, answer.text)
        kept += event in HANDLERS
        assert (queue.delivery(f"g-{number}") is not None) == (event in HANDLERS)
    assert queue.counts()["deliveries"] == kept > 20


def test_every_push_example_to_the_default_branch_marks_its_repository(hook, queue):
    queue._clock = lambda: 1e9
    for number, example in enumerate(EXAMPLES):
        payload = {"installation": {"id": 7}} | example["payload"]
        if example["event"] != "push" or payload["ref"] != f"refs/heads/{payload['repository']['default_branch']}":
            continue
        hook(payload, X_GitHub_Event="push", X_GitHub_Delivery=f"g-{number}")
        queue._clock = lambda number=number: 1e9 + 1e3 * (number + 1)
        keys = {lease.key for lease in queue.lease(["repo"], 50, 1)}
        assert Key(payload["installation"]["id"], "repo", str(payload["repository"]["id"])) in keys
