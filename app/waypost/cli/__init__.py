"""The `waypost` command: finds the subcommand, runs it, turns what goes wrong into an exit code.

Each subcommand is a module of its own beside this one, imported only when it is asked for, so that a check in a
pull request does not pay for a web server.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from enum import IntEnum
from importlib import import_module
from itertools import pairwise
from types import ModuleType

from waypost import __version__


class Exit(IntEnum):
    """What a script may rely on."""

    FINE = 0
    PROBLEMS = 1
    USAGE = 2
    OUR_FAULT = 3


# Every module here has `add_arguments(parser)` and `run(arguments) -> int`.
COMMANDS = {
    "demo": "a sandbox GitHub with a sample organisation, the App and its worker",
    "init": "begin a catalog repository from the shipped template",
    "validate": "check descriptors",
    "problems": "every problem Waypost can report: what, why, how to fix",
    "template": "golden paths: check a template, render it, show its form",
    "docs": "documentation: build a site from mkdocs.yml, a docs folder or a README",
    "build": "write the catalog repository's files from checkouts, offline",
    "plan": "show what would change in the catalog repository",
    "apply": "commit what would change in the catalog repository",
    "reconcile": "read every repository again and publish the difference",
    "sweep-deliveries": "find the deliveries that were missed and mark their keys",
    "onboard": "offer drafted descriptors to repositories without one",
    "create": "create a repository from a template",
    "request": "look at a request for a repository: an issue that a form has made",
    "serve": "the web process: webhooks, health, metrics",
    "worker": "the process that reads repositories and writes the catalog",
    "replay": "run a stored delivery's keys again",
    "doctor": "say what is wrong with this installation, and how to mend it",
    "dead": "list or revive keys that were set aside",
    "sandbox": "a GitHub in a box",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code (0 fine, 1 problems found, 2 wrong usage, 3 our fault)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if os.environ.get("GITHUB_ACTIONS") != "true" and not _speaks_to_github(words):
        return _run(words)
    from waypost.cli.workflow_log import guarded

    with guarded():
        return _run(words)


def _run(words: list[str]) -> int:
    name = next((word for word in words if not word.startswith("-")), "")
    if name not in COMMANDS or words[0] != name:
        return _front(words, name)
    command = _imported(f"waypost.cli.{name.replace('-', '_')}")
    parser = argparse.ArgumentParser(prog=f"waypost {name}", description=command.__doc__, formatter_class=_Help)
    command.add_arguments(parser)
    parsed = parser.parse_args(words[1:])
    try:
        return int(command.run(parsed))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `waypost problems | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FINE
    except UsageError as error:
        print(f"waypost {name}: {error}", file=sys.stderr)
        if _speaks_to_github(words):
            from waypost.cli.verdicts import remark

            print(remark("error", str(error)))
        return Exit.USAGE
    except Exception as error:
        if os.environ.get("WAYPOST_DEBUG"):
            raise
        print(f"waypost {name}: {type(error).__name__}: {error}", file=sys.stderr)
        print("That is our fault, not yours. WAYPOST_DEBUG=1 shows where.", file=sys.stderr)
        return Exit.OUR_FAULT


class _Help(argparse.HelpFormatter):
    """As wide as the terminal. argparse would ask shutil, which brings every compression, for each option it adds."""

    def __init__(self, prog: str) -> None:
        try:
            columns = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns or 80)
        except (OSError, ValueError):
            columns = 80
        super().__init__(prog, width=columns - 2)


def _imported(module: str) -> ModuleType:
    """Import without looking for garbage: there is none, and at the end of a short command half its time went there."""
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


def _speaks_to_github(words: Sequence[str]) -> bool:
    return "--format=github" in words or ("--format", "github") in pairwise(words)


class UsageError(Exception):
    """What was asked for cannot be done as asked; the text says what to write instead."""


def _front(words: list[str], name: str) -> int:
    parser = argparse.ArgumentParser(
        prog="waypost",
        description="A developer portal that lives in GitHub.",
        usage="waypost COMMAND [...]",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="commands:\n" + "\n".join(f"  {command:<18}{text}" for command, text in COMMANDS.items()),
    )
    parser.add_argument("--version", action="version", version=f"waypost {__version__}")
    if name and words[0] == name:
        from difflib import get_close_matches

        near = get_close_matches(name, COMMANDS, n=1)
        parser.error(f'no command "{name}".' + (f' Did you mean "{near[0]}"?' if near else " See waypost --help."))
    parser.parse_args(words[:1] or ["--help"])
    return Exit.USAGE
