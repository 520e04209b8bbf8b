"""A worker that writes down when it may work on which key: the true process, and a witness between it and its queue.

A begin is written after a lease was given, an end before it is given back; so where two spells on one key overlap, two
workers were on it. Run as `python witness.py FILE [options of waypost worker]`.
"""

from __future__ import annotations

import json
import os
import sys
import time

from waypost.cli import main, worker
from waypost.sync.worker import Worker


class Witness:
    """The queue, and a file to which whole lines are appended. What a killed process wrote stays."""

    def __init__(self, queue, file):
        self._queue = queue
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def __getattr__(self, name):
        return getattr(self._queue, name)

    def lease(self, *asked, **named):
        leases = self._queue.lease(*asked, **named)
        self.write("begin", leases)
        return leases

    def finish(self, leases, *more, **named):
        self.write("end", leases)
        return self._queue.finish(leases, *more, **named)

    def retry(self, lease, *more, **named):
        self.write("end", [lease])
        self._queue.retry(lease, *more, **named)

    def release(self, leases, *more, **named):
        self.write("end", leases)
        self._queue.release(leases, *more, **named)

    def write(self, what, leases):
        now = time.monotonic()  # of the machine: the same for all processes
        for lease in leases:
            os.write(self._file, json.dumps([now, os.getpid(), what, str(lease.key), lease.token]).encode() + b"\n")


class Witnessed(Worker):
    """Work that ends without giving its leases back, because the database is away, has ended all the same."""

    def _attempt(self, lane, leases):
        try:
            super()._attempt(lane, leases)
        finally:
            self.context.queue.write("end", leases)


if __name__ == "__main__":
    file, *options = sys.argv[1:]
    opened = worker.opened
    worker.opened = lambda config: Witness(opened(config), file)
    worker.Worker = Witnessed
    raise SystemExit(main(["worker", *options]))
