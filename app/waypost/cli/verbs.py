"""Commands that have verbs of their own, like `waypost template check`; only the asked one is imported."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib import import_module

from waypost.cli import UsageError

# Every cli/<command>_<verb>.py has `add_arguments(parser)` and `run(arguments) -> int`.


def add_verbs(parser: argparse.ArgumentParser, verbs: Mapping[str, str]) -> None:
    """Take a verb and hand the rest on to it; `verbs` maps each to what it does."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "verbs:\n" + "\n".join(f"  {verb:<12}{text}" for verb, text in verbs.items())
    parser.add_argument(
        "verb", choices=verbs, nargs="?", metavar="VERB", help="one of those below; VERB --help says more"
    )
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def run_verb(command: str, arguments: argparse.Namespace, verbs: Mapping[str, str]) -> int:
    """Run the verb that was asked for; raise UsageError where there is none."""
    verb = arguments.verb
    if verb is None:
        raise UsageError(f"say what to do: {', '.join(verbs)}")
    module = import_module(f"waypost.cli.{command}_{verb}")
    parser = argparse.ArgumentParser(prog=f"waypost {command} {verb}", description=module.__doc__)
    module.add_arguments(parser)
    return int(module.run(parser.parse_args(arguments.rest)))
