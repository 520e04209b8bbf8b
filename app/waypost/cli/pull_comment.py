"""One comment in the pull request that a workflow runs for: written when there is something to say, then edited.

Without a pull request, or with a token that may not write, it says so and nothing else happens.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping

from waypost.catalog.check import Checked
from waypost.catalog.problems import Problem
from waypost.cli.validate_verdicts import summary
from waypost.cli.verdicts import row, table
from waypost.config import Config, ConfigError
from waypost.forge.desk import Desk
from waypost.forge.protocol import ForgeError, NotAllowed

MARKER = "<!-- waypost validate -->"
_MOST_BYTES = 60_000  # GitHub takes 65,536 characters
_ONLY = 1  # a workflow sees one organisation


class Comment:
    """Collects what `waypost validate` finds, like every printer of verdicts, and says it in the pull request."""

    def __init__(self) -> None:
        self.found: list[tuple[str, Problem]] = []

    def verdict(self, file: str, verdict: Checked) -> None:
        self.found += [(problem.file or file, problem) for problem in verdict.problems]

    def end(self, files: int, tally: Mapping[str, int]) -> None:
        rows = [row(file, problem) for file, problem in self.found]
        body = "\n".join([f"**Waypost**: {summary(files, tally)}", *table(rows, _MOST_BYTES), ""])
        say(MARKER, body, is_news=bool(rows))


def say(marker: str, body: str, is_news: bool = True) -> None:
    """Write or edit the comment that begins with a marker; what is no news only edits one that is there."""
    number = _pull_request()
    if number is None:
        _tell("this is no run of a pull request")
        return
    try:
        desk = _desk()
        if is_news or any(comment.body.startswith(marker) for comment in desk.comments(number)):
            desk.say(number, marker, f"{marker}\n{body}")
    except NotAllowed as error:
        _tell(f"{error}. The job needs pull-requests: write, which a pull request from a fork never gets")
    except (ForgeError, ConfigError) as error:
        _tell(str(error))


def _tell(reason: str) -> None:
    print(f"There is no comment: {reason}.", file=sys.stderr)


def _desk() -> Desk:
    from waypost.forge.github import connect

    repository = os.environ.get("GITHUB_REPOSITORY", "")
    address = os.environ.get("GITHUB_API_URL", Config().api_url)
    config = Config(api_url=address, github_token=os.environ.get("GITHUB_TOKEN", ""), catalog_repository=repository)
    return connect(config).forge(_ONLY).desk(repository)


def _pull_request() -> int | None:
    """Return the number of the pull request of this run, as the event says it."""
    try:
        with open(os.environ.get("GITHUB_EVENT_PATH", ""), encoding="utf-8") as file:
            event = json.load(file)
    except (OSError, ValueError):
        return None
    number = (event.get("pull_request") or {}).get("number") if isinstance(event, dict) else None
    return number if isinstance(number, int) else None
