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
from dataclasses import asdict, replace
from pathlib import Path

from waypost.cli import Exit, UsageError
from waypost.cli.connection import configured, connected, opened
from waypost.cli.progress import lines, progress
from waypost.config import Config
from waypost.forge.installations import ONLY
from waypost.forge.protocol import ForgeError
from waypost.queue.protocol import Queue
from waypost.sync.context import Commit, Pace
from waypost.sync.keeping import kept
from waypost.sync.publish import Edition
from waypost.sync.reconcile import Progress, Summary, editions, plans, read_all, reconcile, scratch, summarise
from waypost.sync.worker import Worker
from waypost.sync.writer import told


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--org", default="", metavar="O", help="only this organisation")
    parser.add_argument("--dry-run", action="store_true", help="read everything, say what would change, write nothing")
    parser.add_argument(
        "--memory",
        metavar="FILE",
        help="with tokens: keep here what is known until the next run; it may be thrown away",
    )
    parser.add_argument("--format", choices=["text", "json", "github"], default="text")


def run(arguments: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    if arguments.format != "github":
        return _run(arguments)
    from waypost.cli import reconcile_github

    try:
        return _run(arguments)
    except UsageError as error:
        reconcile_github.refuse(str(error))
        raise


def _run(arguments: argparse.Namespace) -> int:
    config = configured()
    _check(arguments, config)
    if arguments.memory:  # clones of the catalog repository lie beside it
        config = replace(config, database_url=f"sqlite:///{Path(arguments.memory).absolute()}")
    forges = connected(config)
    began = time.monotonic()
    try:
        with _queue(arguments, config) as queue, _progress(arguments.format) as show:
            worker = Worker(queue, forges, config, pace=Pace(sweep=0))
            look = _plan if arguments.dry_run else _publish
            summary, commits, found = look(worker, arguments.org, show)
    except ForgeError as error:
        raise UsageError(str(error)) from error
    seconds = time.monotonic() - began
    if arguments.format == "json":
        drift = [one._asdict() for one in summary.drift]
        print(json.dumps(asdict(summary) | {"drift": drift, "seconds": round(seconds, 1)}))
    elif arguments.format == "github":
        from waypost.cli import reconcile_github

        reconcile_github.show(summary, commits, found, seconds, arguments.dry_run)
    else:
        _print(summary, commits, seconds, arguments.dry_run, "" if config.is_app else "changed since the last run")
    return Exit.PROBLEMS if summary.left else Exit.FINE


def _check(arguments: argparse.Namespace, config: Config) -> None:
    if arguments.memory and config.is_app:
        raise UsageError("--memory is for tokens: beside an App, WAYPOST_DATABASE_URL names what is kept")
    if arguments.format == "github" and not config.is_app and not config.token:
        raise UsageError(
            "WAYPOST_TOKEN is missing: a workflow's own token reads no other repository. Give this repository a secret"
            " of that name (docs/running.md) and hand it on"
        )


def _publish(worker: Worker, organisation: str, show: Progress) -> tuple[Summary, list[Commit], list[Edition]]:
    summary = reconcile(worker, organisation, show)
    return summary, worker.context.figures.commits, list(editions(worker.context))


def _plan(worker: Worker, organisation: str, show: Progress) -> tuple[Summary, list[Commit], list[Edition]]:
    """What `waypost plan` does, summed up."""
    left = read_all(worker, organisation, show)
    found = [] if left else [(place, draft) for place, _, draft in plans(worker, organisation)]
    commits = [told(place, draft) for place, draft in found if draft.plan]
    summary = summarise(worker.context, left)
    return replace(summary, left=summary.left if left else 0), commits, [draft.edition for _, draft in found]


@contextmanager
def _queue(arguments: argparse.Namespace, config: Config) -> Iterator[Queue]:
    """The configured queue beside an App; without one, a file that may be lost: nothing needs to be kept.

    A dry run marks nothing that running workers would publish.
    """
    if config.is_app and not arguments.dry_run:
        yield opened(config)
    elif arguments.memory and not arguments.dry_run:
        token = config.token or config.github_token
        with kept(Path(arguments.memory), token, ONLY, lambda text: print(text, file=sys.stderr)) as queue:
            yield queue
    else:
        with scratch() as queue:
            yield queue


@contextmanager
def _progress(form: str) -> Iterator[Progress]:
    if form == "github":
        yield lines("reading")
    else:
        with progress("reading") as show:
            yield show


def _print(summary: Summary, made: list[Commit], seconds: float, is_dry: bool, since: str) -> None:
    commits = f"{summary.commits} commit{'s' * (summary.commits != 1)}" if summary.commits else "nothing to publish"
    if is_dry and (changed := sum(one.changed for one in made)):
        commits = f"{changed} file{'s' * (changed != 1)} would change"
    print(
        f"{summary.repositories} repositories, {summary.read} read, {commits}, {summary.calls} calls, {seconds:.1f} s"
    )
    for one in summary.drift:
        print(f"{since or 'no delivery told'}: {one}")
    if summary.left:  # each failure was told when it happened
        keys = "1 key is" if summary.left == 1 else f"{summary.left} keys are"
        print(f"{keys} left: {summary.reason}", file=sys.stderr)
