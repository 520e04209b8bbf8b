"""Say whether the readers of the central site may read all that is on it. Asks nobody: branch and settings tell.

Exit 0 whether it may or not; 1 when waypost.yaml asks for a site and its readers forbid it.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from waypost.cli import Exit, UsageError
from waypost.cli.verdicts import add_to_summary, outputs, remark

STATE = "state.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", metavar="DIR", type=Path, help="a checkout of the branch waypost-docs")
    parser.add_argument("--catalog", metavar="DIR", type=Path, default=Path("."), help="where waypost.yaml is")
    parser.add_argument(
        "--pages",
        choices=["public", "private"],
        default="public",
        help="who reads the GitHub Pages of the catalog repository; private: whoever reads that repository",
    )
    parser.add_argument("--format", choices=["text", "json", "github"], default="text")


def run(arguments: argparse.Namespace) -> int:
    from waypost.catalog import settings
    from waypost.docs.central.deploying import decide
    from waypost.docs.central.state import BrokenState, read

    file = arguments.catalog / settings.FILE
    if not arguments.site.is_dir():
        raise UsageError(f"{arguments.site}: no such folder. Name a checkout of the branch waypost-docs.")
    chosen, _ = settings.parse(file.read_text("utf-8") if file.is_file() else "")
    try:
        state = read((arguments.site / STATE).read_bytes() if (arguments.site / STATE).is_file() else b"")
    except BrokenState as error:
        raise UsageError(f"{arguments.site}: {error}") from error
    readers = arguments.pages if arguments.pages == "public" else state.readers
    decision = decide(chosen.docs, state, readers)
    if arguments.format == "json":
        print(json.dumps({"deploy": decision.may, "reason": decision.reason}, ensure_ascii=False))
    elif arguments.format == "github":
        outputs(deploy=decision.may)
        level = "error" if decision.is_refusal else "notice"
        print(remark(level, decision.reason))
        add_to_summary(os.environ.get("GITHUB_STEP_SUMMARY", ""), "documentation site", decision.reason, [])
    else:
        print(f"{'deploy' if decision.may else 'do not deploy'}: {decision.reason}")
    return Exit.PROBLEMS if decision.is_refusal else Exit.FINE
