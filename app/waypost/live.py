"""The configuration of a process that runs while /setup writes its file: looked up anew when the file has changed."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from waypost.config import Config, ConfigError, with_app_file

log = logging.getLogger("waypost.config")


class Live:
    """Safe for threads and forks; a look costs one `stat`."""

    def __init__(self, base: Config) -> None:
        """`base` is what the environment says: it wins, name by name."""
        self._base = self._config = base
        self._seen: object = None
        self._lock = threading.Lock()

    def now(self) -> Config:
        """Return the configuration; a file that cannot be used is logged, and what was known stays."""
        if self._mark() != self._seen:
            with self._lock:
                seen = self._mark()
                try:
                    self._config = with_app_file(self._base)
                except ConfigError as error:
                    log.error("%s", error)
                self._seen = seen
        return self._config

    def _mark(self) -> object:
        return _mark(self._base.app_file)


def _mark(path: Path) -> tuple[int, int, int] | None:
    """What changes with every rename over the file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
