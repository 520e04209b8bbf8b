"""The worker as threads of one process: works, keeps its leases, ends the work in hand when asked to stop."""

from __future__ import annotations

import threading

import pytest

from unit.sync.world import World, component
from waypost.pages.paths import entity_file
from waypost.queue.protocol import Key, Mark
from waypost.sync.context import Pace
from waypost.sync.worker import Worker

PAYMENTS = entity_file("component:default/payments")
PATIENCE_SECONDS = 60


@pytest.fixture
def world(tmp_path):
    import time

    world = World(tmp_path)
    world.queue._clock = world.clock = time.time
    world.forge.create("payments", {"catalog-info.yaml": component("payments")})
    return world


def until(is_so):
    event = threading.Event()
    for _ in range(PATIENCE_SECONDS * 20):
        if is_so():
            return True
        event.wait(0.05)
    return False


@pytest.mark.parametrize("concurrency", [1, 3])
def test_worker_publishes_and_stops_when_asked(world, concurrency):
    worker = Worker(world.queue, world.forges, world.config, pace=Pace(lease=4.0))
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop, concurrency))
    thread.start()
    try:
        assert until(lambda: PAYMENTS in world.files())
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
    assert world.queue.counts()["leased"] == 0
    assert world.queue.heartbeat() is not None


def test_lease_is_renewed_while_the_work_takes_longer(world, monkeypatch):
    """Another worker beside it never gets the key, so the repository is read once."""
    import waypost.sync.repositories as repositories

    readings, read = [], repositories.read

    def slow(forge, subjects, is_catalog):
        readings.extend(subject.id for subject in subjects)
        threading.Event().wait(8.0)
        return read(forge, subjects, is_catalog)

    monkeypatch.setattr(repositories, "read", slow)
    # one listing: two workers that start together may both list, and then both rightly read
    world.queue.mark([Mark(Key(1, "installation", "1"))])
    pace = Pace(lease=6.0, sweep=0)
    workers = [Worker(world.queue, world.forges, world.config, pace=pace) for _ in range(2)]
    stop = threading.Event()
    threads = [threading.Thread(target=worker.run, args=(stop,)) for worker in workers]
    for thread in threads:
        thread.start()
    try:
        assert until(lambda: PAYMENTS in world.files())
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
    assert sorted(readings) == [1, 2]
