"""kill -9 of the real web process under load: what was answered with 202 is on disk with its key, every time.

5 kills by default; 200 with:    pytest tests/faults/test_server_kill.py --faults-full -n 0
"""

from __future__ import annotations

import random
import threading
import time

import pytest

from server.deliveries import answer, request
from server.process import PATIENCE_SECONDS, Server
from waypost.queue.sqlite import SqliteQueue

SENDERS = 8


class Sender(threading.Thread):
    """Delivers as fast as it is answered, each for a repository of its own, and remembers what was acknowledged."""

    def __init__(self, server: Server, first: int, acknowledged: set[int]) -> None:
        super().__init__(daemon=True)
        self.server, self.number, self.acknowledged = server, first, acknowledged
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                with self.server.connect() as connection:
                    while not self.stop.is_set():
                        self._deliver(connection)
            except OSError:  # killed; a new connection when it is back
                time.sleep(0.02)

    def _deliver(self, connection) -> None:
        self.number += SENDERS
        connection.sendall(request(self.number, fill=2_000))
        head = answer(connection)
        assert head.startswith(b"HTTP/1.1 202"), head
        self.acknowledged.add(self.number)


@pytest.mark.slow
def test_killed_web_process_loses_no_acknowledged_delivery(tmp_path, pytestconfig, record_property):
    kills = 200 if pytestconfig.getoption("--faults-full") else 5
    chance = random.Random(kills)
    acknowledged: set[int] = set()
    server = Server(tmp_path, workers=2).start()
    senders = [Sender(server, number + 1, acknowledged) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    for life in range(kills):
        enough, give_up = len(acknowledged) + 40, time.monotonic() + PATIENCE_SECONDS
        while len(acknowledged) < enough:
            assert time.monotonic() < give_up, server.log.read_text()
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.05))  # somewhere in a request, a transaction, a checkpoint
        server.kill()
        server.start()
        assert len(acknowledged) >= 40 * (life + 1)
    for sender in senders:
        sender.stop.set()
    for sender in senders:
        sender.join(PATIENCE_SECONDS)
    assert server.stop() == 0

    queue = SqliteQueue(server.database)
    assert [number for number in acknowledged if queue.delivery(f"g-{number}") is None] == []
    leases = queue.lease(["repo"], 10**6, 60)
    dirty = {int(lease.key.subject) for lease in leases}
    assert acknowledged <= dirty
    # One transaction: no delivery without its key, and no key without its delivery; a few were not acknowledged.
    assert queue.counts()["deliveries"] == len(dirty)
    assert len(dirty - acknowledged) <= SENDERS * (kills + 1)
    queue.close()
    record_property("measured", f"{kills} kills, 0 of {len(acknowledged):,} acknowledged deliveries lost")
