"""Documentation of repositories as sites, and all of them on one."""

from __future__ import annotations

import argparse

from waypost.cli.verbs import add_verbs, run_verb

VERBS = {
    "build": "build the site of one repository: safely, offline, in the layout of TechDocs",
    "collect": "fetch what repositories built and put it onto the central site",
    "publish": "put one built site onto the central site by hand",
    "deployable": "say whether the readers of the central site may read all that is on it",
    "comment": "say in the pull request of a workflow's run what was built",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_verbs(parser, VERBS)


def run(arguments: argparse.Namespace) -> int:
    return run_verb("docs", arguments, VERBS)
