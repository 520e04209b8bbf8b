"""The queue of a workflow, on a file that a cache brings back between runs. It may be missing, old or cut off.

Only a cache: what cannot be used is begun anew, and costs the calls of a first run.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from waypost.queue.protocol import Queue, QueueUnavailable
from waypost.queue.sqlite import SqliteQueue
from waypost.sync.tenants import Tenant


@contextmanager
def kept(
    path: Path, installation: int, say: Callable[[str], None], clock: Callable[[], float] = time.time
) -> Iterator[Queue]:
    """Open the file, or begin it anew and `say` why."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if trouble := _trouble(path, installation):
        say(f"what earlier runs knew cannot be used, everything is read anew: {trouble}")
        for old in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            old.unlink(missing_ok=True)
    queue = SqliteQueue(path, clock)
    try:
        for dead in queue.dead():  # whoever runs this wants it tried again
            queue.revive(dead.key)
        yield queue
    finally:
        queue.close()  # and so the file is whole without its log


def _trouble(path: Path, installation: int) -> str:
    """Say why the file cannot be used; "" when it can, or is not there."""
    if not path.exists():
        return ""
    queue = SqliteQueue(path)
    try:
        queue.check()
        if (said := _damage(path)) != "ok":
            return said
        Tenant(queue, installation).refresh()
    except (QueueUnavailable, sqlite3.Error, ValueError, TypeError, LookupError) as error:  # another version's words
        return str(error) or type(error).__name__
    finally:
        queue.close()
    return ""


def _damage(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    finally:
        connection.close()
