"""Snapshots of repositories as bytes, each with the version that wrote it, so that a reader loads only what is new.

Opens no transaction and knows nothing of what the bytes say.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping


def store(connection: sqlite3.Connection, entries: Mapping[tuple[int, str], bytes | None]) -> None:
    """Write entries under the next version; None removes one, visibly to those who load what changed."""
    if not entries:
        return
    version = connection.execute(
        "UPDATE counters SET value = value + 1 WHERE name = 'version' RETURNING value"
    ).fetchone()[0]
    connection.executemany(
        "INSERT INTO cache (installation, name, version, body) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (installation, name) DO UPDATE SET version = excluded.version, body = excluded.body",
        [(installation, name, version, body) for (installation, name), body in entries.items()],
    )


def changed(connection: sqlite3.Connection, installation: int, since: int) -> tuple[int, dict[str, bytes | None]]:
    """Load what changed after version `since`; from the start (0), removed entries are left out."""
    rows = connection.execute(
        "SELECT version, name, body FROM cache WHERE installation = ? AND version > ?", (installation, since)
    ).fetchall()
    newest = max((row[0] for row in rows), default=since)
    return newest, {name: body for _, name, body in rows if since or body is not None}
