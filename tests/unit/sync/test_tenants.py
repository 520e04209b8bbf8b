"""Two organisations on one server: what happens to one concerns nobody else."""

from __future__ import annotations

import pytest

from unit.sync.world import World, base, component
from waypost.forge.protocol import RateLimited, Unavailable
from waypost.pages.paths import entity_file
from waypost.queue.protocol import Key, Mark
from waypost.sync.worker import REPOSITORIES

LEDGER = entity_file("component:default/ledger")


@pytest.fixture
def both(tmp_path):
    """acme (1) and globex (2), each with a catalog, listed and published."""
    world = World(tmp_path)
    world.globex = world.forges.install("globex")
    world.globex.create("catalog", {"about.md": "Hello.\n"})
    world.ledger = world.globex.create("ledger", {"catalog-info.yaml": component("ledger")})
    for number in range(300):
        world.forge.create(f"service-{number}", {"catalog-info.yaml": component(f"service-{number}")})
    assert world.sweep() == ""
    world.clock.sleep(60)
    return world


def storm(world):
    """A push to every repository of acme."""
    for number in range(300):
        name = f"service-{number}"
        world.deliver("push", world.push(name, {"catalog-info.yaml": component(name, "team-b")}))


def push(world, owner="team-z"):
    """A push in globex."""
    repository = world.globex.push("ledger", {"catalog-info.yaml": component("ledger", owner)})
    world.deliver("push", base(repository, ref="refs/heads/main", forced=True) | {"installation": {"id": 2}})


def theirs(world):
    return world.globex.text("catalog", LEDGER) or ""


def test_storm_in_one_organisation_keeps_the_other_one_waiting_for_a_batch_at_most(both):
    storm(both)
    both.clock.sleep(1)
    push(both)
    both.clock.sleep(1)
    for _ in range(2):
        assert both.worker.run_once([REPOSITORIES])
    assert not both.queue.lease(["repo"], 50, 60, besides=1)
    assert both.worker.context.tenant(2).snapshots[both.ledger.id].repository.head == (
        both.globex.describe("ledger").head
    )
    assert both.settle() == ""
    assert "owner: team-z" in theirs(both)


@pytest.mark.parametrize(
    "trouble",
    [lambda now: RateLimited("secondary", now + 3_000), lambda now: Unavailable("502", now + 3_000)],
    ids=["limited", "down"],
)
def test_trouble_of_one_organisation_stops_nobody_else(both, trouble):
    storm(both)
    both.forge.fail(*[trouble(both.clock.now)] * 50)
    push(both)
    for _ in range(200):
        both.worker.run_once()
        both.clock.sleep(0.1)
    assert "owner: team-z" in theirs(both)
    assert both.queue.counts()["dirty"] >= 300


def test_suspended_organisation_keeps_its_cache_and_the_other_one_goes_on(both):
    before = both.worker.context.tenant(1).picture()
    mine, others = both.files(), both.globex.calls()
    both.forge.suspend()
    both.deliver("installation", {"installation": {"id": 1}, "action": "suspend"})
    storm_keys = [Mark(Key(1, "repo", str(number))) for number in before]
    both.queue.mark(storm_keys)
    push(both)
    assert both.settle() == ""
    assert both.worker.context.tenant(1).picture() == before
    assert both.files() == mine
    assert "owner: team-z" in theirs(both)
    assert both.globex.calls() != others
    both.forge.suspend(False)
    both.deliver("installation", {"installation": {"id": 1}, "action": "unsuspend"})
    assert both.settle() == ""
    assert both.files() == mine


def test_removed_organisation_is_forgotten_alone(both):
    kept = both.worker.context.tenant(2).picture()
    both.forges.uninstall(1)
    both.deliver("installation", {"installation": {"id": 1}, "action": "deleted"})
    storm_keys = [Mark(Key(1, "repo", str(number))) for number in range(1, 50)]
    both.queue.mark(storm_keys)
    push(both)
    assert both.settle() == ""
    assert both.worker.context.tenant(1).picture() == {}
    assert both.worker.context.tenant(2).picture().keys() == kept.keys()
    assert "owner: team-z" in theirs(both)
    _, entries = both.queue.cached(1)
    assert {name for name, body in entries.items() if body is not None} == set()


def test_number_of_another_organisation_is_not_looked_up_there(both):
    """A key carries its installation: what a stranger's delivery names is read with the stranger's token, or not."""
    before = both.worker.context.tenant(2).picture()
    both.queue.mark([Mark(Key(1, "repo", "424242")), Mark(Key(1, "hidden", "424242"))])
    assert both.settle() == ""
    assert both.worker.context.tenant(2).picture() == before
    assert 424242 not in both.worker.context.tenant(1).snapshots
