"""Say in a pull request what its documentation would be: one comment, edited in place. Builds and publishes nothing."""

from __future__ import annotations

import argparse

from waypost.cli import Exit
from waypost.cli.pull_comment import say
from waypost.cli.verdicts import count
from waypost.docs.artifacts import plain_ref


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--entity", metavar="REF", default="", help="whose documentation: each has its own comment")
    parser.add_argument("--pages", metavar="N", type=int, required=True, help="how many pages were built")
    parser.add_argument("--warnings", metavar="N", type=int, default=0, help="how many warnings there were")
    parser.add_argument("--url", metavar="URL", required=True, help="where the artifact can be downloaded")


def run(arguments: argparse.Namespace) -> int:
    entity = plain_ref(arguments.entity)
    say(marker(entity), body(entity, arguments.pages, arguments.warnings, arguments.url))
    return Exit.FINE


def marker(entity: str) -> str:
    return f"<!-- waypost docs {entity} -->" if entity else "<!-- waypost docs -->"


def body(entity: str, pages: int, warnings: int, url: str) -> str:
    """Return the comment, honest about what a link to an artifact is: a download for people who may see this."""
    whose = f" of `{entity}`" if entity else ""
    found = f", {count(warnings, 'warning')} on the lines of this pull request" if warnings else ""
    return "\n".join(
        [
            f"**Waypost**: the documentation{whose} builds: {count(pages, 'page')}{found}.",
            "",
            f"[Download it]({url}), unpack it and open `index.html`. Only search needs a server:"
            " `python3 -m http.server` in that folder.",
            "It is published after the merge.",
            "",
        ]
    )
