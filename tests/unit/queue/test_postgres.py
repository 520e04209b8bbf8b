"""What only the PostgreSQL back end owes: jobs of procrastinate, other transactions, restarts, full disks, a fork."""

from __future__ import annotations

import itertools
import os
import random
import socket
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import psycopg
import pytest
from procrastinate import App, SyncPsycopgConnector

import postgres
from waypost.queue import open_queue
from waypost.queue.postgres import PostgresQueue, jobs, keys
from waypost.queue.postgres.schema import MIGRATIONS
from waypost.queue.protocol import TRIES, Delivery, Key, Mark, QueueUnavailable

A, B = Key(7, "repo", "a"), Key(7, "repo", "b")


def push(id: str, body: bytes = b"{}") -> Delivery:
    return Delivery(id, "push", "", 7, body)


@pytest.fixture
def address():
    return postgres.server().database()


@pytest.fixture
def queue(address):
    queue = PostgresQueue(address)
    yield queue
    queue.close()


@pytest.fixture
def database(address):
    """Another session on the same database."""
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


@pytest.fixture
def own_server():
    """A PostgreSQL that the test may stop."""
    server = postgres.Server(postgres.binaries())
    yield server
    server.end()


# --- its jobs


def listed(address) -> list[tuple]:
    """What procrastinate itself says of our jobs."""
    with App(connector=SyncPsycopgConnector(conninfo=address)).open() as app:
        found = app.job_manager.list_jobs()
        return [(job.queue, job.lock, job.queueing_lock, job.status, job.task_kwargs["subject"]) for job in found]


def test_dirty_key_is_a_job_of_procrastinate(queue, address):
    queue.receive(push("g-1"), [Mark(A)])
    assert listed(address) == [("repo", "7/repo:a", "7/repo:a", "todo", "a")]
    leases = queue.lease(["repo"], 1, 60)
    assert listed(address) == [("repo", "7/repo:a", "7/repo:a", "doing", "a")]
    queue.mark([Mark(A), Mark(A)])
    assert sorted(job[3] for job in listed(address)) == ["doing", "todo"]
    queue.finish(leases)
    assert [job[3] for job in listed(address)] == ["todo"]
    queue.finish(queue.lease(["repo"], 1, 60))
    assert listed(address) == []


def test_dead_key_is_a_failed_job(queue, address):
    queue.mark([Mark(A)])
    ahead = itertools.count(0, 10_000)
    queue._clock = lambda: 1_900_000_000.0 + now
    for _ in range(TRIES):
        now = next(ahead)
        (lease,) = queue.lease(["repo"], 1, 60)
        queue.retry(lease, "boom")
    assert [job[3] for job in listed(address)] == ["failed"]
    assert queue.revive(A)
    assert [job[3] for job in listed(address)] == ["todo"]


def test_rows_and_jobs_agree_after_any_life(queue, database):
    chance = random.Random(1)
    now = 1_700_000_000.0
    queue._clock = lambda: now
    held = []
    for _ in range(400):
        now += chance.choice([0, 0, 1, 30, 1_000])
        act = chance.choice(["mark", "mark", "lease", "lease", "finish", "retry", "release", "forget"])
        if act == "mark":
            queue.mark([Mark(Key(7, "repo", chance.choice("abcdef")), delay=chance.choice([0.0, 5.0]))])
        elif act == "lease":
            held += queue.lease(["repo"], 3, 20)
        elif held:
            lease = held.pop(chance.randrange(len(held)))
            if act == "retry":
                queue.retry(lease, "boom")
            elif act != "forget":
                getattr(queue, act)([lease])
    rows = database.execute(
        "SELECT key.token IS NOT NULL, key.again IS NOT NULL, key.dead IS NOT NULL,"
        " array_agg(job.status::text ORDER BY job.status) FROM waypost_keys AS key"
        " LEFT JOIN procrastinate_jobs AS job ON job.lock = key.lock GROUP BY key.lock"
    ).fetchall()
    for is_leased, is_marked, is_dead, states in rows:
        if is_leased:
            assert states == (["todo", "doing"] if is_marked else ["doing"])
        else:
            assert states in ([["failed"]] if is_dead else [["todo"], [None]])


# --- its address


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_address_names_the_database(address, scheme):
    queue = open_queue(address.replace("postgresql", scheme))
    queue.check()
    assert isinstance(queue, PostgresQueue)
    queue.close()


