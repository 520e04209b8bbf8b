"""When installations are listed without anybody asking: each at its own minute, few at once, twice where in doubt."""

from __future__ import annotations

import pytest

from unit.sync.world import World, component
from waypost.sync import deliveries
from waypost.sync.context import Pace
from waypost.sync.schedule import AT_ONCE, due, period
from waypost.sync.worker import Worker

HOUR = 3_600.0


@pytest.fixture
def hourly(tmp_path):
    world = World(tmp_path)
    world.worker = Worker(world.queue, world.forges, world.config, world.clock, Pace(sweep=HOUR))
    return world


def listed(world):
    """The installations that a look around marks."""
    return [mark.key.installation for mark in due(world.worker.context) if mark.key.kind == "installation"]


def test_periods_of_a_hundred_installations_are_spread_over_a_quarter():
    periods = [period(number, HOUR) for number in range(1, 101)]
    assert 0.75 * HOUR <= min(periods) < max(periods) <= HOUR
    assert len(set(periods)) == 100
    assert len([one for one in periods if one < 0.8 * HOUR]) <= 25


def test_what_is_late_begins_a_few_at_a_time_longest_first(hourly):
    for number in range(50):
        hourly.forges.install(f"org-{number}")
    assert len(listed(hourly)) == AT_ONCE
    hourly.sweep()  # now all were listed in the same minute
    assert listed(hourly) == []
    hourly.clock.sleep(0.75 * HOUR + 60)
    assert 0 < len(listed(hourly)) < 15
    hourly.clock.sleep(2 * HOUR)
    assert len(listed(hourly)) == AT_ONCE


def test_suspended_installation_is_left_alone(hourly):
    hourly.forge.suspend()
    assert listed(hourly) == []
    hourly.forge.suspend(False)
    assert listed(hourly) == [1]


def test_what_a_listing_lacked_is_settled_after_ten_minutes(hourly):
    hourly.forge.create("payments", {"catalog-info.yaml": component("payments")})
    hourly.sweep()
    hourly.forge.delete("payments")
    hourly.sweep()
    hourly.clock.sleep(540)
    assert listed(hourly) == []
    hourly.clock.sleep(70)
    assert listed(hourly) == [1]
    hourly.sweep()
    assert listed(hourly) == []


def test_with_selected_repositories_nothing_is_in_doubt(tmp_path):
    world = World(tmp_path, selects_all=False)
    world.worker = Worker(world.queue, world.forges, world.config, world.clock, Pace(sweep=HOUR))
    world.forge.create("payments", {"catalog-info.yaml": component("payments")})
    world.sweep()
    world.forge.hide("payments")
    world.sweep()
    world.clock.sleep(610)
    assert listed(world) == []


def test_missed_deliveries_are_asked_for_at_every_look(hourly):
    assert deliveries.KEY in [mark.key for mark in due(hourly.worker.context)]


def test_worker_that_may_not_sweep_asks_for_nothing(world):
    assert due(world.worker.context) == []
