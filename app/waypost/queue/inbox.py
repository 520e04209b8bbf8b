"""The deliveries as they arrived: stored once by GUID, kept for replay, the oldest pruned. Opens no transaction."""

from __future__ import annotations

import sqlite3

from waypost.queue.protocol import Delivery

# GitHub redelivers for three days; what is older than that and above these bounds is of no use to anyone.
KEEP_SECONDS = 3 * 24 * 3600.0
KEEP_DELIVERIES = 200_000
KEEP_BYTES = 2 * 1024**3
PRUNED_AT_ONCE = 500

_STORE = """
INSERT INTO deliveries (id, event, action, installation, received, bytes, body)
VALUES (?, ?, ?, ?, ?, ? + coalesce((SELECT bytes FROM deliveries ORDER BY seq DESC LIMIT 1), 0), ?)
ON CONFLICT (id) DO NOTHING
"""
# The newest delivery always stays: its `seq` and `bytes` carry the counts on.
_PRUNE = """
DELETE FROM deliveries WHERE seq IN (
    SELECT old.seq FROM deliveries AS old,
        (SELECT seq AS newest, bytes AS total FROM deliveries ORDER BY seq DESC LIMIT 1)
    WHERE old.seq < (SELECT min(seq) FROM deliveries) + :at_once AND old.seq < newest
        AND (old.received < :before OR old.seq <= newest - :deliveries OR old.bytes <= total - :bytes)
)
"""


def store(connection: sqlite3.Connection, delivery: Delivery, now: float) -> None:
    """Store a delivery unless its GUID is known: what arrived first stays."""
    row = (delivery.id, delivery.event, delivery.action, delivery.installation, now, len(delivery.body), delivery.body)
    connection.execute(_STORE, row)


def find(connection: sqlite3.Connection, id: str) -> Delivery | None:
    """Find a delivery by GitHub's GUID."""
    row = connection.execute(
        "SELECT id, event, action, installation, body, received FROM deliveries WHERE id = ?", (id,)
    ).fetchone()
    return Delivery(*row) if row else None


def prune(connection: sqlite3.Connection, now: float) -> int:
    """Remove some of the oldest deliveries that are too old or too many; answer how many."""
    bounds = {"before": now - KEEP_SECONDS, "deliveries": KEEP_DELIVERIES, "bytes": KEEP_BYTES}
    return connection.execute(_PRUNE, bounds | {"at_once": PRUNED_AT_ONCE}).rowcount


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Count the deliveries that are kept, and those ever stored."""
    # `seq` is contiguous: two look-ups instead of a walk over every row.
    first, last = connection.execute(
        "SELECT (SELECT min(seq) FROM deliveries), (SELECT max(seq) FROM deliveries)"
    ).fetchone()
    return {"deliveries": last - first + 1 if last else 0, "deliveries_ever": last or 0}
