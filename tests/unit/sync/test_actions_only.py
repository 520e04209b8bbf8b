"""Without a server: what the runs of a workflow know of each other, and what becomes of a spoilt memory."""

from __future__ import annotations

import base64
import re
import sqlite3

import pytest

from unit.sync.world import World, component
from waypost.pages.paths import entity_file
from waypost.queue.protocol import Key, Mark
from waypost.queue.sqlite import SqliteQueue
from waypost.sync.context import Pace
from waypost.sync.keeping import kept, sealed, unsealed
from waypost.sync.reconcile import reconcile
from waypost.sync.worker import Worker

PAY = entity_file("component:default/pay")
AN_HOUR = 3_600.0


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.forge.create("pay", {"catalog-info.yaml": component("pay")})
    world.forge.create("keep", {"catalog-info.yaml": component("keep")})
    world.forges.deliveries = lambda: None  # as in a workflow: nobody is told of anything
    return world


def refresh(world, memory, said=None, token="ghp_reads"):
    """One scheduled run; `memory` is a file that the cache brought, or None."""
    queue = SqliteQueue(world.folder / "scratch" / f"{world.clock()}.db", clock=world.clock)
    queue.path.parent.mkdir(exist_ok=True)
    if memory is None:
        return worked(world, queue)
    with kept(memory, token, 1, (said if said is not None else []).append, world.clock) as queue:
        return worked(world, queue)


def worked(world, queue):
    worker = Worker(queue, world.forges, world.config, world.clock, Pace(sweep=0))
    summary = reconcile(worker, sleep=world.clock.sleep)
    assert summary.left == 0, summary
    world.clock.sleep(AN_HOUR)
    return summary


def state(world):
    """What the catalog says of pay: present, stale, or orphan (deleted, and kept until its grace period ends)."""
    found = re.search(r"waypost\.dev/state: (\w+)", world.forge.text("catalog", PAY))
    return found[1] if found else "present"


def test_deletion_is_seen_by_the_second_run_after_it(world, tmp_path):
    memory = tmp_path / "kept" / "queue.db"
    refresh(world, memory)
    world.forge.delete("pay")
    refresh(world, memory)
    assert state(world) == "stale"
    refresh(world, memory)
    assert state(world) == "orphan"


def test_deletion_that_no_run_remembers_stays_stale(world):
    refresh(world, None)
    world.forge.delete("pay")
    for _ in range(3):
        refresh(world, None)
        assert state(world) == "stale"


def test_file_that_somebody_removes_ends_what_no_run_remembers(world):
    refresh(world, None)
    world.forge.delete("pay")
    refresh(world, None)
    world.forge.push("catalog", {PAY: None})
    refresh(world, None)
    assert PAY not in world.forge.paths("catalog")
    assert not any("/pay" in path for path in world.forge.paths("catalog"))


def test_catalog_that_a_rule_protects_ends_the_run_at_once_and_says_what_to_do(world, tmp_path):
    world.forge.protect("catalog")
    before = world.clock()
    queue = SqliteQueue(tmp_path / "scratch.db", clock=world.clock)
    worker = Worker(queue, world.forges, world.config, world.clock, Pace(sweep=0))
    summary = reconcile(worker, sleep=world.clock.sleep)
    assert summary.left == 1
    assert "protected" in summary.reason
    assert world.clock() - before < 30


def test_lost_memory_costs_one_more_run(world, tmp_path):
    memory = tmp_path / "queue.db"
    refresh(world, memory)
    world.forge.delete("pay")
    refresh(world, memory)
    memory.unlink()
    refresh(world, memory)
    assert state(world) == "stale"
    refresh(world, memory)
    assert state(world) == "orphan"


def test_run_with_memory_reads_only_what_changed(world, tmp_path):
    memory = tmp_path / "queue.db"
    assert refresh(world, memory).read >= 3
    world.forge.push("pay", {"catalog-info.yaml": component("pay", owner="other")})
    summary = refresh(world, memory)
    assert (summary.read, summary.commits) == (2, 1)  # pay, and the catalog that our own commit moved
    summary = refresh(world, memory)
    assert summary.commits == 0


