"""Work that nobody waits for leaves the other half of the quota."""

from __future__ import annotations

import pytest

from unit.sync.world import component
from waypost.forge.protocol import RateLimited
from waypost.queue.protocol import Key, Mark
from waypost.sync.sharing import seconds_to_spare


def spare(world, resource="graphql"):
    return seconds_to_spare(world.worker.context, 1, world.forge, resource)


def test_without_a_budget_nothing_waits(world):
    assert spare(world) == 0.0


@pytest.mark.parametrize("resource", ["core", "graphql"])
def test_half_of_what_was_left_when_it_began_is_for_it(world, resource):
    world.forge.limit(1_000, resource=resource)
    assert spare(world, resource) == 0.0
    world.forge.limit(501, resource=resource)
    assert spare(world, resource) == 0.0
    world.forge.limit(500, resource=resource)
    assert spare(world, resource) == 3_600.0


def test_resources_have_halves_of_their_own(world):
    world.forge.limit(1_000, resource="core")
    world.forge.limit(1_000, resource="graphql")
    assert spare(world, "core") == spare(world, "graphql") == 0.0
    world.forge.limit(400, resource="core")
    assert spare(world, "core") > 0.0
    assert spare(world, "graphql") == 0.0


def test_a_new_window_brings_a_new_half(world):
    world.forge.limit(1_000, resource="graphql")
    spare(world)
    world.forge.limit(400, resource="graphql")
    assert spare(world) > 0.0
    world.clock.sleep(3_700)
    assert spare(world) == 0.0
    world.forge.limit(5_000, resource="graphql")
    assert spare(world) == 0.0
    world.forge.limit(2_500, resource="graphql")
    assert spare(world) > 0.0


def test_the_same_reset_told_a_second_later_is_no_new_window(world):
    world.forge.limit(1_000, resource="graphql")
    spare(world)
    world.clock.sleep(1)
    world.forge.limit(500, resource="graphql")
    assert spare(world) > 0.0


def test_the_sweep_waits_where_a_push_is_read(settled):
    world = settled
    context = world.worker.context
    numbers = sorted(context.tenant(1).snapshots)
    world.forge.limit(100, resource="graphql")
    assert seconds_to_spare(context, 1, world.forge, "graphql") == 0.0
    world.forge.limit(50, resource="graphql")
    context.queue.mark([Mark(Key(1, "sweep", str(number))) for number in numbers])
    world.deliver("push", world.push("payments", {"catalog-info.yaml": component("payments", "team-b")}))
    before = context.figures.counts["read"]
    for _ in range(10):
        world.worker.run_once()
        world.clock.sleep(1)
    assert context.figures.counts["read"] > before
    assert context.figures.counts["swept"] == 0


@pytest.mark.parametrize(("is_creating_only", "read"), [(True, 1), (False, 0)], ids=["creations", "calls"])
def test_where_only_creations_are_used_up_reading_goes_on(settled, is_creating_only, read):
    world = settled
    world.forge.fail(RateLimited("used up", world.clock() + 1_000, is_creating_only))
    numbers = sorted(world.worker.context.tenant(1).snapshots)
    before = world.worker.context.figures.counts["read"]
    for number in numbers[:2]:
        world.queue.mark([Mark(Key(1, "repo", str(number)))])
        world.clock.sleep(1)
        world.worker.run_once()
    assert world.worker.context.figures.counts["read"] - before == read
