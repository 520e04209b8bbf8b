"""Look at requests for repositories: issues that forms have made. Shows a dry run, and creates what was agreed to.

The conversation is held with GITHUB_TOKEN or as the App; WAYPOST_CREATE_TOKEN, or an App's key, looks and creates.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from waypost.cli import Exit, UsageError
from waypost.cli.creating import catalog_of, organisation_of, workshop_of, workshops
from waypost.cli.verdicts import outputs
from waypost.cli.workflow_run import add_markdown, complain, run_url
from waypost.config import Config, ConfigError, read_config
from waypost.create.door.look import Counter, Outcome, look
from waypost.create.job import Means
from waypost.forge.desk import Desk
from waypost.forge.github import connect
from waypost.forge.protocol import ForgeError, NotFound
from waypost.forge.redact import redact
from waypost.golden.forms import LABEL

_WORDS = {
    "none": "no open request",
    "wrong": "its form needs a correction",
    "refused": "who asks may not create this",
    "waiting": "waits for somebody to agree",
    "agreed": "agreed to: without --dry-run it would be created now",
    "created": "created",
    "failed": "stopped; the issue says where and how to go on",
    "cancelled": "cancelled",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", nargs="?", type=int, metavar="NUMBER", help="of the issue in the catalog repository")
    parser.add_argument("--all", action="store_true", help=f"every open issue with the label {LABEL}")
    parser.add_argument("--dry-run", action="store_true", help="show what would be said and done; write nothing")
    parser.add_argument(
        "--wait", type=float, default=300.0, metavar="S", help="seconds for the first run (300; 0: none)"
    )
    parser.add_argument("--org", default="", metavar="O", help="the organisation, where the App sees several")
    parser.add_argument("--format", choices=["text", "json", "github"], default="text")


def run(arguments: argparse.Namespace) -> int:
    return perform(arguments, time.time, time.sleep)


def perform(arguments: argparse.Namespace, clock: Callable[[], float], sleep: Callable[[float], None]) -> int:
    """Run the command with a given clock."""
    if (arguments.number is None) != arguments.all:
        raise UsageError("name one issue by its NUMBER, or write --all")
    if arguments.number is not None and arguments.number < 1:
        raise UsageError(f"{arguments.number} is no number of an issue")
    try:
        config = read_config(os.environ)
        found = workshops(config, clock, sleep)
        try:
            workshop = workshop_of(found, arguments.org or organisation_of(config))
            catalog = catalog_of(config, workshop)
            desk = _desk(config, catalog, clock, sleep)
            means = Means(clock, sleep, lambda text: print(f"  {redact(text)}", file=sys.stderr, flush=True))
            url = run_url(config.catalog_repository)
            counter = Counter(desk, workshop, catalog, means, arguments.wait, url, arguments.dry_run)
            codes = [_look(counter, number, arguments.format) for number in _numbers(desk, arguments)]
        except ForgeError as error:
            return _failed(error, arguments.format)
    except ConfigError as error:
        raise UsageError(str(error)) from error
    return max(codes, default=Exit.FINE)


def _desk(config: Config, catalog: str, clock: Callable[[], float], sleep: Callable[[float], None]) -> Desk:
    """Sign in for the conversation: with a workflow's own token, else as the App."""
    if config.github_token:
        plain = replace(config, app_id=0, private_key="", writer_app_id=0, writer_private_key="", token="")
        forges = connect(replace(plain, catalog_repository=catalog), clock, sleep)
        return forges.forge(forges.installations()[0].id).desk(catalog)
    if not config.is_app:
        raise ConfigError(
            "nothing to answer with in the issue: set GITHUB_TOKEN (in a workflow, github.token with issues: write),"
            " or WAYPOST_APP_ID and WAYPOST_PRIVATE_KEY for the App"
        )
    forges, owner = connect(config, clock, sleep), catalog.partition("/")[0]
    there = [one for one in forges.installations() if one.account.lower() == owner.lower()]
    if not there:
        raise NotFound(f"the App is not installed over {owner}")
    return forges.forge(there[0].id).desk(catalog)


def _numbers(desk: Desk, arguments: argparse.Namespace) -> Iterator[int]:
    """Yield the issues to look at, the oldest first: who asked first is served first."""
    if not arguments.all:
        yield arguments.number
        return
    yield from sorted(issue.number for issue in desk.labelled(LABEL))


def _look(counter: Counter, number: int, format: str) -> int:
    outcome = look(counter, number)
    code = Exit.PROBLEMS if outcome.state == "failed" else Exit.FINE
    said = f"{counter.catalog}#{number}: {_WORDS[outcome.state]}"
    if format == "json":
        print(json.dumps(as_json(counter.catalog, outcome)))
        return code
    if format == "github":
        add_markdown(outcome.summary)
        outputs(**values(outcome), state=outcome.state)
        if outcome.state == "failed":
            complain(said)
    else:
        for text in outcome.texts:
            print(text)
    print(said, file=sys.stderr)
    return code


def values(outcome: Outcome) -> dict[str, str]:
    """Return what came of a request, by the names of the action's outputs."""
    result, place = outcome.result, outcome.result.place if outcome.result else None
    return {
        "repository": place.full_name if place else "",
        "url": place.url if place else "",
        "commit": result.commit if result else "",
        "request": outcome.prepared.request if outcome.prepared else "",
        "registered": " ".join(result.refs) if result else "",
    }


def as_json(catalog: str, outcome: Outcome) -> dict[str, object]:
    """The same for programs."""
    return {"issue": f"{catalog}#{outcome.number}", "state": outcome.state, **values(outcome)}


def _failed(error: ForgeError, format: str) -> int:
    said = f"{redact(str(error))} Nothing is lost: the next look goes on where this one stopped."
    if format == "github":
        complain(said)
    print(f"waypost request: {said}", file=sys.stderr)
    return Exit.PROBLEMS
