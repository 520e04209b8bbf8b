"""Say what is wrong with this installation of Waypost, and how to mend it: one line for each thing looked at.

Looks at the configuration, the database and the worker, and asks GitHub about the App, its permissions, events and
deliveries, the quota, and each catalog repository; without an App about the token, the rules and the workflow that
refreshes. Changes nothing. Exit 1 when there is an error.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable

from waypost.cli import Exit
from waypost.config import ConfigError, read_config
from waypost.forge.github import connect
from waypost.queue import open_queue
from waypost.queue.protocol import Queue, QueueUnavailable
from waypost.sync.doctor import examine
from waypost.sync.doctor.finding import Finding, Level, error
from waypost.sync.doctor.patient import Patient


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--org", default="", metavar="O", help="only this organisation")
    parser.add_argument("--format", choices=["text", "json"], default="text")


def run(arguments: argparse.Namespace) -> int:
    counts = dict.fromkeys(Level, 0)
    for finding in _findings(arguments.org):
        counts[finding.level] += 1
        print(_line(finding, arguments.format), flush=True)
    said = (_count(counts[level], level.value) for level in (Level.WARNING, Level.ERROR))
    print(f"{counts[Level.OK]} ok, {', '.join(said)}", file=sys.stderr)
    return Exit.PROBLEMS if counts[Level.ERROR] else Exit.FINE


def _findings(organisation: str) -> Iterable[Finding]:
    try:
        config = read_config(os.environ)
        forges = connect(config)
    except ConfigError as problem:
        yield error("configuration", str(problem), "Set it and run waypost doctor again; docs/install.md names all")
        return
    queue = _queue(config.database_url) if config.is_app else None
    yield from examine(Patient(config, queue, forges, time.time, organisation))


def _queue(database_url: str) -> Queue | None:
    try:
        return open_queue(database_url)
    except (ValueError, QueueUnavailable):
        return None  # the check of the database says so


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _line(finding: Finding, form: str) -> str:
    if form == "json":
        return json.dumps(finding._asdict())
    fix = f"\n         {finding.fix}" if finding.fix else ""
    return f"{finding.level:<9}{finding.subject}: {finding.text}{fix}"
