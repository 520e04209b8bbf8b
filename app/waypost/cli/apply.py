"""Commit what `waypost plan` shows. Reads everything; writes one commit, or none when nothing differs."""

from __future__ import annotations

import argparse
import json

from waypost.cli import Exit, UsageError
from waypost.cli.plan import reading
from waypost.sync.reconcile import publish_all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--org", default="", metavar="O", help="only this organisation")
    parser.add_argument("--format", choices=["text", "json"], default="text")


def run(arguments: argparse.Namespace) -> int:
    with reading(arguments.org) as (worker, left):
        if left:
            raise UsageError(f"not everything could be read, so nothing was written: {left}")
        for place, done in publish_all(worker, arguments.org):
            removed = sum(data is None for data in done.plan.changes.values())
            written = len(done.plan.changes) - removed
            if arguments.format == "json":
                head = done.edition.head
                print(json.dumps({"catalog": place.full_name, "commit": head, "written": written, "removed": removed}))
            elif done.plan:
                print(f"{place.full_name} {done.edition.head[:10]}: {done.plan.message.partition(chr(10))[0]}")
                print(f"{written} files written, {removed} removed")
            else:
                print(f"{place.full_name}: nothing to change")
    return Exit.FINE
