"""Every delivery that GitHub's community has collected: accepted, stored where we read the event, never our fault."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from waypost.sync.events import ACCEPTED, HANDLERS

EXAMPLES = json.loads(gzip.decompress((Path(__file__).parent / "data" / "webhooks-examples.json.gz").read_bytes()))

KINDS = ("repo", "hidden", "catalog", "installation", "people", "pull", "head", "announce", "onboard", "docs")


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


SEVEN = 7  # the installation that the examples without one are given


def repository(payload):
    return f"repo:{payload['repository']['id']}"


def pull(payload):
    return f"pull:{payload['repository']['id']}#{payload['pull_request']['number']}"


def head(payload, subject):
    return f"head:{payload['repository']['id']}@{subject['head_sha']}"


def default_branch(payload):
    ref = payload["ref"].removeprefix("refs/heads/")
    return {repository(payload)} if ref == payload["repository"]["default_branch"] else set()


def rerun(payload, subject, branch):
    listed = {f"pull:{payload['repository']['id']}#{one['number']}" for one in subject["pull_requests"]}
    keys = listed or {head(payload, subject)}
    if branch == payload["repository"]["default_branch"]:
        keys |= {repository(payload), f"announce:{payload['repository']['id']}"}
    return keys


def documentation(payload):
    """Of a green run on the default branch."""
    run = payload["workflow_run"]
    is_built = run["conclusion"] == "success" and run["head_branch"] == payload["repository"]["default_branch"]
    return {f"docs:{payload['repository']['id']}"} if is_built else set()


def the_installation(payload):
    return {f"installation:{payload['installation']['id']}"}


def the_people(payload):
    return {f"people:{payload['installation']['id']}"}


# Event, or event and action -> the keys it must mark, written down from FEATURES B; all others mark none. No example
# is about a repository called "catalog", so what only a merge there waits for is in tests/unit/sync/test_events.py.
EXPECTED = {
    "push": default_branch,
    "create": lambda payload: default_branch(payload) if payload["ref_type"] == "branch" else set(),
    "delete": lambda payload: default_branch(payload) if payload["ref_type"] == "branch" else set(),
    "repository": lambda payload: {repository(payload)},
    "repository privatized": lambda payload: {repository(payload), f"hidden:{payload['repository']['id']}"},
    "public": lambda payload: {repository(payload)},
    "installation": the_installation,
    "installation_repositories": the_installation,
    "organization member_added": the_people,
    "organization member_removed": the_people,
    "organization renamed": lambda payload: the_people(payload) | the_installation(payload),
    "team created": the_people,
    "team deleted": the_people,
    "team edited": the_people,
    "membership": the_people,
    "pull_request opened": lambda payload: {pull(payload)},
    "pull_request synchronize": lambda payload: {pull(payload)},
    "pull_request reopened": lambda payload: {pull(payload)},
    "pull_request closed": lambda payload: {pull(payload)},
    "pull_request ready_for_review": lambda payload: {pull(payload)},
    "pull_request converted_to_draft": lambda payload: {pull(payload)},
    "check_run rerequested": lambda payload: rerun(
        payload, payload["check_run"], payload["check_run"]["check_suite"]["head_branch"]
    ),
    "check_suite rerequested": lambda payload: rerun(
        payload, payload["check_suite"], payload["check_suite"]["head_branch"]
    ),
    "workflow_run completed": documentation,
}


def test_every_example_marks_exactly_the_keys_it_should(hook, queue):
    now = 1e9
    queue._clock = lambda: now
    marked = 0
    for number, example in enumerate(EXAMPLES):
        event, payload = example["event"], {"installation": {"id": SEVEN}} | example["payload"]
        rule = EXPECTED.get(f"{event} {payload.get('action')}") or EXPECTED.get(event)
        expected = rule(payload) if rule else set()
        hook(payload, X_GitHub_Event=event, X_GitHub_Delivery=f"g-{number}")
        now += 1_000
        leases = queue.lease(KINDS, 50, 100)
        queue.finish(leases)
        assert {f"{lease.key.kind}:{lease.key.subject}" for lease in leases} == expected, (number, event, payload)
        assert {lease.key.installation for lease in leases} <= {payload["installation"]["id"]}
        marked += bool(expected)
    assert marked == 61


def test_every_rule_but_one_has_an_example():
    """Else a rule would prove nothing."""
    seen = {example["event"] for example in EXAMPLES}
    seen |= {f"{example['event']} {example['payload'].get('action')}" for example in EXAMPLES}
    assert EXPECTED.keys() - seen == {"organization member_removed"}


def test_accepted_events_are_counted_by_name_and_not_stored(hook, queue):
    for number, event in enumerate(ACCEPTED):
        payload = {"installation": {"id": SEVEN}, "action": "created"}
        assert hook(payload, X_GitHub_Event=event, X_GitHub_Delivery=f"a-{number}").status_code == 202
    assert queue.counts()["deliveries"] == queue.counts()["dirty"] == 0
