"""The web process: takes deliveries on POST /webhooks; answers /healthz, /readyz and /metrics.

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

from waypost.cli import Exit, UsageError
from waypost.config import Config, ConfigError, read_config
from waypost.queue import open_queue
from waypost.queue.protocol import Queue, QueueUnavailable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bind", default="127.0.0.1:8000", metavar="HOST:PORT", help="default: %(default)s")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes, of 16 threads each; default: 2")


def run(arguments: argparse.Namespace) -> int:
    if arguments.workers < 1:
        raise UsageError(f"--workers {arguments.workers}: at least one")
    _check_bind(arguments.bind)
    config, queue = _configured()
    if not config.webhook_secrets:
        print("WAYPOST_WEBHOOK_SECRET is not set: only /healthz will answer", file=sys.stderr)
    folder = tempfile.mkdtemp(prefix="waypost-metrics-")
    # prometheus-client looks at it once, when it is imported
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    main = os.getpid()
    try:
        from waypost.server import create_app
        from waypost.server.processes import Processes

        Processes(lambda: create_app(config, queue), arguments.bind, arguments.workers).run()
    finally:
        if os.getpid() == main:  # forked workers leave through here too
            shutil.rmtree(folder, ignore_errors=True)
    return Exit.FINE


def _configured() -> tuple[Config, Queue]:
    try:
        config = read_config(os.environ)
        queue = open_queue(config.database_url)
        queue.check()
        queue.close()  # a connection must not cross the fork
    except (ConfigError, ValueError, QueueUnavailable) as error:
        raise UsageError(str(error)) from error
    return config, queue


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
