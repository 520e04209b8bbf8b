"""Lint and test templates: what can be said before anybody uses them, and whether they give what their tests expect."""

from __future__ import annotations

import argparse
import glob
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from waypost.catalog.problems import Problem, Severity
from waypost.catalog.skeletons import is_skeleton_path
from waypost.cli import Exit, UsageError
from waypost.cli.template_folder import Opened, open_template
from waypost.cli.template_verdicts import printer
from waypost.create.disk import read_tree, write_tree
from waypost.golden import cases
from waypost.golden.cases import Verdict
from waypost.golden.check import check
from waypost.golden.paths import Refused
from waypost.golden.tree import Tree

_MANY = 10  # templates, from which on a person may want to see how far it is
_NAMES = ("template.yaml", "template.yml")


@dataclass(frozen=True, slots=True)
class Report:
    """What was found out about one template."""

    file: str
    ref: str
    problems: Sequence[Problem]
    verdicts: Sequence[Verdict]

    @property
    def is_fine(self) -> bool:
        return not any(problem.severity is Severity.ERROR for problem in self.problems)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", metavar="DIR", help="a folder of a template, one that holds several, a file or a glob"
    )
    parser.add_argument(
        "--bless", action="store_true", help="write down what the tests give now as what they expect: look at the diff"
    )
    parser.add_argument(
        "--root",
        metavar="DIR",
        type=Path,
        help="steps may fetch from anywhere inside; the checkout that the template stands in if left out",
    )
    parser.add_argument("--format", choices=["text", "json", "github"], default="text")


def run(arguments: argparse.Namespace) -> int:
    files = list(dict.fromkeys(file for path in arguments.paths for file in find(path)))
    show = printer(arguments.format)
    is_fine = True
    for file in _watched(files):
        report = _report(open_template(Path(file), arguments.root), arguments.bless)
        show.report(report.file, report.ref, report.problems, report.verdicts)
        is_fine = is_fine and report.is_fine
    show.end()
    return Exit.FINE if is_fine else Exit.PROBLEMS


def inspect(file: Path) -> Report:
    """Lint and test the one template that a file holds."""
    return _report(open_template(file), is_blessing=False)


def find(path: str) -> Iterator[str]:
    """Yield the template files that a DIR stands for; raise UsageError when there are none."""
    named = [path] if os.path.lexists(path) else sorted(glob.glob(path, recursive=True))
    found = [file for each in named for file in _in(each)]
    if not found:
        raise UsageError(f'there is no template.yaml in "{path}"')
    yield from found


def _in(path: str) -> list[str]:
    if os.path.isfile(path):
        return [path]
    direct = [os.path.join(path, name) for name in _NAMES if os.path.isfile(os.path.join(path, name))]
    if direct:
        return direct[:1]
    below = (os.path.relpath(file, path) for name in _NAMES for file in glob.iglob(f"{path}/**/{name}", recursive=True))
    # A template in a skeleton, or in what a test expects, is not one yet.
    kept = sorted(file for file in below if not is_skeleton_path(file) and "tests" not in file.split(os.sep))
    return [os.path.join(path, file) for file in kept]


def _report(opened: Opened, is_blessing: bool) -> Report:
    problems = list(check(opened.template, opened.source, file=opened.file))
    verdicts: list[Verdict] = []
    folder = os.path.dirname(opened.file)
    if opened.template.is_valid:
        tree, wrong = _tests(opened)
        problems += wrong
        verdicts = [_verdict(case, opened, is_blessing) for case in cases.cases(tree)]
        if not verdicts and not wrong:
            problems.append(_untested(opened.file))
    for verdict in verdicts:
        place = os.path.join(folder, cases.FOLDER, verdict.case.name, "values.yaml")
        problems += [replace(each, file=os.path.join(folder, each.file)) for each in verdict.case.problems]
        problems += [each for each in [cases.problem(verdict, place)] if each]
    return Report(opened.file, opened.template.ref, sorted(problems), verdicts)


def _tests(opened: Opened) -> tuple[Tree, list[Problem]]:
    """Read the tests of a template, as paths relative to its folder."""
    folder = opened.folder / cases.FOLDER
    if not folder.is_dir():
        return {}, []
    try:
        return {f"{cases.FOLDER}/{path}": entry for path, entry in read_tree(folder).items()}, []
    except Refused as refused:
        place = os.path.join(os.path.dirname(opened.file), cases.FOLDER)
        return {}, [Problem(file=place, id="test-form", message=str(refused), fix="Take it out.")]


def _verdict(case: cases.Case, opened: Opened, is_blessing: bool) -> Verdict:
    verdict = cases.run(case, opened.template, opened.source)
    if verdict.is_fine or not is_blessing or (tree := cases.blessed(verdict)) is None:
        return verdict
    _bless(opened.folder / cases.FOLDER / case.name, tree)
    print(f"{os.path.join(os.path.dirname(opened.file), cases.FOLDER, case.name)}: expects this now", file=sys.stderr)
    return replace(verdict, difference=())


def _bless(folder: Path, tree: Tree) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink() and cases.is_expectation(f"{path.name}/"):
            shutil.rmtree(path)
        elif cases.is_expectation(path.name):
            path.unlink()
    write_tree(tree, folder, into_existing=True)


def _untested(file: str) -> Problem:
    return Problem(
        file=file,
        line=1,
        column=1,
        id="test-missing",
        message="the template has no test",
        fix="Write tests/minimal/values.yaml with parameters, and run this with --bless.",
        severity=Severity.WARNING,
    )


def _watched(files: Sequence[str]) -> Iterable[str]:
    if len(files) < _MANY or not sys.stderr.isatty():
        return files
    from tqdm import tqdm

    return tqdm(files, desc="checking", unit=" templates", leave=False)
