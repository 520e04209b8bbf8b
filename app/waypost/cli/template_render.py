"""Render a template with values: the files it makes, and what a real run would ask of GitHub. Asks nobody anything."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from waypost.cli import Exit, UsageError
from waypost.cli.mapping_file import read_mapping
from waypost.cli.plan_text import as_json, faults_in_words, in_words
from waypost.cli.template_folder import open_template
from waypost.create.disk import write_tree
from waypost.golden import parameters
from waypost.golden.calls import calls
from waypost.golden.paths import Refused
from waypost.golden.plan import plan
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
    # What Backstage calls valid: the template can be read and the parameters fit. Faults of steps are shown beside it.
    fits = opened.template.is_valid and not parameters.check(opened.template, values)[1]
    if made.is_valid:
        _write(arguments.out, made.files)
    planned = calls(made.effects)
    if arguments.format == "json":
        print(json.dumps(as_json(made, planned, fits), ensure_ascii=False))
    elif made.is_valid:
        print("\n".join(in_words(made, planned)).rstrip())
    for line in faults_in_words(made.faults) if arguments.format == "text" else ():
        print(line, file=sys.stderr)
    if not made.is_valid and arguments.format == "text":
        print("Nothing was written.", file=sys.stderr)
    return Exit.FINE if made.is_valid else Exit.PROBLEMS


def _write(folder: Path, files: Tree) -> None:
    try:
        write_tree(files, folder)
    except Refused as refused:
        raise UsageError(f"--out: {refused}") from refused
    except OSError as error:
        raise UsageError(f"--out {error.filename or folder}: {error.strerror}") from error
