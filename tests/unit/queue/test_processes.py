"""Several processes on one database, some of them killed in the middle: nothing acknowledged is lost or done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

import postgres
from waypost.queue import open_queue
from waypost.queue.protocol import Key, Mark

RECEIVE = """
import sys
from waypost.queue import open_queue
from waypost.queue.protocol import Delivery, Key, Mark
queue, name = open_queue(sys.argv[1]), sys.argv[2]
for number in range(int(sys.argv[3])):
    id = f"{name}-{number}"
    queue.receive(Delivery(id, "push", "", 7, b"x" * 5_000), [Mark(Key(7, "repo", id))])
    print(id, flush=True)  # the acknowledgement
"""
WORK = """
import sys, time
from waypost.queue import open_queue
queue = open_queue(sys.argv[1])
while True:
    leases = queue.lease(["repo"], 7, 60)
    if not leases:
        time.sleep(0.01)
    for lease in leases:
        print(lease.key.subject, lease.token, flush=True)
    queue.finish(leases, {(7, f"repo:{lease.key.subject}"): b"read" for lease in leases})
"""


def start(code: str, *arguments) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, text=True)


@pytest.fixture(params=["sqlite", "postgres"])
def address(request, tmp_path):
    """Nothing is there yet: who comes first makes the tables."""
    return f"sqlite:///{tmp_path / 'waypost.db'}" if request.param == "sqlite" else postgres.server().empty_database()


def test_writers_and_workers_of_several_processes_do_each_key_once(address):
    writers = [start(RECEIVE, address, name, 100) for name in ("a", "b", "c")]
    workers = [start(WORK, address) for _ in range(2)]
    acknowledged = [line.strip() for writer in writers for line in writer.stdout]
    queue = open_queue(address)
    give_up = time.monotonic() + 120
    while queue.next_due(["repo"]) is not None and time.monotonic() < give_up:
        time.sleep(0.05)
    for worker in workers:
        worker.terminate()
    worked = [line.split()[0] for worker in workers for line in worker.stdout]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    [worker.wait() for worker in workers]
    assert len(acknowledged) == 300
    assert sorted(worked) == sorted(acknowledged)
    queue.close()


def test_processes_that_start_together_make_the_database_once(address):
    starters = [start(RECEIVE, address, name, 1) for name in "abcdef"]
    assert [starter.wait() for starter in starters] == [0] * 6
    assert open_queue(address).counts()["deliveries"] == 6


def test_what_was_acknowledged_survives_kill_9(address):
    acknowledged = []
    for life in range(5):
        writer = start(RECEIVE, address, f"life{life}", 1_000_000)
        for _ in range(5 + 7 * life):  # killed somewhere in the next transaction
            acknowledged.append(writer.stdout.readline().strip())
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged += [line.strip() for line in writer.stdout if line.endswith("\n")]
        writer.wait()
    queue = open_queue(address)
    assert len(acknowledged) >= 95
    assert [id for id in acknowledged if queue.delivery(id) is None] == []
    dirty = {lease.key.subject for lease in queue.lease(["repo"], 10**6, 60)}
    assert set(acknowledged) <= dirty
    # One transaction: never a delivery without its key, nor a key without its delivery.
    assert queue.counts()["deliveries"] == len(dirty)
    if address.startswith("sqlite"):
        assert queue._connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    queue.close()


def test_keys_of_a_killed_worker_come_back_and_what_it_finished_stays(address):
    ahead = 0
    queue = open_queue(address)
    queue._clock = lambda: time.time() + ahead
    queue.mark(Mark(Key(7, "repo", str(number))) for number in range(2_000))
    for _ in range(3):
        worker = start(WORK, address)
        for _ in range(40):
            worker.stdout.readline()
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    finished = set(queue.cached(7)[1])
    assert finished
    ahead = 61
    taken = []
    while leases := queue.lease(["repo"], 100, 600):
        taken += [f"repo:{lease.key.subject}" for lease in leases]
        queue.finish(leases)
    assert len(taken) == len(set(taken))
    assert finished | set(taken) == {f"repo:{number}" for number in range(2_000)}
    assert not finished & set(taken)
    queue.close()
