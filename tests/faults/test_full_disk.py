"""The real web process without room or without its database: 503 and never 2xx, and it recovers by itself."""

from __future__ import annotations

import sqlite3
import subprocess

import pytest

from server.deliveries import answer, request
from server.process import Server
from waypost.queue.sqlite import SqliteQueue


def deliver(server, number, fill=0):
    with server.connect() as connection:
        connection.sendall(request(number, fill))
        return int(answer(connection)[9:12])


@pytest.mark.slow
def test_full_disk_is_never_acknowledged_and_heals_when_there_is_room(tiny_disk, tmp_path, record_property):
    server = Server(tmp_path)
    server.database = tiny_disk / "waypost.db"
    server.environment["WAYPOST_DATABASE_URL"] = f"sqlite:///{server.database}"
    server.start()
    statuses = {number: deliver(server, number, fill=20_000) for number in range(1, 121)}
    stored = [number for number, status in statuses.items() if status == 202]
    assert set(statuses.values()) == {202, 503}
    assert len(stored) < 60
    subprocess.run(["mount", "-o", "remount,size=8m", tiny_disk], check=True)
    assert deliver(server, 999) == 202
    assert server.stop() == 0
    queue = SqliteQueue(server.database)
    assert all(queue.delivery(f"g-{number}") for number in (*stored, 999))
    assert queue.counts()["deliveries"] == len(stored) + 1
    queue.close()
    refused = len(statuses) - len(stored)
    record_property(
        "measured", f"disk of 1 MB: {len(stored)} answered 202 and kept, {refused} answered 503; with room 202 again"
    )


@pytest.mark.slow
def test_locked_database_is_never_acknowledged_and_heals_when_it_is_free(tmp_path, record_property):
    server = Server(tmp_path).start()
    assert deliver(server, 1) == 202
    other = sqlite3.connect(server.database, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert deliver(server, 2) == 503
    other.execute("ROLLBACK")
    other.close()
    assert deliver(server, 3) == 202
    assert server.stop() == 0
    queue = SqliteQueue(server.database)
    assert [number for number in (1, 2, 3) if queue.delivery(f"g-{number}")] == [1, 3]
    queue.close()
    record_property("measured", "locked database: 503 and nothing kept; once free 202 again")
