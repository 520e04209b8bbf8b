"""The web process: takes deliveries on POST /webhooks, sets itself up on /setup; answers /healthz, /readyz, /metrics.

Slow clients hold nobody up: a request gets a thread when all of it has arrived.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path

from waypost.cli import Exit, UsageError
from waypost.config import Config, ConfigError, read_environment, with_app_file
from waypost.live import Live
from waypost.queue import open_queue
from waypost.queue.protocol import Queue, QueueUnavailable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bind", default="127.0.0.1:8000", metavar="HOST:PORT", help="default: %(default)s")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes, of 16 threads each; default: 2")
    parser.add_argument("--setup", action="store_true", help="open /setup again, where an App is configured already")


def run(arguments: argparse.Namespace) -> int:
    if arguments.workers < 1:
        raise UsageError(f"--workers {arguments.workers}: at least one")
    _check_bind(arguments.bind)
    config, queue = _configured()
    folder = tempfile.mkdtemp(prefix="waypost-metrics-")
    # prometheus-client looks at it once, when it is imported
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    main = os.getpid()
    try:
        from waypost.server import create_app
        from waypost.server.processes import Processes
        from waypost.server.setup.door import Door
        from waypost.server.setup.shelf import Shelf

        door = Door(Shelf(Path(folder) / "setup.json"), time.time)
        if arguments.setup or not Live(config).now().webhook_secrets:
            print(f"Set up Waypost: open {_shown(arguments.bind)}/setup?token={door.new_token()}", file=sys.stderr)
        Processes(lambda: create_app(config, queue, door=door), arguments.bind, arguments.workers).run()
    finally:
        if os.getpid() == main:  # forked workers leave through here too
            shutil.rmtree(folder, ignore_errors=True)
    return Exit.FINE


def _configured() -> tuple[Config, Queue]:
    try:
        config = read_environment(os.environ)
        with_app_file(config)  # a file that cannot be used is said at the start
        queue = open_queue(config.database_url)
        queue.check()
        queue.close()  # a connection must not cross the fork
    except (ConfigError, ValueError, QueueUnavailable) as error:
        raise UsageError(str(error)) from error
    return config, queue


def _shown(bind: str) -> str:
    """Where a browser on this machine finds us."""
    host, _, port = bind.rpartition(":")
    return f"http://{'127.0.0.1' if host in ('', '0.0.0.0', '[::]') else host}:{port}"  # noqa: S104  # nothing is bound


def _check_bind(bind: str) -> None:
    match = re.fullmatch(r"(?:\[(?P<six>[0-9a-fA-F:]+)\]|(?P<host>[^\s:]*)):(?P<port>\d{1,5})", bind)
    if match is None or int(match["port"]) > 65535:
        raise UsageError(f'--bind "{bind}": write HOST:PORT, like 127.0.0.1:8000, or 0.0.0.0:8000 for every address')
    family = socket.AF_INET6 if match["six"] else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((match["six"] or match["host"], int(match["port"])))
    except OSError as error:
        raise UsageError(
            f"--bind {bind}: {error.strerror or error}. Choose another port, or end what uses it"
        ) from error
