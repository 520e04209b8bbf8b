"""Print the GitHub issue form of a template: .github/ISSUE_TEMPLATE/create-<name>.yml of the catalog repository."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from waypost.catalog.problems import Severity
from waypost.cli import Exit
from waypost.cli.template_folder import open_template
from waypost.cli.verdicts import line
from waypost.golden.forms import issue_form, obstacles


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", type=Path, help="the folder of a template.yaml, or the file")


def run(arguments: argparse.Namespace) -> int:
    template = open_template(arguments.folder).template
    errors = [problem for problem in template.problems if problem.severity is Severity.ERROR]
    for problem in errors:
        print(line(problem.file, problem), file=sys.stderr)
    reasons = obstacles(template)
    for fault in reasons:
        print(f"{arguments.folder}: {fault.message}", file=sys.stderr)
    if errors or reasons:
        return Exit.PROBLEMS
    sys.stdout.write(issue_form(template))
    return Exit.FINE
