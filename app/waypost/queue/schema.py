"""Opens the SQLite file and brings its tables up to date. Knows nothing of what they mean.

`synchronous=FULL`: in WAL mode every commit is then fsynced, so an acknowledged delivery survives a power cut, not
only a killed process (NORMAL: https://www.sqlite.org/pragma.html#pragma_synchronous). It costs one fsync for each
group of deliveries, which threads share (see sqlite.py).
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from waypost.queue.protocol import QueueUnavailable

# One entry for each version; the position is the version (`PRAGMA user_version`). Never edit one that was released.
MIGRATIONS = [
    """
    CREATE TABLE deliveries (
        seq INTEGER PRIMARY KEY,         -- contiguous: only the oldest are pruned
        id TEXT NOT NULL UNIQUE,
        event TEXT NOT NULL,
        action TEXT NOT NULL,
        installation INTEGER NOT NULL,
        received REAL NOT NULL,
        bytes INTEGER NOT NULL,          -- of all bodies up to this one, so that pruning by size needs no sum
        body BLOB NOT NULL
    );
    CREATE TABLE keys (
        number INTEGER PRIMARY KEY,
        installation INTEGER NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        generation INTEGER NOT NULL,     -- of the newest mark
        marked REAL NOT NULL,            -- the oldest unworked mark
        due REAL,                        -- when it may be leased; while leased, when that ends; NULL: clean or dead
        held REAL NOT NULL DEFAULT 0,    -- not before this, however often it is marked: backoff, or waiting for quota
        token INTEGER,                   -- of the lease; NULL: not leased
        again REAL,                      -- the first mark since the lease began
        again_due REAL,
        attempts INTEGER NOT NULL DEFAULT 0,
        vanished INTEGER NOT NULL DEFAULT 0,  -- leases in a row whose worker was never heard of again
        error TEXT NOT NULL DEFAULT '',
        dead REAL,                       -- since when it is set aside
        hints TEXT DEFAULT '',           -- of marks since the lease began; NULL: unknown
        leased_hints TEXT DEFAULT '',    -- of marks before it
        UNIQUE (installation, kind, subject)
    );
    CREATE INDEX due_keys ON keys (kind, due) WHERE due IS NOT NULL;
    CREATE INDEX dead_keys ON keys (dead) WHERE dead IS NOT NULL;
    CREATE TABLE cache (
        installation INTEGER NOT NULL,
        name TEXT NOT NULL,
        version INTEGER NOT NULL,
        body BLOB,                       -- NULL: removed
        PRIMARY KEY (installation, name)
    );
    CREATE INDEX cache_versions ON cache (installation, version);
    CREATE TABLE counters (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
    INSERT INTO counters VALUES ('token', 0), ('version', 0), ('heartbeat', 0), ('probe', 0);
    """,
]
PAGE_CACHE_KIB = 16 * 1024
CHECKPOINT_PAGES = 4_000  # 16 MB of log: a page that changes often is copied back once


def connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open the database, made and migrated where needed; raise QueueUnavailable or sqlite3.Error."""
    if not path.parent.is_dir():
        raise QueueUnavailable(
            f"{path}: the folder {path.parent} does not exist. Make it, or mend WAYPOST_DATABASE_URL"
        )
    connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    try:
        _to_wal(connection, busy_seconds)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        connection.execute(f"PRAGMA cache_size = -{PAGE_CACHE_KIB}")
        migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Run the migrations that this file has not seen; several processes may try at once."""
    if _version(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)
        if version > len(MIGRATIONS):
            raise QueueUnavailable(f"{path} was written by a newer Waypost (format {version}). Update this one")
        for script in MIGRATIONS[version:]:
            for statement in _statements(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _to_wal(connection: sqlite3.Connection, busy_seconds: float) -> None:
    # The change to WAL needs the file alone and does not wait for it: two processes that start together collide.
    give_up = time.monotonic() + busy_seconds
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> list[str]:
    """Split a script: `executescript` would commit by itself, and a migration is one transaction."""
    lines = [line.split("--")[0] for line in script.splitlines()]
    return [statement for statement in "\n".join(lines).split(";") if statement.strip()]
