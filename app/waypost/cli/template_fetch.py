"""Render a skeleton as Backstage's fetch:template does, with its input: values, copyWithoutTemplating and so on."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from waypost.cli import Exit, UsageError
from waypost.cli.mapping_file import read_mapping
from waypost.create.disk import read_tree, write_tree
from waypost.golden.fetch import fetch, fetch_plain
from waypost.golden.paths import Refused
from waypost.golden.tree import Entry, File, Link, Tree
from waypost.golden.workspace import Workspace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("skeleton", metavar="SKELETON", type=Path, help="the folder to render")
    parser.add_argument(
        "--input", metavar="FILE", required=True, help="the input of the step, as YAML or JSON; - for standard input"
    )
    parser.add_argument("--out", metavar="DIR", required=True, type=Path, help="a new or empty folder")
    parser.add_argument("--plain", action="store_true", help="copy as fetch:plain does: nothing is rendered")
    parser.add_argument("--format", choices=["text", "json"], default="text")


def run(arguments: argparse.Namespace) -> int:
    if not arguments.skeleton.is_dir():
        raise UsageError(f"{arguments.skeleton}: no such folder. Name the folder of the skeleton.")
    input = read_mapping(arguments.input)
    workspace = Workspace()
    try:
        skeleton = read_tree(arguments.skeleton)
        if arguments.plain:
            fetch_plain(skeleton, str(input.get("targetPath", "")), workspace)
        else:
            fetch(skeleton, input, workspace)
        tree = workspace.tree()
        write_tree(tree, arguments.out)
    except Refused as refused:
        print(f"{refused}", file=sys.stderr)
        print("Nothing was written.", file=sys.stderr)
        return Exit.PROBLEMS
    except OSError as error:
        raise UsageError(f"{error.filename or arguments.out}: {error.strerror}.") from error
    for warning in workspace.warnings():
        print(f"warning: {warning}", file=sys.stderr)
    _show(tree, arguments.format)
    return Exit.FINE


def _show(tree: Tree, format: str) -> None:
    for path, entry in tree.items():
        if format == "json":
            print(json.dumps({"path": path, **_described(entry)}, ensure_ascii=False))
        else:
            print(f"{path} -> {entry.target}" if isinstance(entry, Link) else path)


def _described(entry: Entry) -> Mapping[str, Any]:
    if isinstance(entry, File):
        return {"mode": f"100{entry.mode:o}", "size": len(entry.data)}
    return {"mode": "120000", "target": entry.target} if isinstance(entry, Link) else {"mode": "040000"}