@pytest.mark.parametrize(
    ("user", "port", "name", "said"),
    [
        pytest.param("waypost", 1, "postgres", "Connection refused. See that it runs", id="nobody listens"),
        pytest.param("waypost", 0, "nowhere", 'database "nowhere" does not exist. Mend', id="no such database"),
        pytest.param("stranger", 0, "postgres", 'role "stranger" does not exist. Mend', id="no such user"),
    ],
)
def test_database_that_cannot_be_used_is_named_without_its_password(user, port, name, said):
    address = f"postgresql://{user}:s3cret@127.0.0.1:{port or postgres.server().port}/{name}"
    with pytest.raises(QueueUnavailable) as error:
        open_queue(address).check()
    assert f"PostgreSQL {name} on 127.0.0.1:" in str(error.value)
    assert said in str(error.value)
    assert "s3cret" not in str(error.value)


def test_address_that_is_none_is_refused_without_its_password():
    with pytest.raises(ValueError, match="postgresql://user:password@host") as error:
        open_queue("postgresql://waypost:s3cret@[db/waypost")
    assert "s3cret" not in str(error.value)


def test_missing_package_is_named_with_what_installs_it():
    code = """
import sys
sys.modules["psycopg"] = None
from waypost.queue import open_queue
try:
    open_queue("postgresql://db/waypost")
except ValueError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pip install 'waypost[postgres]'" in said


# --- its tables


def test_database_of_a_newer_version_is_left_alone(queue, database):
    queue.check()
    database.execute("UPDATE waypost_schema SET ours = %s", (len(MIGRATIONS) + 1,))
    with pytest.raises(QueueUnavailable, match="newer Waypost"):
        PostgresQueue(queue._connections._address).check()


def test_database_of_another_procrastinate_is_left_alone():
    address = postgres.server().empty_database()
    with App(connector=SyncPsycopgConnector(conninfo=address)).open() as app:
        app.schema_manager.apply_schema()
    with pytest.raises(QueueUnavailable, match="a database of its own"):
        PostgresQueue(address).check()


def test_migration_of_procrastinate_that_was_not_seen_is_run(monkeypatch, tmp_path, database, address):
    name = "99.00.00_01_pre_example.sql"
    (tmp_path / name).write_text("CREATE TABLE made_by_a_later_procrastinate (note text DEFAULT '100%')")
    from waypost.queue.postgres import schema

    known, read = schema._names(), schema._migration
    monkeypatch.setattr(schema, "_names", lambda: [*known, name])
    monkeypatch.setattr(schema, "_migration", lambda one: (tmp_path / one).read_text() if one == name else read(one))
    for _ in range(2):
        PostgresQueue(address).check()
    assert database.execute("SELECT count(*) FROM made_by_a_later_procrastinate").fetchone() == (0,)
    assert database.execute("SELECT procrastinate FROM waypost_schema").fetchone() == (name,)


def test_emptied_database_is_filled_anew(queue, database):
    queue.receive(push("before"), [])
    database.execute("DROP SCHEMA public CASCADE")
    database.execute("CREATE SCHEMA public")
    with pytest.raises(QueueUnavailable, match="made anew"):
        queue.receive(push("during"), [])
    queue.receive(push("after"), [])
    assert queue.delivery("before") is None
    assert queue.delivery("after")


# --- other transactions, other machines


def test_what_another_transaction_holds_is_unavailable_before_github_gives_up(queue, database):
    queue.mark([Mark(A)])
    with database.transaction():
        database.execute("SELECT FROM waypost_keys FOR UPDATE")
        with pytest.raises(QueueUnavailable, match="holds what is needed"):
            queue.receive(push("refused"), [Mark(A)])
    queue.receive(push("stored"), [Mark(A)])
    assert queue.delivery("refused") is None
    assert queue.counts()["dirty"] == 1


def test_key_that_another_transaction_holds_is_not_waited_for(queue, database):
    queue.mark([Mark(A)])
    queue.mark([Mark(B)])
    with database.transaction():
        database.execute("SELECT FROM waypost_keys WHERE subject = 'a' FOR UPDATE")
        assert [lease.key for lease in queue.lease(["repo"], 5, 60)] == [B]
    assert [lease.key for lease in queue.lease(["repo"], 5, 60)] == [A]


def test_processes_that_mark_and_finish_the_same_keys_never_meet_in_a_deadlock(address, database):
    """Each queue stands for a process: it marks many keys in its own order, and finishes others with further marks."""
    names = [Key(7, kind, str(number)) for kind in ("catalog", "repo") for number in range(20)]
    errors = []

    def work(seed: int) -> None:
        chance, queue = random.Random(seed), PostgresQueue(address)
        try:
            for _ in range(10):
                queue.mark(Mark(key) for key in chance.sample(names, 15))
                leases = queue.lease(["repo"], 10, 60)
                queue.finish(chance.sample(leases, len(leases)), marks=[Mark(key) for key in chance.sample(names, 10)])
        except Exception as error:
            errors.append(error)
        finally:
            queue.close()

    def all_at_once(seeds) -> None:
        threads = [threading.Thread(target=work, args=(seed,)) for seed in seeds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    all_at_once(range(6))  # makes the keys
    all_at_once(range(6, 12))
    assert errors == []
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    assert database.execute(query).fetchone() == (0,)


def test_time_is_the_databases_whatever_the_clock_of_the_host_says(address, monkeypatch, database):
    monkeypatch.setattr("time.time", lambda: 1.0)
    queue = PostgresQueue(address)
    queue.mark([Mark(A)])
    (lease,) = queue.lease(["repo"], 1, 60)
    now = database.execute("SELECT extract(epoch FROM now())::float8").fetchone()[0]
    assert now - 30 < lease.marked <= now
    assert now + 30 < lease.expires <= now + 60
    queue.close()


def test_commit_is_on_disk_whatever_the_users_default_is(address, database):
    database.execute("ALTER DATABASE " + urlsplit(address).path[1:] + " SET synchronous_commit = off")
    queue = PostgresQueue(address)
    with queue._connections.one() as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
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


# --- what the server does to us


def test_restarted_server_is_not_noticed(own_server):
    queue = PostgresQueue(own_server.database())
    queue.receive(push("before"), [Mark(A)])
    (lease,) = queue.lease(["repo"], 1, 60)
    own_server.stop()
    own_server.start()
    assert queue.finish([lease]) == [lease]
    queue.receive(push("after"), [Mark(B)])
    assert queue.delivery("before")
    assert queue.counts()["dirty"] == 1
    queue.close()


def test_stopped_server_is_unavailable_and_its_return_is_enough(own_server):
    queue = PostgresQueue(own_server.database())
    queue.receive(push("before"), [])
    own_server.stop("immediate")
    with pytest.raises(QueueUnavailable, match="See that it runs"):
        queue.receive(push("refused"), [])
    own_server.start()
    queue.receive(push("after"), [])
    assert queue.delivery("before")
    queue.close()


def test_commit_whose_end_nobody_knows_is_not_done_again(queue, database):
    """The connection is lost while PostgreSQL commits: perhaps it was done, and leasing twice would lose the first."""
    queue.check()
    database.execute("CREATE SEQUENCE commits")
    database.execute(
        "CREATE FUNCTION vanish() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM nextval('commits'), pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
    )
    database.execute(
        "CREATE CONSTRAINT TRIGGER vanish AFTER UPDATE ON waypost_counters DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION vanish()"
    )
    with pytest.raises(QueueUnavailable):
        queue.check()
    assert database.execute("SELECT last_value FROM commits").fetchone() == (1,)
    database.execute("DROP TRIGGER vanish ON waypost_counters")
    queue.check()


def test_server_that_says_nothing_is_given_up_before_github_does():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql://waypost@127.0.0.1:{silent.getsockname()[1]}/waypost"
        with pytest.raises(QueueUnavailable, match="timeout"):
            PostgresQueue(address).check()


def test_standby_is_named_as_such(queue, address, database):
    queue.check()
    database.execute("ALTER DATABASE " + urlsplit(address).path[1:] + " SET default_transaction_read_only = on")
    late = PostgresQueue(address)
    with pytest.raises(QueueUnavailable, match="name the primary"):
        late.receive(push("refused"), [])
    late.close()


def test_connections_that_run_out_are_said(own_server):
    address = own_server.database()
    own_server.execute("ALTER ROLE waypost CONNECTION LIMIT 0")
    own_server.execute("ALTER ROLE waypost NOSUPERUSER")
    with pytest.raises(QueueUnavailable, match="too many connections"):
        PostgresQueue(address).check()


@pytest.fixture
def tiny_disk(tmp_path, own_server):
    folder = own_server.folder / "tiny"
    folder.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=14m", "tmpfs", folder], capture_output=True, text=True)
    if mount.returncode:
        pytest.skip(f"a disk of 14 MB needs root and mount: {mount.stderr.strip()}")
    os.chown(folder, own_server.account.pw_uid, own_server.account.pw_gid)
    own_server.execute(f"CREATE TABLESPACE tiny LOCATION '{folder}'")
    own_server.execute("CREATE DATABASE tiny TABLESPACE tiny")
    yield folder
    own_server.stop("immediate")
    subprocess.run(["umount", "-l", folder], check=True)


def test_full_disk_is_unavailable_and_recovers_by_itself(tiny_disk, own_server):
    queue = PostgresQueue(own_server.address("tiny"))
    chance = random.Random(1)
    stored, refused = [], []
    for number in range(500):
        try:
            queue.receive(push(f"g-{number}", chance.randbytes(40_000)), [Mark(Key(7, "repo", str(number)))])
            stored.append(f"g-{number}")
        except QueueUnavailable as error:
            refused.append(str(error))
            if len(refused) > 5:
                break
    assert stored
    assert "Free some space" in refused[-1]
    subprocess.run(["mount", "-o", "remount,size=40m", tiny_disk], check=True)
    queue.receive(push("after"), [])
    assert all(queue.delivery(id) for id in [*stored, "after"])
    assert queue.counts()["dirty"] == len(stored)
    queue.close()


# --- many keys


@pytest.fixture(scope="module")
def crowded():
    """The address of 10,000 dirty keys and 5,000 cached snapshots."""
    address = postgres.server().database()
    queue = PostgresQueue(address)
    queue.mark([Mark(A)])
    queue.finish(queue.lease(["repo"], 1, 60), {(number % 3, f"repo:{number}"): b"x" for number in range(5_000)})
    queue.mark(Mark(Key(number % 3, "repo", str(number))) for number in range(10_000))
    queue.mark([Mark(Key(1, "catalog", "acme"))])
    queue.close()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("ANALYZE")
    return address


FREQUENT = {
    "keys due": (keys._WAITING, ("repo", 2e9, 7, 50)),
    "leases that ran out": (keys._STALLED, ("repo", 2e9, 7, 50)),
    "the next key due": (keys._NEXT, (["repo", "catalog"],)),
    "keys of leases": (keys._HELD, (["7/repo:1", "7/repo:2"],)),
    "jobs to move": (jobs._MOVE, {"now": 1.0, "longest": 30.0, "locks": ["7/repo:1"], "delays": [1.0]}),
    "jobs to make": (jobs._DEFER, {"now": 1.0, "longest": 30.0, "locks": ["7/repo:1"], "delays": [1.0]}),
    "jobs to take": (jobs._TAKE, (["7/repo:1", "7/repo:2"],)),
    "jobs to finish": (jobs._FINISH, (["7/repo:1", "7/repo:2"],)),
    "failed jobs": (jobs._REVIVE, {"now": 1.0, "longest": 30.0, "locks": ["7/repo:1"], "delays": [1.0]}),
    "what is new in the cache": (
        "SELECT version, name, body FROM waypost_cache WHERE installation = %s AND version > %s",
        (2, 5),
    ),
}


@pytest.mark.parametrize(("query", "values"), FREQUENT.values(), ids=FREQUENT)
def test_frequent_queries_walk_an_index(crowded, query, values):
    with psycopg.connect(crowded) as connection:
        plan = "\n".join(row[0] for row in connection.execute("EXPLAIN " + query, values))
    assert "Seq Scan" not in plan, plan


def test_a_lease_among_many_dirty_keys_touches_only_its_own(crowded):
    with psycopg.connect(crowded, autocommit=True) as connection:
        connection.execute("SELECT pg_stat_reset()")
        queue = PostgresQueue(crowded)
        assert len(queue.lease(["catalog"], 1, 60)) == 1
        assert len(queue.lease(["repo"], 50, 60)) == 50
        queue.close()  # what a session counted is told when it ends
        query = "SELECT sum(idx_tup_fetch + seq_tup_read) FROM pg_stat_user_tables"
        assert connection.execute(query).fetchone()[0] < 3_000
