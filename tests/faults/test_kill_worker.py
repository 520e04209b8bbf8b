"""kill -9 of the real worker under load, against the real sandbox and the real web process.

Nothing that was pushed is lost, the catalog is what a full look would write, and each change is one commit: none empty,
none twice. 5 kills by default; 200 with:    pytest tests/faults/test_kill_worker.py --faults-full -n 0
"""

from __future__ import annotations

import random
import threading
import time
from itertools import pairwise

import pytest

from faults.rig import Rig
from unit.sync.world import component
from waypost.forge.github import connect
from waypost.pages.paths import entity_file
from waypost.sync.context import Pace
from waypost.sync.reconcile import plans, read_all, scratch
from waypost.sync.worker import Worker

NAMES = [f"service-{number}" for number in range(12)]
SETTINGS = "publish:\n  min_interval_seconds: 1\n"
ASLEEP = 4  # one life in so many is ended without waiting that it has done something


class People(threading.Thread):
    """Somebody who pushes all the time; every push carries the next number."""

    def __init__(self, rig, chance):
        super().__init__(daemon=True)
        self.rig, self.chance = rig, chance
        self.stop = threading.Event()
        self.latest = dict.fromkeys(NAMES, 0)
        self.number = 0

    def run(self):
        while not self.stop.is_set():
            self.number += 1
            name = self.chance.choice(NAMES)
            text = component(name, owner=f"team-{self.number}")
            self.rig.push(name, "catalog-info.yaml", text)
            self.latest[name] = self.number
            self.stop.wait(self.chance.uniform(0.1, 0.4))


@pytest.mark.slow
def test_killed_worker_loses_nothing_and_writes_nothing_twice(tmp_path, request, record_property):
    kills = 200 if request.config.getoption("--faults-full") else 5
    chance = random.Random(kills)
    files = {"catalog-info.yaml": component("x", owner="team-0")}
    repositories = {
        name: {"catalog-info.yaml": files["catalog-info.yaml"].replace("name: x", f"name: {name}")} for name in NAMES
    }
    with Rig(tmp_path, repositories, SETTINGS) as rig:
        rig.serve()
        rig.work("--lease", "2")
        rig.until("the first listing is published", lambda: len(rig.commits()) > 1)
        people, log = People(rig, chance), rig.logs / "worker.log"
        people.start()
        for life in range(kills):
            if life % ASLEEP:
                said = log.stat().st_size
                rig.until("the worker has done something", lambda said=said: log.stat().st_size > said)
            time.sleep(chance.uniform(0.0, 1.0))
            rig.kill("worker")
            rig.work("--lease", "2")
        people.stop.set()
        people.join()
        rig.settle()
        git = rig.clone("catalog")
        check_nothing_lost(git, people.latest)
        commits = check_each_change_once(git, people.number)
        assert commits > kills / 4, "or they hardly worked"
        check_full_look_finds_nothing(rig)
    record_property(
        "measured",
        f"{kills} kills, {people.number} pushes, {commits} commits: none empty, none twice; 0 diverged keys",
    )


def check_nothing_lost(git, latest):
    for name, number in latest.items():
        assert f"owner: team-{number}\n" in git("show", f"HEAD:{entity_file(f'component:default/{name}')}")


def check_each_change_once(git, pushes):
    """No commit without a change, and no owner comes back once another has taken its place; return how many commits."""
    bodies = git("log", "--format=%H %T", "--reverse").split()
    trees = bodies[1::2]
    assert all(one != other for one, other in pairwise(trees))
    assert len(trees) <= pushes + 2
    for name in NAMES:
        path = entity_file(f"component:default/{name}")
        lines = git("log", "--reverse", "--format=", "-p", "--unified=0", "--", path).splitlines()
        owners = [
            int(line.rpartition("team-")[2]) for line in lines if line.startswith("+") and "  owner: team-" in line
        ]
        assert owners == sorted(set(owners))
    return len(trees)


def check_full_look_finds_nothing(rig):
    with scratch() as queue:
        worker = Worker(queue, connect(rig.config), rig.config, pace=Pace(sweep=0))
        assert read_all(worker) == ""
        for _, _, draft in plans(worker):
            assert dict(draft.plan.changes) == {}
