"""Read every repository again and publish the difference.

Beside an App (WAYPOST_APP_ID) it shares the database with running workers; with tokens (WAYPOST_TOKEN, GITHUB_TOKEN) it
needs no server. Stops when half of the quota that was left is used: the other half is for webhooks.
"""

from __future__ import annotations

import argparse
import json
import logging.config
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from waypost.cli import Exit, UsageError
from waypost.cli.connection import opened, signed_in
from waypost.cli.progress import progress
from waypost.config import Config
from waypost.forge.protocol import ForgeError
from waypost.queue.protocol import Queue
from waypost.sync.context import Pace
from waypost.sync.reconcile import Summary, reconcile, scratch
from waypost.sync.worker import Worker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--org", default="", metavar="O", help="only this organisation")
    parser.add_argument("--format", choices=["text", "json"], default="text")


def run(arguments: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    config, forges = signed_in()
    began = time.monotonic()
    try:
        with _queue(config) as queue, progress("reading") as show:
            worker = Worker(queue, forges, config, pace=Pace(sweep=0))
            summary = reconcile(worker, arguments.org, show)
    except ForgeError as error:
        raise UsageError(str(error)) from error
    _print(summary, time.monotonic() - began, arguments.format)
    return Exit.PROBLEMS if summary.left else Exit.FINE


@contextmanager
def _queue(config: Config) -> Iterator[Queue]:
    """The configured queue beside an App; without one, a temporary one: nothing needs to be kept."""
    if config.app_id:
        yield opened(config)
    else:
        with scratch() as queue:
            yield queue


def _print(summary: Summary, seconds: float, form: str) -> None:
    if form == "json":
        drift = [one._asdict() for one in summary.drift]
        print(json.dumps(asdict(summary) | {"drift": drift, "seconds": round(seconds, 1)}))
        return
    commits = f"{summary.commits} commit{'s' * (summary.commits != 1)}" if summary.commits else "nothing to publish"
    print(
        f"{summary.repositories} repositories, {summary.read} read, {commits}, {summary.calls} calls, {seconds:.1f} s"
    )
    for one in summary.drift:
        print(f"no delivery told: {one}")
    if summary.left:  # each failure was told when it happened
        keys = "1 key is" if summary.left == 1 else f"{summary.left} keys are"
        print(f"{keys} left: {summary.reason}", file=sys.stderr)
