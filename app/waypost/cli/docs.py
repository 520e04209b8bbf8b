"""Documentation of a repository as a site."""

from __future__ import annotations

import argparse
from importlib import import_module

from waypost.cli import UsageError

# Every cli/docs_<verb>.py has `add_arguments(parser)` and `run(arguments) -> int`; only the asked one is imported.
VERBS = {"build": "build the site of one repository: safely, offline, in the layout of TechDocs"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "verbs:\n" + "\n".join(f"  {verb:<12}{text}" for verb, text in VERBS.items())
    parser.add_argument(
        "verb", choices=VERBS, nargs="?", metavar="VERB", help="one of those below; VERB --help says more"
    )
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    verb = arguments.verb
    if verb is None:
        raise UsageError(f"say what to do: {', '.join(VERBS)}")
    module = import_module(f"waypost.cli.docs_{verb}")
    parser = argparse.ArgumentParser(prog=f"waypost docs {verb}", description=module.__doc__)
    module.add_arguments(parser)
    return int(module.run(parser.parse_args(arguments.rest)))
