"""How fast deliveries are stored and keys are worked off: PostgreSQL against SQLite, side by side on this machine.

Both sync every commit to the same disk. 16 threads hand in pushes of 10 kB for 500 repositories, as a web process does;
then one worker takes the keys, 50 at a time, and stores a snapshot for each.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests import postgres
from tests.bench import Row

from waypost.queue.postgres import PostgresQueue
from waypost.queue.protocol import Delivery, Key, Mark, Queue
from waypost.queue.sqlite import SqliteQueue

THREADS, DELIVERIES, REPOSITORIES, ROUNDS = 16, 3_000, 500, 5
BODY = b"x" * 10_000


def rows() -> Iterable[Row]:
    server = postgres.Server(postgres.binaries(), fsync="on", full_page_writes="on")
    try:
        with tempfile.TemporaryDirectory() as folder:
            queues: dict[str, Queue] = {
                "PostgreSQL": PostgresQueue(server.database()),
                "SQLite": SqliteQueue(Path(folder) / "waypost.db"),
            }
            yield _row("storing deliveries", queues, _store, DELIVERIES, "deliveries", limit=4)
            yield _row("leasing and finishing keys", queues, _work_off, REPOSITORIES, "keys", limit=8)
            for queue in queues.values():
                queue.close()
    finally:
        server.end()


def _row(
    name: str, queues: dict[str, Queue], run: Callable[[Queue, int], None], count: int, what: str, limit: float
) -> Row:
    seconds: dict[str, list[float]] = {back_end: [] for back_end in queues}
    for turn in range(ROUNDS):
        for back_end, queue in queues.items():
            began = time.perf_counter()
            run(queue, turn)
            seconds[back_end].append(time.perf_counter() - began)
    ratio = statistics.median(one / other for one, other in zip(*seconds.values(), strict=True))
    rates = [f"{back_end} {count / statistics.median(took):,.0f}" for back_end, took in seconds.items()]
    return Row(f"{name}, time on PostgreSQL against SQLite", ratio, limit, "x", f"{what}/s: {', '.join(rates)}")


def _store(queue: Queue, turn: int) -> None:
    def deliver(thread: int) -> None:
        for number in range(thread, DELIVERIES, THREADS):
            key = Key(1, "repo", str(number % REPOSITORIES))
            queue.receive(Delivery(f"{turn}-{number}", "push", "", 1, BODY), [Mark(key, ("src/main.py",))])

    threads = [threading.Thread(target=deliver, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _work_off(queue: Queue, turn: int) -> None:
    queue.mark(Mark(Key(1, "repo", str(number))) for number in range(REPOSITORIES))
    done = 0
    while leases := queue.lease(["repo"], 50, 60):
        done += len(queue.finish(leases, {(1, f"repo:{lease.key.subject}"): BODY for lease in leases}))
    if done != REPOSITORIES:
        raise SystemExit(f"{done} of {REPOSITORIES} keys were worked off")
