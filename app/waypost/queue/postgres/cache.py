"""Snapshots of repositories as bytes, each with the version that wrote it, so that a reader loads only what is new.

Opens no transaction. Versions count by installation: its row is locked until the commit, so that they become visible
in their order, and no tenant waits for another.
"""

from __future__ import annotations

from collections.abc import Mapping

from psycopg import Connection

from waypost.queue.postgres.connections import one_row

_NEXT = """
INSERT INTO waypost_cache_heads AS head (installation, version) VALUES (%s, 1)
ON CONFLICT (installation) DO UPDATE SET version = head.version + 1 RETURNING version
"""
_STORE = """
INSERT INTO waypost_cache (installation, name, version, body) VALUES (%s, %s, %s, %s)
ON CONFLICT (installation, name) DO UPDATE SET version = excluded.version, body = excluded.body
"""


def store(connection: Connection, entries: Mapping[tuple[int, str], bytes | None]) -> None:
    """Write entries under the next version; None removes one, visibly to those who load what changed."""
    installations = sorted({installation for installation, _ in entries})
    versions = {number: one_row(connection, _NEXT, (number,))[0] for number in installations}
    with connection.cursor() as cursor:
        cursor.executemany(
            _STORE, [(number, name, versions[number], body) for (number, name), body in sorted(entries.items())]
        )


def changed(connection: Connection, installation: int, since: int) -> tuple[int, dict[str, bytes | None]]:
    """Load what changed after version `since`; from the start (0), removed entries are left out."""
    rows = connection.execute(
        "SELECT version, name, body FROM waypost_cache WHERE installation = %s AND version > %s", (installation, since)
    ).fetchall()
    newest = max((row[0] for row in rows), default=since)
    return newest, {name: body for _, name, body in rows if since or body is not None}
