"""A reconcile that finds everything changed and little quota: it stops at half, and a push is still published at once.

400 repositories by default, 1,000 with:    pytest tests/faults/test_quota.py --faults-full -n 0
"""

from __future__ import annotations

import base64
import time

import pytest

from faults.rig import ORGANISATION, Rig
from unit.sync.world import component, push_payload
from waypost.catalog.entities import Repository
from waypost.forge.github import connect
from waypost.limits import REPOSITORIES_PER_READ
from waypost.pages.paths import entity_file
from waypost.queue.sqlite import SqliteQueue
from waypost.sync.context import Pace
from waypost.sync.events import marks
from waypost.sync.reconcile import reconcile
from waypost.sync.worker import Worker

COUNT = 1_000  # with fewer, what is left is too little for what else waits to be read
SEEDED_AT_ONCE = 500
PUSHED = "r7"
PATIENCE_SECONDS = 60


def tell(rig, count, owner, seeds):
    """Write every descriptor, in new repositories or as commits that no delivery tells of."""
    for first in range(0, count, SEEDED_AT_ONCE):
        names = [f"r{number}" for number in range(first, min(count, first + SEEDED_AT_ONCE))]
        files = {name: {"catalog-info.yaml": component(name, owner)} for name in names}
        if seeds:
            rig.call("POST", "/_sandbox/seed", {ORGANISATION: {name: {"files": one} for name, one in files.items()}})
        else:
            rig.call("POST", "/_sandbox/commits", {f"{ORGANISATION}/{name}": one for name, one in files.items()})


def process(rig, folder):
    forges = connect(rig.config, time.time, lambda seconds: None, folder / "mirrors")
    return Worker(SqliteQueue(folder / "queue.db"), forges, rig.config, pace=Pace(sweep=0))


def delivery(rig, installation):
    """What GitHub says of a push to one repository."""
    found = rig.call("GET", f"/repos/{ORGANISATION}/{PUSHED}")
    head = rig.call("GET", f"/repos/{ORGANISATION}/{PUSHED}/git/ref/heads/main")["object"]["sha"]
    repository = Repository(found["id"], ORGANISATION, PUSHED, default_branch="main", head=head)
    changes = {"catalog-info.yaml": ""}
    return push_payload(repository, set(changes), changes, installation={"id": installation}) | {"after": head}


def left(rig, installation):
    limit, used, _ = rig.call("GET", "/_sandbox/budgets")[f"installation:{installation} graphql"]
    return limit - used


def is_shown(rig, owner):
    held = rig.call("GET", f"/repos/{ORGANISATION}/catalog/contents/{entity_file(f'component:default/{PUSHED}')}")
    return f"owner: {owner}\n" in base64.b64decode(held["content"]).decode()


@pytest.mark.slow
def test_reconcile_stops_at_half_and_a_push_is_published_from_the_rest(tmp_path, record_property):
    count = COUNT
    with Rig(tmp_path, {}, "published:\n  enabled: false\n") as rig:
        tell(rig, count, "team-a", seeds=True)
        assert not reconcile(process(rig, tmp_path)).left
        (installation,) = (one.id for one in connect(rig.config).installations())
        tell(rig, count, "team-b", seeds=False)
        given = count // REPOSITORIES_PER_READ  # to see the heads; to read what changed would cost as much again
        budget = {"who": f"installation:{installation}", "resource": "graphql", "remaining": given}
        rig.call("POST", "/_sandbox/budgets", budget)

        worker = process(rig, tmp_path)  # a new one learns from GitHub what is left
        summary = reconcile(worker)
        kept = left(rig, installation)
        assert summary.left
        assert "half of the graphql quota" in summary.reason
        assert given // 2 - 1 <= kept <= given // 2
        assert not is_shown(rig, "team-b")

        worker.context.queue.mark(marks("push", delivery(rig, installation), rig.config))
        began = time.monotonic()
        while not is_shown(rig, "team-b") and time.monotonic() - began < PATIENCE_SECONDS:
            if not worker.run_once():
                time.sleep(0.1)
        assert is_shown(rig, "team-b")
        record_property(
            "measured",
            f"{count:,} changed repositories and {given} calls left: the reconcile stopped with {kept} left; "
            f"a push was published {time.monotonic() - began:.1f} s after its delivery",
        )
