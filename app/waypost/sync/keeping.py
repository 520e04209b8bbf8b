"""The queue of a workflow, on a file that a cache brings back between runs. It may be missing, old or cut off.

Only a cache: what cannot be used is begun anew, and costs the calls of a first run. It is sealed with the token that
reads, for caches can be read by whoever opens a pull request, and it holds what private repositories say.
"""

from __future__ import annotations

import base64
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from waypost.queue.protocol import Queue, QueueUnavailable
from waypost.queue.sqlite import SqliteQueue
from waypost.sync.tenants import Tenant


@contextmanager
def kept(
    path: Path, token: str, installation: int, say: Callable[[str], None], clock: Callable[[], float] = time.time
) -> Iterator[Queue]:
    """Open what the file holds, or begin anew and `say` why; write it back when all went well."""
    with tempfile.TemporaryDirectory(prefix="waypost-") as folder:
        opened = Path(folder, "known.db")
        if path.exists() and (trouble := _trouble(path, token, opened, installation)):
            say(f"what earlier runs knew cannot be used, everything is read anew: {trouble}")
            opened = Path(folder, "anew.db")
        queue = SqliteQueue(opened, clock)
        try:
            for dead in queue.dead():  # whoever runs this wants it tried again
                queue.revive(dead.key)
            yield queue
        finally:
            queue.close()  # and so the file is whole without its log
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sealed(opened.read_bytes(), token))


def sealed(data: bytes, token: str) -> bytes:
    return _seal(token).encrypt(data)


def unsealed(data: bytes, token: str) -> bytes:
    return _seal(token).decrypt(data)


def _seal(token: str) -> Fernet:
    key = HKDF(SHA256(), length=32, salt=None, info=b"what a workflow remembers").derive(token.encode())
    return Fernet(base64.urlsafe_b64encode(key))


def _trouble(path: Path, token: str, opened: Path, installation: int) -> str:
    """Unseal the database and say why it cannot be used; "" when it can."""
    try:
        opened.write_bytes(unsealed(path.read_bytes(), token))
    except InvalidToken:
        return "it is damaged, or the token that reads is another one"
    queue = SqliteQueue(opened)
    try:
        queue.check()
        if (said := _damage(opened)) != "ok":
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
