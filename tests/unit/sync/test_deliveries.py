"""Deliveries that failed: which keys they mark, what that costs, and how far back anybody looks."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from unit.sync.world import World, base
from waypost.config import Config
from waypost.forge.deliveries import Attempt
from waypost.queue.protocol import Key, Mark
from waypost.sync import deliveries
from waypost.sync.deliveries import MOST_FAILURES, PAGES, unhealed
from waypost.sync.events import marks
from waypost.sync.events.listed import keys, needs_payload
from waypost.sync.worker import DELIVERIES, LANES

KINDS = tuple(lane.kind for lane in LANES)
EXAMPLES = json.loads(
    gzip.decompress((Path(__file__).parents[2] / "server/data/webhooks-examples.json.gz").read_bytes())
)


@pytest.fixture
def sent(settled):
    return settled.forges.sent


def sweep(world):
    """Look for failures, once more where the look was not finished; return the keys marked."""
    world.queue.mark([Mark(deliveries.KEY)])
    while world.worker.run_once([DELIVERIES]):
        pass
    world.clock.sleep(5)
    leases = world.queue.lease(KINDS, 50, 60)
    world.queue.finish(leases)
    return {f"{lease.key.kind}:{lease.key.subject}" for lease in leases}


def of(world, name="payments", **more):
    return base(world.forge.describe(name), **more)


@pytest.mark.parametrize(
    ("event", "more", "expected"),
    [
        pytest.param("push", {}, {"repo:2"}, id="a push of an unknown branch"),
        pytest.param("create", {"ref_type": "tag"}, {"repo:2"}, id="whatever was created"),
        pytest.param("repository", {"action": "archived"}, {"repo:2"}, id="archived"),
        pytest.param("repository", {"action": "privatized"}, {"repo:2", "hidden:2"}, id="privatized"),
        pytest.param("installation", {"action": "suspend"}, {"installation:1"}, id="suspended"),
        pytest.param("installation_repositories", {"action": "added"}, {"installation:1"}, id="repositories added"),
        pytest.param("team", {"action": "deleted"}, {"people:1"}, id="a team"),
        pytest.param("team", {"action": "added_to_repository"}, set(), id="a team's access"),
        pytest.param("membership", {"action": "added"}, {"people:1"}, id="a membership"),
        pytest.param("organization", {"action": "renamed"}, {"people:1", "installation:1"}, id="another name"),
        pytest.param("star", {"action": "created"}, set(), id="nothing of ours"),
        pytest.param("issue_comment", {"action": "created"}, set(), id="talk outside of the catalog"),
        pytest.param("status", {}, set(), id="checks outside of the catalog"),
    ],
)
def test_failed_delivery_marks_its_keys_from_the_listing(settled, sent, event, more, expected):
    sent.send(event, of(settled, **more), 502)
    assert sweep(settled) == expected
    assert sent.read == []


@pytest.mark.parametrize("status", [0, 302, 400, 404, 502, 504])
def test_whatever_was_not_accepted_has_failed(settled, sent, status):
    sent.send("push", of(settled), status)
    assert sweep(settled) == {"repo:2"}


def test_delivery_that_arrived_marks_nothing(settled, sent):
    sent.send("push", of(settled), 202)
    assert sweep(settled) == set()


def test_pull_request_is_read_for_its_number_and_only_where_it_matters(settled, sent):
    for action in ("opened", "labeled", "assigned"):
        sent.send("pull_request", of(settled, action=action, pull_request={"number": 3}), 502)
    assert sweep(settled) == {"pull:2#3"}
    assert sent.read == [1]


def test_talk_in_the_catalog_repository_is_read(settled, sent):
    person = {"sender": {"type": "User"}, "issue": {"number": 5, "pull_request": {}}}
    sent.send("issue_comment", of(settled, "catalog", action="created", **person), 502)
    assert sweep(settled) == {"pull:1#5"}


def test_push_to_the_catalog_repository_marks_the_catalog_too(settled, sent):
    sent.send("push", of(settled, "catalog"), 502)
    assert sweep(settled) == {"repo:1", "catalog:acme"}


def test_what_github_has_forgotten_is_left_to_the_listing(settled, sent):
    attempt = sent.send("pull_request", of(settled, action="opened", pull_request={"number": 3}), 502)
    sent.forget(attempt.id)
    sent.send("push", of(settled), 502)
    assert sweep(settled) == {"repo:2"}


def test_each_failure_is_handled_once_and_later_ones_are_found(settled, sent):
    sent.send("push", of(settled), 502)
    assert sweep(settled) == {"repo:2"}
    assert sweep(settled) == set()
    sent.send("team", of(settled, action="created"), 502)
    assert sweep(settled) == {"people:1"}
    settled.clock.sleep(3_600)
    assert sweep(settled) == set()


def test_delivery_that_ended_late_is_found_below_newer_ones(settled, sent):
    sent.send("team", of(settled, action="created"), 502)
    sweep(settled)
    settled.clock.now -= 12  # it began before that one, and its ten seconds were over only now
    sent.send("push", of(settled), 504)
    settled.clock.now += 12
    assert sweep(settled) == {"repo:2"}


def test_restarted_worker_goes_on_where_the_last_one_stopped(settled, sent):
    sent.send("push", of(settled), 502)
    sweep(settled)
    settled.restart()
    assert sweep(settled) == set()


def test_nobody_looks_further_back_than_github_remembers(settled, sent):
    sent.send("push", of(settled), 502)
    settled.clock.sleep(4 * 86_400)
    assert sweep(settled) == set()


@pytest.mark.parametrize(("failures", "is_full"), [(MOST_FAILURES, False), (MOST_FAILURES + 1, True)])
def test_more_than_a_thousand_failures_are_a_full_look(settled, sent, failures, is_full):
    other = settled.forges.install("globex")
    sent.send("pull_request", of(settled, action="opened", pull_request={"number": 3}), 502)
    for _ in range(failures - 1):
        sent.send("push", of(settled), 502)
    everything = {f"{kind}:{one}" for kind in ("installation", "people") for one in (1, other.installation.id)}
    # the pull request is the oldest: of so many it is met only when all are read
    assert sweep(settled) == (everything | {"pulls:2"} if is_full else {"repo:2", "pull:2#3"})
    assert sent.read == ([] if is_full else [1])
    assert sent.pages_read <= MOST_FAILURES // 100 + 1
    assert sweep(settled) == set()


def test_server_that_lists_everything_is_read_in_bounded_parts(settled, sent, monkeypatch):
    """An old Enterprise Server does not know the filter."""
    monkeypatch.setattr(sent, "failures", sent.page)
    sent.send("push", of(settled), 502)
    for _ in range(PAGES * 100 + 50):
        settled.clock.sleep(1)
        sent.send("push", of(settled), 202)
    settled.queue.mark([Mark(deliveries.KEY)])
    assert settled.worker.run_once([DELIVERIES])
    assert sent.pages_read == PAGES
    settled.restart()
    assert sweep(settled) == {"repo:2"}
    assert sweep(settled) == set()
    assert sent.pages_read == PAGES + 2


def test_without_an_app_nobody_asks(settled, sent, monkeypatch):
    monkeypatch.setattr(settled.forges, "deliveries", lambda: None)
    sent.send("push", of(settled), 502)
    assert sweep(settled) == set()
    assert sent.pages_read == 0


def test_deliveries_of_two_organisations_mark_their_own_keys(tmp_path):
    world = World(tmp_path)
    other = world.forges.install("globex")
    repository = other.create("payments", id=77)
    world.forges.sent.send("push", {**base(repository), "installation": {"id": 2}}, 502)
    world.queue.mark([Mark(deliveries.KEY)])
    world.worker.run_once([DELIVERIES])
    assert [lease.key for lease in world.queue.lease(KINDS, 50, 60)] == [Key(2, "repo", "77")]


def attempt(guid, status, again=False):
    return Attempt(1, guid, "push", "", 1, 1, status, 0.0, again)


def test_redelivery_that_arrived_heals_the_failure_before_it():
    newest_first = [attempt("a", 202, True), attempt("b", 502), attempt("a", 502), attempt("b", 502)]
    assert [(one.guid, one.status) for one in unhealed(newest_first)] == [("b", 502)]


def test_failure_after_an_arrival_is_healed_already():
    """The same payload: what it named was looked at then."""
    assert unhealed([attempt("a", 502, True), attempt("a", 202)]) == []


def test_the_listing_of_every_example_marks_at_least_what_the_delivery_does():
    compared = 0
    for example in EXAMPLES:
        payload = {"installation": {"id": 7}} | example["payload"]
        repository = (payload.get("repository") or {}).get("id", 0)
        number = payload["installation"]["id"]
        one = Attempt(1, "g", example["event"], payload.get("action") or "", number, repository, 502, 0.0)
        wanted = {mark.key for mark in marks(example["event"], payload, Config())}
        if not needs_payload(one, is_catalog=False):
            assert wanted <= {mark.key for mark in keys(one)}, example["event"]
            compared += bool(wanted)
    assert compared > 30
