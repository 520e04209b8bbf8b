"""What only the SQLite back end owes: its file, other processes' locks, full disks, many keys, a fork."""

from __future__ import annotations

import os
import sqlite3
import subprocess

import pytest

from waypost.queue import open_queue
from waypost.queue.keys import _TAKE
from waypost.queue.protocol import Delivery, Key, Mark, QueueUnavailable
from waypost.queue.schema import MIGRATIONS
from waypost.queue.sqlite import SqliteQueue

A = Key(7, "repo", "a")


def push(id: str, body: bytes = b"{}") -> Delivery:
    return Delivery(id, "push", "", 7, body)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "waypost.db"


@pytest.fixture
def queue(path):
    queue = SqliteQueue(path, busy_seconds=0.1)
    yield queue
    queue.close()


def test_address_names_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    open_queue("sqlite:///relative.db").check()
    open_queue(f"sqlite:///{tmp_path}/absolute.db").check()
    assert {path.name for path in tmp_path.glob("*.db")} == {"relative.db", "absolute.db"}


@pytest.mark.parametrize("address", ["waypost.db", "postgres", "sqlite:///", "mysql://x", ""])
def test_other_addresses_are_refused_with_the_right_form(address):
    with pytest.raises(ValueError, match=r"sqlite:///waypost\.db"):
        open_queue(address)


def test_every_commit_is_synced_to_disk(queue):
    queue.check()
    assert queue._connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert queue._connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL


def test_missing_folder_is_named(tmp_path):
    with pytest.raises(QueueUnavailable, match="no/such does not exist"):
        SqliteQueue(tmp_path / "no/such/waypost.db").check()


def test_file_of_a_newer_version_is_left_alone(queue, path):
    queue.check()
    queue.close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(QueueUnavailable, match="newer Waypost"):
        queue.check()


def test_something_else_under_the_name_is_left_alone(queue, path):
    path.write_bytes(b"not a database, but long enough to be looked at as one" * 100)
    before = path.read_bytes()
    with pytest.raises(QueueUnavailable, match="Move it away"):
        queue.check()
    assert path.read_bytes() == before


def test_locked_database_is_unavailable_and_recovers_by_itself(queue, path):
    queue.check()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(QueueUnavailable, match="locked"):
        queue.receive(push("refused"), [Mark(A)])
    other.execute("ROLLBACK")
    queue.receive(push("stored"), [])
    assert queue.delivery("refused") is None
    assert queue.counts()["dirty"] == 0


def test_removed_database_is_made_anew(queue, path):
    queue.receive(push("before"), [])
    path.unlink()
    queue.receive(push("after"), [])
    assert queue.delivery("before") is None
    assert queue.delivery("after")
    assert SqliteQueue(path).delivery("after")


def test_full_disk_is_unavailable_and_recovers_by_itself(tiny_disk):
    queue = SqliteQueue(tiny_disk / "waypost.db")
    stored, refused = [], []
    for number in range(200):
        try:
            queue.receive(push(f"g-{number}", b"x" * 20_000), [Mark(Key(7, "repo", str(number)))])
            stored.append(f"g-{number}")
        except QueueUnavailable as error:
            refused.append(str(error))
    assert stored
    assert "Free some space" in refused[-1]
    subprocess.run(["mount", "-o", "remount,size=8m", tiny_disk], check=True)
    queue.receive(push("after"), [])
    assert all(queue.delivery(id) for id in [*stored, "after"])
    assert queue.counts()["dirty"] == len(stored)
    queue.close()


def test_forked_process_opens_its_own_connection(queue):
    queue.receive(push("parent"), [])
    child = os.fork()
    if child == 0:
        queue.receive(push("child"), [])
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    queue.receive(push("parent again"), [])
    assert queue.counts()["deliveries"] == 3


@pytest.mark.parametrize(
    "query",
    [
        "SELECT due, number FROM keys WHERE kind = 'repo' AND due <= 5 ORDER BY due LIMIT 50",
        "SELECT min(due) FROM keys WHERE kind = 'repo' AND due IS NOT NULL",
        "SELECT count(*) FROM keys WHERE dead IS NOT NULL",
        "SELECT version, name, body FROM cache WHERE installation = 7 AND version > 5",
        _TAKE.replace(":token", "1").replace(":until", "1").replace(":number", "1"),
    ],
)
def test_frequent_queries_walk_an_index(queue, query):
    queue.check()
    plan = " ".join(row[3] for row in queue._connection.execute(f"EXPLAIN QUERY PLAN {query}"))
    assert "SEARCH" in plan or "COVERING INDEX" in plan or "USING INDEX dead_keys" in plan, plan
    assert "TEMP B-TREE" not in plan


def test_a_lease_among_many_dirty_keys_touches_only_its_own(queue):
    queue.mark(Mark(Key(7, "repo", str(number))) for number in range(100_000))
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 100

    queue._connection.set_progress_handler(count, 100)
    leases = queue.lease(["repo", "catalog"], 50, 60)
    assert len(leases) == 50
    # SQLite's own virtual instructions: about 150 for each key; a walk over all keys would take a million.
    assert steps < 20_000
