"""GET /healthz and /readyz: is this process alive, and could it store a delivery now?"""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Blueprint, Response

from waypost.queue.protocol import Queue, QueueUnavailable
from waypost.server.answers import answer, refuse

log = logging.getLogger("waypost.server")

# Each look writes to the disk, and anybody may ask.
LOOK_AGAIN_SECONDS = 1.0


def routes(queue: Queue, clock: Callable[[], float]) -> Blueprint:
    """Make both routes; /healthz needs neither worker nor database."""
    blueprint = Blueprint("health", __name__)
    readiness = _Readiness(queue, clock)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return answer(200, {"status": "ok"})

    @blueprint.get("/readyz")
    def readyz() -> Response:
        return readiness.answer()

    return blueprint


class _Readiness:
    def __init__(self, queue: Queue, clock: Callable[[], float]) -> None:
        self._queue, self._clock = queue, clock
        self._looked = 0.0
        self._error = ""

    def answer(self) -> Response:
        now = self._clock()
        if abs(now - self._looked) >= LOOK_AGAIN_SECONDS:
            self._error = self._look()
            self._looked = now
        if self._error:
            return refuse(503, "the queue cannot be written", "See the log for the reason", retry_after=10)
        return answer(200, {"status": "ready", "worker": self._worker(now)})

    def _look(self) -> str:
        try:
            self._queue.check()
        except QueueUnavailable as error:
            log.error("not ready: %s", error)
            return str(error)
        return ""

    def _worker(self, now: float) -> dict[str, object]:
        """Say when a worker last asked for work: we are ready without one, but nothing will be published."""
        try:
            seen = self._queue.heartbeat()
        except QueueUnavailable:
            seen = None
        return {"last_seen_seconds": None if seen is None else round(max(0.0, now - seen), 1)}
