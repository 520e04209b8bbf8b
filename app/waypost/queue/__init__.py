"""The inbox of deliveries and the dirty keys. One Protocol, SQLite by default."""

from __future__ import annotations

from waypost.queue.protocol import Queue
from waypost.queue.sqlite import SqliteQueue

_SQLITE = "sqlite:///"


def open_queue(database_url: str) -> Queue:
    """Open the queue that the address names; ValueError says which addresses there are."""
    path = database_url.removeprefix(_SQLITE)
    if path == database_url or not path:
        scheme, colon, _ = database_url.partition(":")  # what follows may hold a password
        said = f'begins with "{scheme}:"' if colon else f'is "{scheme}"'
        raise ValueError(
            f"WAYPOST_DATABASE_URL {said}. Only SQLite is supported: sqlite:///waypost.db (in the"
            " working folder) or sqlite:////var/lib/waypost/waypost.db"
        )
    return SqliteQueue(path)
