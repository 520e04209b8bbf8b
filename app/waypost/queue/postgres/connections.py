"""Connections to one database, made when they are needed and kept for the next. Knows nothing of what is said on them.

Our own few lines instead of `psycopg_pool`: its threads connect in the background, so a database that is down would be
a timeout at every call, without the reason; and they do not cross a fork, which gunicorn makes after we are built.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict

from waypost.queue.postgres.errors import meaning
from waypost.queue.protocol import QueueUnavailable

# GitHub waits 10 seconds for an answer: a thread may wait for a connection, and then once for somebody's lock.
WAIT_SECONDS = 4.0
# A server that vanished without a word (its machine lost power) is given up by then too. Milliseconds for the last.
_LINE: dict[str, Any] = {
    "application_name": "waypost",
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 7_000,
}
# For this session only. What a vanished host holds is free again soon; a commit is on disk before it is acknowledged.
_SETTINGS = """
SELECT set_config('lock_timeout', '3s', false), set_config('statement_timeout', '5s', false),
    set_config('idle_in_transaction_session_timeout', '10s', false),
    set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '3', false),
    set_config('synchronous_commit', coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on'), false)
"""


class Connections:
    """At most `limit` at a time, shared by threads; a forked process makes its own."""

    def __init__(self, address: str, limit: int) -> None:
        self._address = address
        self._limit = limit
        self.place = _place(address)
        self._inherited: list[Connection] = []
        self._renew()

    def _renew(self) -> None:
        self._process = os.getpid()
        self._gate = threading.BoundedSemaphore(self._limit)
        self._idle: list[Connection] = []

    @contextmanager
    def one(self, fresh: bool = False) -> Iterator[Connection]:
        """Lend a connection; `fresh`: those kept so far are thrown away. A broken one is not kept."""
        if self._process != os.getpid():
            self._inherited += self._idle  # kept from being closed here: the parent still talks on them
            self._renew()
        if not self._gate.acquire(timeout=WAIT_SECONDS):
            raise QueueUnavailable(f"{self.place}: too many threads wait for the database. Try again")
        try:
            if fresh:
                self.close()
            connection = self._kept() or self._connect()
            try:
                yield connection
            finally:
                self._keep(connection)
        finally:
            self._gate.release()

    def _kept(self) -> Connection | None:
        try:
            return self._idle.pop()  # not asked first: another thread may take the last one
        except IndexError:
            return None

    def _connect(self) -> Connection:
        try:
            connection = psycopg.connect(self._address, autocommit=True, **_LINE)
            connection.execute(_SETTINGS)
        except psycopg.Error as error:
            raise meaning(error, self.place) from error
        return connection

    def _keep(self, connection: Connection) -> None:
        if connection.closed or connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            connection.close()
        else:
            self._idle.append(connection)

    def close(self) -> None:
        """Close those that nobody uses."""
        while self._process == os.getpid() and (connection := self._kept()):
            connection.close()


def one_row(connection: Connection, query: str, values: Sequence[object] = ()) -> tuple[Any, ...]:
    """Ask for what is always there: exactly one row."""
    row = connection.execute(query, values).fetchone()
    if row is None:
        raise LookupError(f"no row: {query}")
    return row


def _place(address: str) -> str:
    """Name the database without its password."""
    try:
        parts = conninfo_to_dict(address)
    except psycopg.Error:
        raise ValueError(
            "WAYPOST_DATABASE_URL is no address of a PostgreSQL database. Write"
            " postgresql://user:password@host:5432/waypost, with %40 for a @ in the password"
        ) from None
    host, port = parts.get("host") or "the local socket", parts.get("port")
    return f"PostgreSQL {parts.get('dbname') or parts.get('user') or ''} on {host}" + (f":{port}" if port else "")
