"""The reliability figures we owe: goal, target, and the tests that measure it and fail when it is missed.

They are measured at full length: make faults ROW=name.
docs/reliability.md shows them in this order. A figure that no test records has no place here.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """`make faults ROW=name` measures it again."""

    name: str
    goal: str
    target: str
    tests: tuple[str, ...]


ROWS = (
    Row(
        "load",
        "sustained load on 2 cores",
        "200 deliveries a second for 10 minutes, no acknowledged delivery lost, p99 below 1 s",
        ("tests/faults/test_load.py",),
    ),
    Row(
        "kill-web",
        "kill -9 of the web process",
        "0 acknowledged deliveries lost over 200 kills",
        ("tests/faults/test_server_kill.py",),
    ),
    Row(
        "kill-worker",
        "kill -9 of the worker",
        "0 diverged keys over 200 kills; one visible commit per change",
        ("tests/faults/test_kill_worker.py",),
    ),
    Row(
        "shuffle",
        "shuffled, doubled and lost deliveries",
        "byte-identical to a full rescan from the same recorded claims, 5,000 generated histories, the real renderer",
        ("tests/faults/test_shuffle.py",),
    ),
    Row(
        "offline",
        "an hour offline, and days",
        "an hour: healed within 15 minutes by the deliveries sweep; what GitHub no longer tells: by the listing",
        ("tests/faults/test_downtime.py",),
    ),
    Row(
        "refusals",
        "a storm of 5xx, 403 and 429",
        "no call before retry-after or reset; at most one probe a minute; converges",
        ("tests/faults/test_refusals.py",),
    ),
    Row(
        "rescan",
        "unchanged rescan of 1,000 repositories",
        "at most 50 charged API calls",
        ("tests/faults/test_rescan.py",),
    ),
    Row(
        "quota",
        "reconcile against webhooks",
        "the reconcile stops at half of the quota that was left; webhooks keep the rest",
        ("tests/faults/test_quota.py",),
    ),
    Row(
        "tokens",
        "tokens that end in the middle of a job",
        "one refresh, no effect twice",
        ("tests/faults/test_tokens.py",),
    ),
    Row(
        "database",
        "disk full, database locked",
        "503 and never 2xx; recovers by itself",
        ("tests/faults/test_full_disk.py",),
    ),
    Row(
        "poison",
        "a repository that always fails",
        "set aside after 8 tries, visible, revived by the next event; the others' p99 grows by less than 10 %",
        ("tests/faults/test_poison.py",),
    ),
    Row(
        "branch",
        "catalog branch moved, force-pushed, protected, edited by people",
        "planned again from the new head; protected: a clear error; what people wrote stays byte for byte",
        ("tests/faults/test_catalog_branch.py",),
    ),
    Row(
        "pushes",
        "push rate to the catalog",
        "at most 6 a minute at any load",
        ("tests/faults/test_storm.py",),
    ),
    Row(
        "slow",
        "500 slow sockets",
        "other requests' p99 below 2 s",
        ("tests/faults/test_slow_sockets.py",),
    ),
    Row(
        "postgres",
        "several machines on one PostgreSQL, killed at random, and the database too",
        "0 acknowledged deliveries lost, no two workers on one key, the catalog equals a full look",
        ("tests/faults/test_postgres.py",),
    ),
    Row(
        "create",
        "kill -9 before and after every call of a creation",
        "the same command goes on to the same repository, nothing in it twice",
        ("tests/create/test_kill.py",),
    ),
)
