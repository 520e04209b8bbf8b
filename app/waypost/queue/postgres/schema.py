"""Brings procrastinate's tables and ours up to date, once, however many processes start together.

Both versions are written down in the database: ours is a number, procrastinate's the name of its newest migration.
"""

from __future__ import annotations

from importlib import resources

from procrastinate.schema import SchemaManager
from psycopg import Connection

from waypost.queue.postgres.connections import one_row
from waypost.queue.protocol import QueueUnavailable

# One entry for each version; the position is the version. Never edit one that was released.
MIGRATIONS = [
    """
    CREATE TABLE waypost_deliveries (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- in the order of arrival, with gaps
        id text COLLATE "C" NOT NULL UNIQUE,
        event text NOT NULL,
        action text NOT NULL,
        installation bigint NOT NULL,
        received double precision NOT NULL,
        size bigint NOT NULL,
        body bytea NOT NULL
    );
    -- What a job of procrastinate has no column for. A key is clean (no job), dirty (a job is `todo`), leased (one is
    -- `doing`; marked again: another is `todo`) or dead (one is `failed`). `scheduled_at` says when it falls due.
    CREATE TABLE waypost_keys (
        lock text PRIMARY KEY,                 -- the key as text: lock and queueing lock of its jobs
        installation bigint NOT NULL,
        kind text NOT NULL,
        subject text NOT NULL,
        generation bigint NOT NULL,            -- of the newest mark
        marked double precision NOT NULL,      -- the oldest unworked mark
        again double precision,                -- the first mark since the lease began
        held double precision NOT NULL DEFAULT 0,  -- not before this, however often it is marked
        token bigint,                          -- of the lease; NULL: not leased
        expires double precision,
        attempts integer NOT NULL DEFAULT 0,
        vanished integer NOT NULL DEFAULT 0,   -- leases in a row whose worker was never heard of again
        error text NOT NULL DEFAULT '',
        dead double precision,                 -- since when it is set aside
        hints text DEFAULT '',                 -- of marks since the lease began; NULL: unknown
        leased_hints text DEFAULT ''           -- of marks before it
    ) WITH (fillfactor = 70);
    CREATE INDEX waypost_leased_keys ON waypost_keys (kind, expires) WHERE token IS NOT NULL;
    CREATE INDEX waypost_dead_keys ON waypost_keys (dead) WHERE dead IS NOT NULL;
    CREATE INDEX waypost_due_jobs ON procrastinate_jobs (queue_name, scheduled_at, id) WHERE status = 'todo';
    CREATE INDEX waypost_failed_jobs ON procrastinate_jobs (lock) WHERE status = 'failed';
    CREATE SEQUENCE waypost_tokens;
    CREATE TABLE waypost_cache (
        installation bigint NOT NULL,
        name text COLLATE "C" NOT NULL,
        version bigint NOT NULL,
        body bytea,                            -- NULL: removed
        PRIMARY KEY (installation, name)
    );
    CREATE INDEX waypost_cache_versions ON waypost_cache (installation, version);
    CREATE TABLE waypost_cache_heads (installation bigint PRIMARY KEY, version bigint NOT NULL);
    CREATE TABLE waypost_counters (name text PRIMARY KEY, value double precision NOT NULL);
    INSERT INTO waypost_counters VALUES ('heartbeat', 0), ('probe', 0), ('pruned', 0);
    """,
]
_FIRST = "CREATE TABLE waypost_schema (ours integer NOT NULL, procrastinate text NOT NULL)"
_LOCK = 0x77617970  # any number, the same in every process
_PATIENCE = "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '300s'"


def migrate(connection: Connection, place: str) -> None:
    """Run the migrations that this database has not seen; raise QueueUnavailable when it is too new for us."""
    if _versions(connection, place) == _wanted():
        return
    with connection.transaction():
        connection.execute(_PATIENCE)
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        ours, theirs = _versions(connection, place) or _begun(connection, place)
        for name in _names():
            if name > theirs:
                connection.execute(_migration(name).encode())
        for script in MIGRATIONS[ours:]:
            connection.execute(script)
        connection.execute("UPDATE waypost_schema SET ours = %s, procrastinate = %s", _wanted())


def _begun(connection: Connection, place: str) -> tuple[int, str]:
    """Make procrastinate's tables as its installed version has them."""
    if _has(connection, "procrastinate_jobs"):
        raise QueueUnavailable(f"{place} is used by another procrastinate. Give Waypost a database of its own")
    connection.execute(SchemaManager.get_schema().encode())
    connection.execute(_FIRST)
    connection.execute("INSERT INTO waypost_schema VALUES (0, %s)", (_wanted()[1],))
    return 0, _wanted()[1]


def _versions(connection: Connection, place: str) -> tuple[int, str] | None:
    """Read both versions; None: there are none yet."""
    if not _has(connection, "waypost_schema"):
        return None
    ours, theirs = one_row(connection, "SELECT ours, procrastinate FROM waypost_schema")
    wanted = _wanted()
    if ours > wanted[0] or theirs > wanted[1]:
        raise QueueUnavailable(
            f"{place} was written by a newer Waypost (format {ours}, {theirs}). Update this one, and its procrastinate"
        )
    return ours, theirs


def _has(connection: Connection, table: str) -> bool:
    # not `to_regclass`: it remembers that a table was missing, also while we wait for who makes it
    query = "SELECT count(*) FROM pg_class WHERE relname = %s AND pg_table_is_visible(oid)"
    return bool(one_row(connection, query, (table,))[0])


def _wanted() -> tuple[int, str]:
    return len(MIGRATIONS), max(_names())


def _names() -> list[str]:
    folder = resources.files("procrastinate.sql") / "migrations"
    return sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))


def _migration(name: str) -> str:
    return (resources.files("procrastinate.sql") / "migrations" / name).read_text(encoding="utf-8")
