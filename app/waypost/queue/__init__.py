"""The inbox of deliveries and the dirty keys. One Protocol: SQLite by default, PostgreSQL for more than one machine."""

from __future__ import annotations

from waypost.queue.protocol import Queue
from waypost.queue.sqlite import SqliteQueue

_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql", "postgres")


def open_queue(database_url: str) -> Queue:
    """Open the queue that the address names; ValueError says which addresses there are."""
    path = database_url.removeprefix(_SQLITE)
    if path != database_url and path:
        return SqliteQueue(path)
    scheme, colon, _ = database_url.partition(":")  # what follows may hold a password
    if colon and scheme in _POSTGRES:
        return _postgres(database_url)
    said = f'begins with "{scheme}:"' if colon else f'is "{scheme}"'
    raise ValueError(
        f"WAYPOST_DATABASE_URL {said}. Write sqlite:///waypost.db (in the working folder),"
        " sqlite:////var/lib/waypost/waypost.db, or postgresql://user:password@host/waypost"
    )


def _postgres(database_url: str) -> Queue:
    try:
        from waypost.queue.postgres import PostgresQueue
    except ImportError as error:
        raise ValueError(
            f"WAYPOST_DATABASE_URL names PostgreSQL, and {error.name or error} is not installed."
            " Run: pip install 'waypost[postgres]'"
        ) from error
    return PostgresQueue(database_url)
