"""What looking at everything again costs, by the sandbox's own count: the real worker, real limits, nothing changed.

pytest tests/faults/test_rescan.py --faults-full -n 0 -s
"""

from __future__ import annotations

import time

import pytest

from faults.rig import ORGANISATION, Rig
from unit.sync.world import component
from waypost.forge.github import connect
from waypost.queue.sqlite import SqliteQueue
from waypost.sync.context import Pace
from waypost.sync.reconcile import reconcile
from waypost.sync.worker import Worker

SEEDED_AT_ONCE = 500


@pytest.fixture
def count(request):
    return 1_000 if request.config.getoption("--faults-full") else 200


@pytest.fixture
def rig(tmp_path, count):
    with Rig(tmp_path, {}) as rig:
        for first in range(0, count, SEEDED_AT_ONCE):
            numbers = range(first, min(count, first + SEEDED_AT_ONCE))
            seed = {f"r{number}": {"files": {"catalog-info.yaml": component(f"r{number}")}} for number in numbers}
            rig.call("POST", "/_sandbox/seed", {ORGANISATION: seed})
        yield rig


class Look:
    """One process of the worker and what its full looks cost."""

    def __init__(self, rig, database, folder):
        self._rig = rig
        forges = connect(rig.config, time.time, lambda seconds: None, folder)
        self._worker = Worker(SqliteQueue(database), forges, rig.config, pace=Pace(sweep=0))

    def again(self):
        """Look at everything; return (charged calls, commits)."""
        self._rig.call("DELETE", "/_sandbox/log")
        before = self._worker.context.figures.counts["published"]
        summary = reconcile(self._worker, sleep=time.sleep)
        assert not summary.left, summary.reason
        self.calls = self._rig.call("GET", "/_sandbox/log")["calls"]
        return charged(self.calls), self._worker.context.figures.counts["published"] - before


def charged(calls):
    return sum(call["count"] for call in calls if call["charged"] and call["who"].startswith("installation"))


@pytest.mark.slow
def test_unchanged_rescan_costs_few_calls(rig, count, tmp_path, record_property):
    most = count // 50 + 20  # for each fifty their heads; what any look costs; at 1,000 no more than 40
    look = Look(rig, tmp_path / "one.db", tmp_path / "mirrors")
    first, commits = look.again()
    assert commits
    unchanged, commits = look.again()
    assert commits == 0
    assert first > unchanged, "a first look reads every descriptor, so the count counts"
    assert unchanged <= most
    restarted, commits = Look(rig, tmp_path / "one.db", tmp_path / "mirrors").again()
    assert commits == 0
    assert restarted <= most
    empty, commits = Look(rig, tmp_path / "two.db", tmp_path / "other mirrors").again()
    assert commits == 0
    shown = ", ".join(f"{call['count']} {call['method']} {call['route']}" for call in look.calls if call["charged"])
    print(f"\nunchanged: {shown}")
    record_property(
        "measured",
        f"{count:,} repositories, charged calls: the first look {first}, unchanged {unchanged}, "
        f"after a restart {restarted}, with an empty database {empty}",
    )


@pytest.mark.slow
def test_a_changed_descriptor_costs_one_more_look_and_one_commit(rig, tmp_path):
    look = Look(rig, tmp_path / "one.db", tmp_path / "mirrors")
    look.again()
    unchanged, _ = look.again()
    rig.call("POST", "/_sandbox/commits", {f"{ORGANISATION}/r7": {"catalog-info.yaml": component("r7", "team-b")}})
    changed, commits = look.again()
    assert commits == 1
    assert changed > unchanged
