"""Golden paths: check, render and describe a template."""

from __future__ import annotations

import argparse

from waypost.cli.verbs import add_verbs, run_verb

VERBS = {
    "check": "lint and test a template",
    "render": "the whole dry run: files, and what a real run would ask of GitHub",
    "fetch": "only the rendering of a skeleton, as Backstage's fetch:template does it",
    "form": "the GitHub issue form of a template",
    "actions": "the scaffolder actions that we know",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_verbs(parser, VERBS)


def run(arguments: argparse.Namespace) -> int:
    return run_verb("template", arguments, VERBS)
