"""The web processes: gunicorn with threads, one application made before the fork. Knows no route."""

from __future__ import annotations

import logging
import logging.config
import resource
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from prometheus_client.multiprocess import mark_process_dead

from waypost.logs import configuration

THREADS = 16  # they mostly wait for the disk, and share a commit (queue/together.py)
CONNECTIONS = 2_000  # of one process, most of them idle
TIMEOUT_SECONDS = 30  # of a process that stopped answering its parent, not of a request
GRACE_SECONDS = 25  # below the 30 that container platforms give before they kill
KEEPALIVE_SECONDS = 15
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})  # asked every few seconds
LONGEST = 100  # of what a stranger wrote into a header; the JSON escapes it


class Lines(Logger):  # type: ignore[misc]
    """gunicorn's log in our form: one JSON line a request, and its own news."""

    def setup(self, cfg: object) -> None:
        self.cfg = cfg
        self.loglevel = logging.INFO
        self.error_log.propagate = self.access_log.propagate = True
        logging.config.dictConfig(configuration())

    def access(self, resp: Any, req: Any, environ: Mapping[str, Any], request_time: timedelta) -> None:
        status, path = resp.status_code, environ["PATH_INFO"]
        if path in QUIET and status < 400:
            return
        fields = {
            "delivery": environ.get("HTTP_X_GITHUB_DELIVERY", "")[:LONGEST],
            "event": environ.get("HTTP_X_GITHUB_EVENT", "")[:LONGEST],
            "status": status,
            "ms": round(request_time.total_seconds() * 1000, 1),
        }
        level = logging.INFO if status < 500 else logging.ERROR
        self.access_log.log(level, f"{environ['REQUEST_METHOD']} {path[:LONGEST]}", extra=fields)


class Processes(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured by us and by nothing in the environment or the working folder."""

    def __init__(self, make: Callable[[], Flask], bind: str, workers: int, threads: int = THREADS) -> None:
        self._make = make
        self._options: dict[str, Any] = {
            "bind": bind,
            "workers": workers,
            "threads": threads,
            "worker_class": "waypost.server.patient.PatientWorker",
            "worker_connections": CONNECTIONS,
            "preload_app": True,
            "timeout": TIMEOUT_SECONDS,
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": KEEPALIVE_SECONDS,
            "proc_name": "waypost",
            "logger_class": Lines,
            "control_socket_disable": True,
            "child_exit": lambda _server, worker: mark_process_dead(worker.pid),  # type: ignore[no-untyped-call]
        }
        _allow_files(CONNECTIONS * 2)
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:  # some came with later versions
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._make()


def _allow_files(wanted: int) -> None:
    """Allow as many open files as connections and their bodies need, where the machine lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
