"""Every back end of the queue, made on a clock that the test turns. A new back end is one more entry in BACK_ENDS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import postgres
from waypost.queue.postgres import PostgresQueue
from waypost.queue.protocol import Queue
from waypost.queue.sqlite import SqliteQueue

START = 1_700_000_000.0
MAXIMUM_WAIT = 30.0


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def sqlite(folder: Path, clock: Clock) -> Queue:
    return SqliteQueue(folder / "waypost.db", clock, maximum_wait=MAXIMUM_WAIT)


def postgresql(_: Path, clock: Clock) -> Queue:
    return PostgresQueue(postgres.server().database(), clock, maximum_wait=MAXIMUM_WAIT)


BACK_ENDS: dict[str, Callable[[Path, Clock], Queue]] = {"sqlite": sqlite, "postgres": postgresql}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=BACK_ENDS)
def queue(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Queue]:
    queue = BACK_ENDS[request.param](tmp_path, clock)
    yield queue
    queue.close()
