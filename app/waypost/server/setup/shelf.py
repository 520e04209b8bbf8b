"""What all web processes know of the set-up that is going on: one small file under a lock, gone with the server.

Of tokens, sessions and states only hashes are in it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Shelved = dict[str, Any]


class Shelf:
    """Threads and processes take turns; what was changed inside the context is kept when it ends without an error."""

    def __init__(self, path: Path) -> None:
        self._path = path
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))

    @contextmanager
    def open(self) -> Iterator[Shelved]:
        with self._path.open("r+", encoding="utf-8") as file:  # each opening has a lock of its own
            fcntl.flock(file, fcntl.LOCK_EX)
            text = file.read()
            held: Shelved = json.loads(text) if text else {}
            yield held
            changed = json.dumps(held)
            if changed != text:
                file.seek(0)
                file.write(changed)
                file.truncate()
