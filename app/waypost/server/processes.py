"""The web processes: gunicorn with threads, one application made before the fork. Knows no route.

A thread is held while a body arrives, so put a proxy that buffers requests (nginx, a load balancer) in front of what
the open internet can reach.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from prometheus_client.multiprocess import mark_process_dead

from waypost.server.logs import configuration

THREADS = 8
TIMEOUT_SECONDS = 30  # of a process that stopped answering its parent, not of a request
GRACE_SECONDS = 25  # below the 30 that container platforms give before they kill
KEEPALIVE_SECONDS = 15


class Processes(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured by us and by nothing in the environment or the working folder."""

    def __init__(self, make: Callable[[], Flask], bind: str, workers: int, threads: int = THREADS) -> None:
        self._make = make
        self._options: dict[str, Any] = {
            "bind": bind,
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            "preload_app": True,
            "timeout": TIMEOUT_SECONDS,
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": KEEPALIVE_SECONDS,
            "proc_name": "waypost",
            "logconfig_dict": configuration(),
            "control_socket_disable": True,
            "child_exit": lambda _server, worker: mark_process_dead(worker.pid),  # type: ignore[no-untyped-call]
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:  # some came with later versions
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._make()
