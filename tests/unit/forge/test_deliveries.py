"""What was sent to the App, as the forge in memory and GitHub in a box list it; one set of tests for both."""

from __future__ import annotations

import pytest

from unit.forge.worlds import MemoryWorld, SandboxWorld
from waypost.forge.protocol import NotFound


class Memory(MemoryWorld):
    def happen(self, count):
        for number in range(count):
            payload = {"action": "created", "installation": {"id": 1}, "repository": {"id": number + 1}}
            self.forges.sent.send("repository", payload, 502)
        self.forges.sent.send("push", {"installation": {"id": 1}, "repository": {"id": 1}}, 202)

    def is_sent_again(self, attempt):
        return attempt.id in self.forges.sent.redelivered


class Sandbox(SandboxWorld):
    def happen(self, count):
        """A hook that nobody answers, then one delivery to a server that does."""
        self._ask("POST", "/_sandbox/app", {"webhook_url": "http://127.0.0.1:9/webhooks", "webhook_secret": "x"})
        self._ask("POST", "/_sandbox/deliveries/rules", {"action": "drop", "event": "*"})
        for number in range(count):
            self._ask("POST", f"/orgs/{self.org}/repos", {"name": f"made-{number}"})
        self._ask("POST", "/_sandbox/deliveries/settle", {})

    def is_sent_again(self, attempt):
        self._ask("POST", "/_sandbox/deliveries/settle", {})
        listed = self._ask("GET", "/_sandbox/deliveries")["deliveries"]
        return any(one["guid"] == attempt.guid and one["redelivery"] for one in listed)


@pytest.fixture(params=["memory", "sandbox"])
def world(request, tmp_path):
    if request.param == "memory":
        yield Memory()
        return
    world = Sandbox(request.getfixturevalue("sandbox"), tmp_path)
    yield world
    world._ask("DELETE", "/_sandbox/deliveries/rules")
    world._ask("POST", "/_sandbox/app", {"webhook_url": ""})


def test_failures_are_listed_newest_first_page_by_page(world):
    world.happen(120)
    sent = world.forges.deliveries()
    first = sent.failures()
    assert len(first.attempts) == 100
    second = sent.failures(first.cursor)
    assert second.attempts
    ids = [one.id for one in (*first.attempts, *second.attempts)]
    assert ids == sorted(set(ids), reverse=True)
    made = [one for one in first.attempts if one.event == "repository"]
    assert {(one.action, one.installation > 0, one.repository > 0) for one in made} == {("created", True, True)}
    assert all(one.has_failed and one.at > 1e9 and not one.is_redelivery for one in first.attempts)


def test_payload_of_a_delivery_can_be_read_and_asked_for_again(world):
    world.happen(1)
    sent = world.forges.deliveries()
    attempt = next(one for one in sent.failures().attempts if one.event == "repository")
    payload = sent.payload(attempt.id)
    assert payload["repository"]["id"] == attempt.repository
    assert payload["installation"]["id"] == attempt.installation
    assert not world.is_sent_again(attempt)
    sent.redeliver(attempt.id)
    assert world.is_sent_again(attempt)


def test_unknown_delivery_is_not_found(world):
    with pytest.raises(NotFound):
        world.forges.deliveries().payload(999_999_999)


def test_delivery_that_arrived_is_no_failure():
    world = Memory()
    world.happen(1)
    assert [one.status for one in world.forges.sent.page().attempts] == [202, 502]
    assert [one.status for one in world.forges.sent.failures().attempts] == [502]
