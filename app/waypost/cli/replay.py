"""Run a stored delivery's keys again: the worker looks at them as if GitHub had just sent it."""

from __future__ import annotations

import argparse
import json
import os

from waypost.cli import Exit, UsageError
from waypost.config import ConfigError, read_config
from waypost.queue import open_queue
from waypost.queue.protocol import QueueUnavailable
from waypost.sync.events import marks


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the delivery's GUID, as GitHub lists it (X-GitHub-Delivery)")


def run(arguments: argparse.Namespace) -> int:
    try:
        config = read_config(os.environ)
        queue = open_queue(config.database_url)
        delivery = queue.delivery(arguments.id)
        if delivery is None:
            raise UsageError(
                f'no delivery "{arguments.id}" in {config.database_url}: deliveries are kept for three days.'
                " Redeliver it from the App's settings page on GitHub, Advanced, Recent Deliveries"
            )
        found = marks(delivery.event, json.loads(delivery.body), config)
        queue.receive(delivery, found)
    except (ConfigError, QueueUnavailable, ValueError) as error:
        raise UsageError(str(error)) from error
    for mark in found:
        print(f"{mark.key} is marked")
    if not found:
        print(f"{delivery.event} {delivery.id} marks nothing")
    return Exit.FINE
