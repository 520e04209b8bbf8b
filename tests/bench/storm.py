"""A storm of deliveries: 10,000 pushes to 5,000 repositories within a minute, and what they cost.

The events, the queue (SQLite), the worker, the catalog and its pages are real; the forge is in memory and the minute is
simulated: a clock that moves when the worker waits and while the forge answers (0.3 s a reading, 1 s a commit, about
what GitHub takes). What is counted are the forge's calls, as GitHub would charge them. Git fetch and push are no calls.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.bench import Row
from tests.unit.sync.world import World, component, push_payload

from waypost.pages.paths import entity_file

REPOSITORIES = 5_000
DELIVERIES = 10_000
SECONDS = 60.0
READING_SECONDS, COMMIT_SECONDS = 0.3, 1.0
OURS = 0.5  # of the pushes touch a descriptor, the others source code


def rows() -> Iterable[Row]:
    """Run the storm twice: as organisations push, and as badly as can be."""
    yield from _storm("half of the pushes touch a descriptor", OURS)
    yield from _storm("every push touches a descriptor", 1.0)


def _storm(what: str, ours: float) -> Iterable[Row]:
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # the disk's speed is another bench's question
    with tempfile.TemporaryDirectory(prefix="waypost-storm-", dir=memory) as folder:
        world = World(Path(folder))
        names = [f"service-{number}" for number in range(REPOSITORIES)]
        for name in names:
            world.forge.create(name, {"catalog-info.yaml": component(name), "src/main.py": "0"})
        _check(world.sweep() == "", "the first listing did not settle")
        world.clock.sleep(60)
        _slow_down(world)
        calls, commits = _charged(world), len(world.commits())
        last = _blow(world, names, ours)
        _check(world.settle() == "", "the storm did not settle")
        lost = sum(
            f"owner: {owner}\n" not in (world.forge.text("catalog", entity_file(f"component:default/{name}")) or "")
            for name, owner in last.items()
        )
        note = f"{what}; simulated minute, in-memory forge"
        yield Row("storm: commits for 10,000 deliveries in 60 s", len(world.commits()) - commits, 8, "", note)
        yield Row("storm: API calls a delivery", (_charged(world) - calls) / DELIVERIES, 0.02, "", note)
        yield Row("storm: changes lost", lost, 0, "", f"of {len(last):,}")


def _blow(world: World, names: list[str], ours: float) -> dict[str, str]:
    """Deliver the pushes at their moments while the worker works; return the last owner each repository was given."""
    chance = random.Random(1)
    moments = sorted(chance.uniform(0.0, SECONDS) for _ in range(DELIVERIES))
    begin = world.clock.now
    last: dict[str, str] = {}
    number = 0
    while number < len(moments):
        while number < len(moments) and begin + moments[number] <= world.clock.now:
            name = chance.choice(names)
            if chance.random() < ours:
                last[name] = f"team-{number}"
                _push(world, name, {"catalog-info.yaml": component(name, owner=last[name])})
            else:
                _push(world, name, {"src/main.py": str(number)})
            number += 1
        if not world.worker.run_once() and number < len(moments):
            world.clock.now = max(world.clock.now, min(begin + moments[number], world.clock.now + 0.25))
    return last


def _push(world: World, name: str, changes: dict[str, str]) -> None:
    repository = world.forge.push(name, changes)
    world.deliver("push", push_payload(repository, {"catalog-info.yaml", "src/main.py"}, changes))


def _slow_down(world: World) -> None:
    """Let the forge take its time, on the world's clock."""
    read, write = world.forge.read, world.forge._write

    def slow_read(wishes):
        world.clock.sleep(READING_SECONDS)
        return read(wishes)

    def slow_write(*arguments):
        world.clock.sleep(COMMIT_SECONDS)
        return write(*arguments)

    world.forge.read, world.forge._write = slow_read, slow_write


def _charged(world: World) -> int:
    return sum(number for (_, price), number in world.forge.calls().items() if price == "charged")


def _check(is_so: bool, otherwise: str) -> None:
    if not is_so:
        sys.exit(otherwise)
