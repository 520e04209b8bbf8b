"""Documentation of a repository as a site."""

from __future__ import annotations

import argparse

from waypost.cli.verbs import add_verbs, run_verb

VERBS = {
    "build": "build the site of one repository: safely, offline, in the layout of TechDocs",
    "comment": "say in the pull request of a workflow's run what was built",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_verbs(parser, VERBS)


def run(arguments: argparse.Namespace) -> int:
    return run_verb("docs", arguments, VERBS)
