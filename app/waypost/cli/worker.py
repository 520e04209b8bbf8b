"""The process that reads repositories and writes the catalog. Any number may run; SIGTERM ends the work in hand."""

from __future__ import annotations

import argparse
import logging
import logging.config
import signal
import threading
from dataclasses import replace

from waypost.cli import Exit, UsageError
from waypost.cli.connection import connected, followed, opened
from waypost.cli.request_lane import requests_lane
from waypost.config import Config
from waypost.live import Live
from waypost.logs import configuration
from waypost.sync.context import Pace
from waypost.sync.worker import Worker

log = logging.getLogger("waypost.worker")

LOOK_SECONDS = 2.0  # how soon a configuration by /setup counts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pace = Pace()
    parser.add_argument("--concurrency", type=int, default=1, metavar="N", help="threads; default: %(default)s")
    parser.add_argument(
        "--lease", type=float, default=pace.lease, metavar="SECONDS", help="a killed worker's keys are free after this"
    )
    parser.add_argument(
        "--sweep",
        type=float,
        default=pace.sweep,
        metavar="SECONDS",
        help="between full listings; 0: neither these nor missed deliveries are looked for",
    )


def run(arguments: argparse.Namespace) -> int:
    if arguments.concurrency < 1:
        raise UsageError(f"--concurrency {arguments.concurrency}: at least one")
    if not arguments.lease >= 1:  # nan too
        raise UsageError(f"--lease {arguments.lease}: at least one second")
    if not arguments.sweep >= 0:
        raise UsageError(f"--sweep {arguments.sweep:g}: write seconds, like 3600; 0 for no listings")
    logging.config.dictConfig(configuration())
    pace = replace(Pace(), lease=arguments.lease, sweep=arguments.sweep)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    live = followed()
    opened(live.now()).close()  # before anybody waits: a database that cannot be used is said at the start
    if _knows_nothing(live.now()):
        log.info("nothing to sign in with yet: waiting for /setup to write %s", live.now().app_file)
    while _knows_nothing(live.now()) and not stop.wait(LOOK_SECONDS):
        pass
    while not stop.is_set():
        _work(live, stop, pace, arguments.concurrency)
    return Exit.FINE


def _work(live: Live, stop: threading.Event, pace: Pace, concurrency: int) -> None:
    """Work until the end, or until /setup has written another configuration: what is in hand is ended first."""
    config = live.now()
    forges = connected(config)
    queue = opened(config)
    this_time = threading.Event()

    def watch() -> None:
        while not stop.wait(LOOK_SECONDS) and live.now() == config:
            pass
        this_time.set()

    threading.Thread(target=watch, daemon=True).start()
    lane = requests_lane(forges)
    Worker(queue, forges, config, pace=pace, aside=[lane]).run(this_time, concurrency)
    queue.close()


def _knows_nothing(config: Config) -> bool:
    """Half a configuration is a mistake, and said; none at all is a server that is being set up."""
    return not (config.app_id or config.private_key or config.token or config.github_token or config.writer_app_id)
