"""Show what would change in the catalog repository: a dry run of `waypost apply`. Reads everything, writes nothing."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waypost.cli import Exit, UsageError
from waypost.cli.connection import signed_in
from waypost.cli.progress import progress
from waypost.forge.protocol import ForgeError, Store
from waypost.pages.plan import Plan, show
from waypost.sync.context import Pace
from waypost.sync.reconcile import plans, read_all, scratch
from waypost.sync.worker import Worker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--org", default="", metavar="O", help="only this organisation")
    parser.add_argument("--config", metavar="FILE", help="plan with this waypost.yaml instead of the repository's")
    parser.add_argument("--format", choices=["text", "json"], default="text")


def run(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments.config)
    with reading(arguments.org) as (worker, left):
        if left:
            print(f"This plan is incomplete: {left}", file=sys.stderr)
        for place, store, draft in plans(worker, arguments.org, settings):
            _print(place.full_name, store, draft.plan, arguments.format)
    return Exit.PROBLEMS if left else Exit.FINE


@contextmanager
def reading(organisation: str) -> Iterator[tuple[Worker, str]]:
    """Read everything into a queue that is thrown away; yield a worker that knows it, and why something is left."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    config, forges = signed_in()
    try:
        with scratch() as queue:
            worker = Worker(queue, forges, config, pace=Pace(sweep=0))
            with progress("reading") as bar:
                left = read_all(worker, organisation, bar)
            yield worker, left
    except ForgeError as error:
        raise UsageError(str(error)) from error


def _settings(path: str | None) -> str | None:
    if path is None:
        return None
    try:
        return Path(path).read_text("utf-8")
    except OSError as error:
        raise UsageError(f"--config {path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"--config {path}: is not UTF-8. Save it as UTF-8") from error


def _print(catalog: str, store: Store, plan: Plan, form: str) -> None:
    if form == "json":
        changes = [
            {"path": path, "action": "remove" if data is None else "add" if path in plan.added else "update"}
            for path, data in plan.changes.items()
        ]
        print(json.dumps({"catalog": catalog, "message": plan.message, "changes": changes}))
        return
    print(f"{catalog}:")
    for line in show(plan, lambda path: store.read([path])[path].decode("utf-8", "replace")):
        print(line)