def test_memory_is_one_file_when_the_run_ends(world, tmp_path):
    memory = tmp_path / "only" / "queue.db"
    refresh(world, memory)
    assert [path.name for path in memory.parent.iterdir()] == ["queue.db"]


def junk(memory):
    memory.write_bytes(b"not sealed at all" * 100)


def cut_off(memory):
    memory.write_bytes(memory.read_bytes()[:-100])


def changed(memory, change):
    """Change what is inside; whoever can do that has the token."""
    database = memory.with_name("open.db")
    database.write_bytes(unsealed(memory.read_bytes(), "ghp_reads"))
    change(database)
    memory.write_bytes(sealed(database.read_bytes(), "ghp_reads"))


def no_database(memory):
    changed(memory, lambda database: database.write_bytes(b"not a database at all" * 100))


def damaged(memory):
    changed(memory, lambda database: database.write_bytes(database.read_bytes()[:-8192]))


def of_another_version(memory):
    changed(memory, lambda database: run(database, "UPDATE cache SET body = '[99]' WHERE name LIKE 'repo:%'"))


def of_a_later_version(memory):
    changed(memory, lambda database: run(database, "PRAGMA user_version = 99"))


def run(database, statement):
    with sqlite3.connect(database) as connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("spoil", [junk, cut_off, no_database, damaged, of_another_version, of_a_later_version])
def test_memory_that_cannot_be_used_is_begun_anew_and_said(world, tmp_path, spoil):
    memory = tmp_path / "queue.db"
    refresh(world, memory)
    spoil(memory)
    said = []
    summary = refresh(world, memory, said)
    assert summary.repositories == 3
    assert len(said) == 1
    assert said[0].startswith("what earlier runs knew cannot be used, everything is read anew: ")
    said.clear()
    refresh(world, memory, said)
    assert said == []


def test_another_token_begins_anew(world, tmp_path):
    memory, said = tmp_path / "queue.db", []
    refresh(world, memory)
    refresh(world, memory, said, token="ghp_next")
    assert said == [
        "what earlier runs knew cannot be used, everything is read anew:"
        " it is damaged, or the token that reads is another one"
    ]
    refresh(world, memory, said, token="ghp_next")
    assert len(said) == 1


def test_nobody_reads_the_memory_without_the_token(world, tmp_path):
    """Whoever opens a pull request can have a workflow of theirs bring back what main has cached."""
    memory = tmp_path / "queue.db"
    world.forge.create("secret-plans", {"catalog-info.yaml": component("secret-plans")}, visibility="private")
    refresh(world, memory)
    data = memory.read_bytes()
    assert b"secret-plans" in unsealed(data, "ghp_reads")
    assert b"secret-plans" not in data
    assert b"secret-plans" not in base64.urlsafe_b64decode(data)


def stop_half_way(memory, clock):
    with kept(memory, "ghp_reads", 1, print, clock) as queue:
        queue.mark([Mark(Key(1, "repo", "7"))])
        raise RuntimeError("half way")


def test_run_that_fails_leaves_the_memory_as_it_was(world, tmp_path):
    memory = tmp_path / "queue.db"
    refresh(world, memory)
    before = memory.read_bytes()
    with pytest.raises(RuntimeError, match="half way"):
        stop_half_way(memory, world.clock)
    assert memory.read_bytes() == before


def test_sound_memory_is_used_without_a_word(world, tmp_path):
    said = []
    for _ in range(2):
        refresh(world, tmp_path / "queue.db", said)
    assert said == []


def test_run_opens_no_conversation(world, tmp_path):
    """No check run on the pushed commit, no pull request: the workflow's token reaches the catalog only."""
    memory = tmp_path / "queue.db"
    world.forge.push("catalog", {"waypost.yaml": "onboarding:\n  enabled: true\n"})
    world.forge.create("bare", {"README.md": "x"})
    refresh(world, memory)
    world.forge.push("pay", {"catalog-info.yaml": component("pay", owner="other")})
    refresh(world, memory)
    for name in ("pay", "bare"):
        desk = world.forge.desk(f"acme/{name}")
        assert not desk.checks
        assert not desk.pulls()
