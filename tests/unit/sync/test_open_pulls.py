"""Pull requests that are found without their number: by commit, by repository, by the hourly listing."""

from __future__ import annotations

import pytest

from waypost.forge.protocol import NotAllowed
from waypost.queue.protocol import Key, Mark
from waypost.sync.worker import HEADS, INSTALLATIONS, OPEN_PULLS


@pytest.fixture
def two(settled):
    """payments (2) with two open pull requests, one of a fork, and a closed one."""
    desk = settled.forge.desk("acme/payments")
    settled.pulls = [
        desk.propose({"a": "1"}, branch="here"),
        desk.propose({"b": "2"}, fork="zoe/payments"),
        desk.propose({"c": "3"}, branch="done"),
    ]
    desk.close(settled.pulls[2].number)
    return settled


def marked(world, subject, lane):
    world.queue.mark([Mark(Key(1, lane.kind, subject))])
    assert world.worker.run_once([lane])
    leases = world.queue.lease(["pull"], 50, 60)
    world.queue.finish(leases)
    return {lease.key.subject for lease in leases}


def test_all_open_pull_requests_of_a_repository_are_looked_at(two):
    here, fork, _ = two.pulls
    assert marked(two, "2", OPEN_PULLS) == {f"2#{here.number}", f"2#{fork.number}"}


def test_check_of_a_forks_commit_finds_its_pull_request(two):
    _, fork, _ = two.pulls
    assert marked(two, f"2@{fork.head}", HEADS) == {f"2#{fork.number}"}


def test_commit_of_no_open_pull_request_marks_nothing(two):
    assert marked(two, f"2@{two.pulls[2].head}", HEADS) == set()
    assert marked(two, f"2@{'f' * 40}", HEADS) == set()


def test_repository_that_is_unknown_or_archived_has_none(two):
    assert marked(two, "4242", OPEN_PULLS) == set()
    two.forge.archive("payments")
    two.sweep()
    assert marked(two, "2", OPEN_PULLS) == set()


def test_without_the_permission_nothing_is_looked_at_and_nothing_fails(two):
    two.forge.fail(NotAllowed("Resource not accessible by integration"))
    assert marked(two, "2", OPEN_PULLS) == set()
    assert two.queue.counts()["dead"] == two.queue.counts()["dirty"] == 0


def test_listing_looks_at_the_open_pull_requests_of_the_catalog_alone(two):
    two.queue.mark([Mark(Key(1, "installation", "1"))])
    assert two.worker.run_once([INSTALLATIONS])
    assert [lease.key.subject for lease in two.queue.lease(["pulls"], 50, 60)] == ["1"]
