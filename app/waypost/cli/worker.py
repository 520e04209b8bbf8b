"""The process that reads repositories and writes the catalog. Any number may run; SIGTERM ends the work in hand."""

from __future__ import annotations

import argparse
import logging.config
import signal
import threading
from dataclasses import replace

from waypost.cli import Exit, UsageError
from waypost.cli.connection import opened, signed_in
from waypost.logs import configuration
from waypost.sync.context import Pace
from waypost.sync.worker import Worker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pace = Pace()
    parser.add_argument("--concurrency", type=int, default=1, metavar="N", help="threads; default: %(default)s")
    parser.add_argument(
        "--lease", type=float, default=pace.lease, metavar="SECONDS", help="a killed worker's keys are free after this"
    )
    parser.add_argument(
        "--sweep", type=float, default=pace.sweep, metavar="SECONDS", help="between full listings; 0: never"
    )


def run(arguments: argparse.Namespace) -> int:
    if arguments.concurrency < 1:
        raise UsageError(f"--concurrency {arguments.concurrency}: at least one")
    if arguments.lease < 1:
        raise UsageError(f"--lease {arguments.lease}: at least one second")
    logging.config.dictConfig(configuration())
    config, forges = signed_in()
    queue = opened(config)
    pace = replace(Pace(), lease=arguments.lease, sweep=arguments.sweep)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    Worker(queue, forges, config, pace=pace).run(stop, arguments.concurrency)
    queue.close()
    return Exit.FINE
