"""Ask GitHub which deliveries failed, and mark the keys they would have marked; or have GitHub deliver them again.

The worker does the first by itself every few minutes. GitHub remembers deliveries for three days; what is older, and
what it never tried to deliver, is found by `waypost reconcile`.
"""

from __future__ import annotations

import argparse
import json
import logging.config
import re
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from waypost.cli import Exit, UsageError
from waypost.cli.connection import opened, signed_in
from waypost.forge.deliveries import Attempt, Deliveries
from waypost.forge.protocol import ForgeError
from waypost.limits import REDELIVERY_SECONDS
from waypost.queue.protocol import Mark
from waypost.sync import deliveries
from waypost.sync.context import Context

_AGO = re.compile(r"(\d+(?:\.\d+)?)([smhd])").fullmatch
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--redeliver", action="store_true", help="ask GitHub to send them again, instead of marking")
    parser.add_argument(
        "--since", default="", metavar="WHEN", help="2h, 30m, 3d or 2026-01-31T12:00Z; default: all GitHub remembers"
    )
    parser.add_argument("--dry-run", action="store_true", help="only list them, with the keys")
    parser.add_argument("--format", choices=["text", "json"], default="text")


def run(arguments: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    now = time.time()
    since = _since(arguments.since, now)
    config, forges = signed_in()
    sent = forges.deliveries()
    if sent is None:
        raise UsageError(
            "GitHub delivers to an App, and there is none: set WAYPOST_APP_ID and WAYPOST_PRIVATE_KEY_FILE."
            " With tokens alone: waypost reconcile"
        )
    context = Context(opened(config), forges, config)
    try:
        found = deliveries.unhealed(_listed(sent, since))
        for attempt in found:
            marks = [] if arguments.redeliver else deliveries.missed(context, sent, attempt)
            if not arguments.dry_run:
                _heal(context, sent, attempt, marks, arguments.redeliver)
            _print(attempt, marks, arguments)
    except ForgeError as error:
        raise UsageError(str(error)) from error
    if not found:
        print(f"no delivery failed since {_stamp(since)}", file=sys.stderr)
    return Exit.FINE


def _heal(context: Context, sent: Deliveries, attempt: Attempt, marks: Sequence[Mark], redeliver: bool) -> None:
    if redeliver:
        sent.redeliver(attempt.id)
    elif marks:
        context.queue.mark(marks)


def _listed(sent: Deliveries, since: float) -> list[Attempt]:
    """Everything since then, also what arrived: a redelivery that arrived heals what failed before it."""
    attempts: list[Attempt] = []
    cursor = ""
    while True:
        page = sent.page(cursor)
        attempts += [one for one in page.attempts if one.at >= since]
        cursor = page.cursor
        if not cursor or any(one.at < since for one in page.attempts):
            return attempts


def _since(text: str, now: float) -> float:
    """Read a moment, or how long ago it was; not before what GitHub remembers."""
    earliest = now - REDELIVERY_SECONDS
    if not text:
        return earliest
    if ago := _AGO(text):
        return max(earliest, now - float(ago[1]) * _UNITS[ago[2]])
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f'--since "{text}": write how long ago, like 2h, 30m or 3d, or a date and time') from None
    return max(earliest, moment.replace(tzinfo=moment.tzinfo or UTC).timestamp())


def _print(attempt: Attempt, marks: Sequence[Mark], arguments: argparse.Namespace) -> None:
    keys = [str(mark.key) for mark in marks]
    done = "would be " if arguments.dry_run else ""
    if arguments.format == "json":
        shown = attempt._asdict() | {
            "at": _stamp(attempt.at),
            "keys": keys,
            "redelivered": arguments.redeliver and not arguments.dry_run,
        }
        print(json.dumps(shown | {"dry_run": arguments.dry_run}))
        return
    event = f"{attempt.event}.{attempt.action}" if attempt.action else attempt.event
    outcome = f"{done}sent again" if arguments.redeliver else f"{done}marked: {', '.join(keys) or 'nothing'}"
    print(f"{_stamp(attempt.at)}  {attempt.guid}  {event}  answered {attempt.status or 'not at all'}  {outcome}")


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
