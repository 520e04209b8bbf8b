"""The deliveries as they arrived: stored once by GUID, kept for replay, the oldest pruned. Opens no transaction."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import Connection

from waypost.queue import inbox
from waypost.queue.postgres.connections import one_row
from waypost.queue.protocol import Delivery

PRUNED_AT_ONCE = 5_000
_LOCK = 0x77617971  # any number, the same in every process

_STORE = """
INSERT INTO waypost_deliveries (id, event, action, installation, received, size, body)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING
"""
# The newest delivery always stays, as on SQLite.
_PRUNE = """
DELETE FROM waypost_deliveries WHERE seq IN (
    SELECT seq FROM (
        SELECT seq, received, count(*) OVER newest_first AS place, sum(size) OVER newest_first - size AS newer
        FROM waypost_deliveries WINDOW newest_first AS (ORDER BY seq DESC)
    ) AS old
    WHERE place > 1 AND (received < %(before)s OR place > %(deliveries)s OR newer >= %(bytes)s)
    ORDER BY seq LIMIT %(at_once)s)
"""


def store(connection: Connection, deliveries: Iterable[Delivery], now: float) -> None:
    """Store deliveries unless their GUID is known: what arrived first stays."""
    # In the order of their names: two processes that store the same ones must not wait for each other.
    rows = [
        (one.id, one.event, one.action, one.installation, now, len(one.body), one.body)
        for one in sorted(deliveries, key=lambda delivery: delivery.id)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_STORE, rows)


def find(connection: Connection, id: str) -> Delivery | None:
    """Find a delivery by GitHub's GUID."""
    row = connection.execute(
        "SELECT id, event, action, installation, body, received FROM waypost_deliveries WHERE id = %s", (id,)
    ).fetchone()
    return Delivery(*row) if row else None


def prune(connection: Connection, now: float) -> int:
    """Remove some of the oldest deliveries that are too old or too many; answer how many. One process at a time."""
    (is_alone,) = one_row(connection, "SELECT pg_try_advisory_xact_lock(%s)", (_LOCK,))
    if not is_alone:
        return 0
    bounds = {"before": now - inbox.KEEP_SECONDS, "deliveries": inbox.KEEP_DELIVERIES, "bytes": inbox.KEEP_BYTES}
    removed = connection.execute(_PRUNE, bounds | {"at_once": PRUNED_AT_ONCE}).rowcount
    if removed:
        connection.execute("UPDATE waypost_counters SET value = value + %s WHERE name = 'pruned'", (removed,))
    return removed


def counts(connection: Connection) -> dict[str, int]:
    """Count the deliveries that are kept, and those ever stored."""
    query = (
        "SELECT (SELECT count(*) FROM waypost_deliveries), value::bigint FROM waypost_counters WHERE name = 'pruned'"
    )
    kept, pruned = one_row(connection, query)
    return {"deliveries": kept, "deliveries_ever": kept + pruned}
