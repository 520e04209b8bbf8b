"""A steady load of signed deliveries on the real web processes: none that was acknowledged is lost, none is slow.

200 deliveries a second of 8 kB; for 5 seconds by default, for 10 minutes with --faults-full.
"""

from __future__ import annotations

import statistics
import threading
import time

import pytest

from server.deliveries import answer, request
from server.process import Server
from waypost.queue.sqlite import SqliteQueue

A_SECOND, CONNECTIONS, FILL = 200, 20, 8_000
TARGET_SECONDS = 1.0


class Sender(threading.Thread):
    """Sends each delivery at its moment, over one connection; what is late because of us counts as slow, too."""

    def __init__(self, server, began, numbers):
        super().__init__(daemon=True)
        self.server, self.began, self.numbers = server, began, numbers
        self.took = {}  # of what was acknowledged
        self.refused = []

    def run(self):
        with self.server.connect() as connection:
            for number in self.numbers:
                due = self.began + number / A_SECOND
                time.sleep(max(0.0, due - time.perf_counter()))
                connection.sendall(request(number, FILL))
                head = answer(connection)
                if head.startswith(b"HTTP/1.1 202"):
                    self.took[number] = time.perf_counter() - due
                else:
                    self.refused.append(head[:12])


@pytest.mark.slow
def test_every_acknowledged_delivery_of_a_steady_load_is_kept(tmp_path, pytestconfig, record_property):
    seconds = 600 if pytestconfig.getoption("--faults-full") else 5
    server = Server(tmp_path, workers=2).start()
    whole = range(1, A_SECOND * seconds + 1)
    began = time.perf_counter() + 0.5
    senders = [Sender(server, began, whole[start::CONNECTIONS]) for start in range(CONNECTIONS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(seconds + 120)
    took = {number: one for sender in senders for number, one in sender.took.items()}
    lasted = time.perf_counter() - began
    assert server.stop() == 0

    assert [one for sender in senders for one in sender.refused] == []
    assert took.keys() == set(whole)
    queue = SqliteQueue(server.database)
    assert [number for number in took if queue.delivery(f"g-{number}") is None] == []
    assert queue.counts()["dirty"] == len(took)
    queue.close()
    quantiles = statistics.quantiles(took.values(), n=100)
    record_property(
        "measured",
        f"{len(took):,} deliveries in {lasted:.0f} s, {len(took) / lasted:.0f} a second, 0 lost; "
        f"p50 {quantiles[49] * 1000:.0f} ms, p99 {quantiles[98] * 1000:.0f} ms, longest {max(took.values()):.2f} s",
    )
    assert quantiles[98] < TARGET_SECONDS
