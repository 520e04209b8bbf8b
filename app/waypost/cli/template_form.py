"""Print the GitHub issue form of a template: .github/ISSUE_TEMPLATE/create-<name>.yml of the catalog repository."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from waypost.catalog.problems import Severity
from waypost.cli import Exit, UsageError
from waypost.cli.verdicts import line
from waypost.golden.forms import issue_form, obstacles
from waypost.golden.template import Template, read

FILES = ("template.yaml", "template.yml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="the folder of a template.yaml, or the file")


def run(arguments: argparse.Namespace) -> int:
    template = load(arguments.folder)
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


def load(folder: str) -> Template:
    """Read a template from its folder or file; raise UsageError where there is none."""
    file = find(folder)
    try:
        return read(file.read_bytes().decode("utf-8", "surrogateescape"), str(file))
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from error


def find(folder: str) -> Path:
    """Return the path of the template that DIR names; raise UsageError where there is none."""
    path = Path(folder)
    candidates = [path] if path.is_file() else [path / name for name in FILES]
    found = next((candidate for candidate in candidates if candidate.is_file()), None)
    if found is None:
        raise UsageError(f'there is no template.yaml in "{folder}"')
    return found
