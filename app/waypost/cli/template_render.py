"""Render a template with values: the files it makes, and what a real run would ask of GitHub. Asks nobody anything."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from waypost.cli import Exit, UsageError
from waypost.cli.mapping_file import read_mapping
from waypost.cli.template_folder import open_template
from waypost.create.disk import write_tree
from waypost.golden.calls import calls
from waypost.golden.paths import Refused
from waypost.golden.plan import plan
from waypost.golden.plan_text import as_json, faults_in_words, in_words
from waypost.golden.steps import MASK
from waypost.golden.tree import Tree


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", type=Path, help="the folder of template.yaml")
    parser.add_argument(
        "--values", metavar="FILE", required=True, help="the parameters as YAML or JSON; - for the input"
    )
    parser.add_argument("--out", metavar="DIR", required=True, type=Path, help="a new or empty folder for the files")
    parser.add_argument(
        "--root",
        metavar="DIR",
        type=Path,
        help="steps may fetch from anywhere inside; the checkout that DIR stands in if left out",
    )
    parser.add_argument(
        "--secret",
        action="append",
        default=[],
        metavar="NAME",
        help="plan as if this secret were given; may be repeated",
    )
    parser.add_argument("--user", metavar="REF", help="who would run it, for example user:default/ada")
    parser.add_argument("--format", choices=["text", "json"], default="text")


def run(arguments: argparse.Namespace) -> int:
    opened = open_template(arguments.folder, arguments.root)
    values = read_mapping(arguments.values)
    made = plan(
        opened.template,
        values,
        opened.source,
        secrets=dict.fromkeys(arguments.secret, MASK),
        user={"ref": arguments.user} if arguments.user else {},
        is_dry_run=True,
    )
    planned = calls(made.effects)
    if arguments.format == "json":
        # What Backstage calls valid: the parameters fit, so there were steps to plan. Their faults are shown beside it.
        print(json.dumps(as_json(made, planned, made.is_valid or bool(made.steps))))
    else:
        _show(in_words(made, planned) if made.is_valid else (), sys.stdout)
        _show(faults_in_words(made.faults), sys.stderr)
    if not made.is_valid:
        print("Nothing was written.", file=sys.stderr)
        return Exit.PROBLEMS
    _write(arguments.out, made.files)
    return Exit.FINE


def _show(lines: Iterable[str], out: TextIO) -> None:
    text = "\n".join(lines).rstrip()
    if text:
        print(text.encode("utf-8", "replace").decode(), file=out)  # half a letter cannot be printed


def _write(folder: Path, files: Tree) -> None:
    try:
        write_tree(files, folder)
    except Refused as refused:
        raise UsageError(f"--out: {refused}") from refused
    except OSError as error:
        raise UsageError(f"--out {error.filename or folder}: {error.strerror}") from error
