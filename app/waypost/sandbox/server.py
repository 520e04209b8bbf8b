"""Serves the sandbox with gunicorn: one process with threads, because its state lives in one process."""

from __future__ import annotations

import json
import socket
import sys
from email.utils import formatdate
from pathlib import Path
from typing import Any

import gunicorn.util
from flask import Flask
from gunicorn.app.base import BaseApplication

from waypost.sandbox import beginnings
from waypost.sandbox.app import create_app
from waypost.sandbox.runner import Runner


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn without its command line: it serves the socket that is already bound."""

    def __init__(self, root: Path, seed: Path | None, listening: socket.socket, threads: int, act: Path | None) -> None:
        self._root, self._seed, self._threads, self._act = root, seed, threads, act
        self._runner: Runner | None = None
        self._descriptor = listening.fileno()  # gunicorn takes the socket over
        self._url = "http://{}:{}".format(*listening.getsockname()[:2])
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": f"fd://{self._descriptor}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": self._threads,
            "timeout": 300,
            "graceful_timeout": 10,
            # clients keep their connections; closing them early would look like a network error to some
            "keepalive": 300,
            "limit_request_line": 0,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_worker_init": _announce,
            "worker_exit": self._leave,
        }
        for name, value in settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        app = create_app(self._root, self._url)
        sandbox = app.extensions["box"]
        # gunicorn itself dates every answer, and clients tell by it how far their clock is from ours
        gunicorn.util.http_date = lambda: formatdate(sandbox.clock.now(), usegmt=True)
        beginnings.prepare(sandbox)
        if self._seed is not None:
            with sandbox.store.lock:
                beginnings.seed(sandbox, beginnings.read_seed(self._seed))
                sandbox.store.commit()
        with sandbox.store.lock:
            sandbox.set("runner", "none" if self._act is None else "act")
            sandbox.store.commit()
        if self._act is not None:
            self._runner = Runner(app, self._act)
            self._runner.start()
        return app

    def _leave(self, _arbiter: Any, _worker: Any) -> None:
        if self._runner is not None:
            self._runner.stop()


def _announce(worker: Any) -> None:
    if worker.age == 1:  # a worker that replaces a dead one says nothing
        line = beginnings.ready(worker.app.callable.extensions["box"])
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def serve(root: Path, host: str, port: int, seed: Path | None, threads: int = 32, act: Path | None = None) -> None:
    """Serve until SIGTERM or SIGINT; print the ready line when requests are answered. Port 0 means a free one.

    With the binary of act, workflows are really run.
    """
    listening = socket.create_server((host, port), backlog=1024, reuse_port=False)
    listening.set_inheritable(True)
    _Server(root.resolve(), seed, listening, threads, act).run()
