"""List the keys that were set aside after too many failures, or bring one back."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from difflib import get_close_matches

from waypost.cli import Exit, UsageError
from waypost.config import ConfigError, read_config
from waypost.queue import open_queue
from waypost.queue.protocol import DeadKey, Queue, QueueUnavailable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=["list", "revive"], default="list")
    parser.add_argument("key", nargs="?", metavar="KEY", help="as listed, like 7/repo:42")
    parser.add_argument("--format", choices=["text", "json"], default="text")


def run(arguments: argparse.Namespace) -> int:
    try:
        queue = open_queue(read_config(os.environ).database_url)
        if arguments.action == "revive":
            return _revive(queue, arguments.key)
        if arguments.key:
            raise UsageError(f"list takes no key. To bring it back: waypost dead revive {arguments.key}")
        return _list(queue.dead(), arguments.format)
    except (ConfigError, QueueUnavailable, ValueError) as error:
        raise UsageError(str(error)) from error


def _list(dead: Sequence[DeadKey], form: str) -> int:
    """Print them; exit 1 when there are any, so that a script can watch."""
    for key in dead:
        since = datetime.fromtimestamp(key.since, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if form == "json":
            print(json.dumps({"key": str(key.key), "attempts": key.attempts, "since": since, "error": key.error}))
        else:
            print(f"{key.key}  {since}  {key.attempts} tries  {' '.join(key.error.split())}")
    if not dead:
        print("no key is set aside", file=sys.stderr)
    return Exit.PROBLEMS if dead else Exit.FINE


def _revive(queue: Queue, name: str | None) -> int:
    by_name = {str(key.key): key.key for key in queue.dead()}
    if not name:
        raise UsageError("say which: waypost dead revive KEY, as listed by waypost dead")
    if name not in by_name or not queue.revive(by_name[name]):
        near = get_close_matches(name, by_name, n=1)
        hint = f'Did you mean "{near[0]}"?' if near else "waypost dead lists them."
        raise UsageError(f'no dead key "{name}". {hint}')
    print(f"{name} is due again")
    return Exit.FINE
