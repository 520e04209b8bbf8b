"""Check descriptors: files, folders and globs, or - for the standard input.

A folder with a waypost.yaml is a catalog repository: what people write there is checked, all of it.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from waypost.catalog.check import Checked, check
from waypost.catalog.documents import Document, parse
from waypost.catalog.skeletons import is_skeleton_path
from waypost.cli import Exit, UsageError, catalog_files
from waypost.cli.validate_verdicts import Json, Printer, printer
from waypost.cli.verdicts import outputs

FAIL_ON = ("error", "warning", "never")
_MANY = 30  # files, from which on a person may want to see how far it is
_DESCRIPTOR_NAME = re.compile(r"(?:.*[._-])?(?:catalog-info|template)\.ya?ml")
# A file of another name, in a folder, is a descriptor when it says so.
_DESCRIPTOR_LINE = re.compile(rb"""^apiVersion:\s*["']?(?:scaffolder\.)?backstage\.io/""", re.MULTILINE)
_PASSED_OVER = {".git", "node_modules", ".venv", "vendor"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a descriptor, a folder, a glob, or - for the input")
    parser.add_argument(
        "--kind", action="append", default=[], metavar="KIND", help="a kind of your own; may be repeated"
    )
    parser.add_argument(
        "--catalog", metavar="DIR", help="also check names, owners and references against a catalog checkout"
    )
    parser.add_argument(
        "--templates", action="store_true", help="also lint and test templates, as `waypost template check` does"
    )
    parser.add_argument(
        "--fail-on", choices=FAIL_ON, default="error", help="the least problem that gives exit code 1 (default: error)"
    )
    parser.add_argument("--format", choices=["text", "json", "github"], default="text")
    parser.add_argument("--report", metavar="FILE", help="also write what --format json prints into a file")
    parser.add_argument(
        "--comment", action="store_true", help="in a workflow of a pull request: keep one comment with the result there"
    )


def run(arguments: argparse.Namespace) -> int:
    files = list(dict.fromkeys(file for path in arguments.paths for file in find(path, arguments.catalog or "")))
    with ExitStack() as opened:
        shows: list[Printer] = [printer(arguments.format)]
        if arguments.report:
            shows.append(Json(opened.enter_context(_writing(arguments.report))))
        if arguments.comment:
            from waypost.cli.pull_comment import Comment

            shows.append(Comment())
        tally = _show(shows, _verdicts(files, arguments))
        for show in shows:
            show.end(len(files), tally)
    if arguments.report and arguments.format == "github":
        outputs(report=os.path.abspath(arguments.report))
    failing = FAIL_ON[: FAIL_ON.index(arguments.fail_on) + 1] if arguments.fail_on != "never" else ()
    return Exit.PROBLEMS if any(tally[severity] for severity in failing) else Exit.FINE


def _show(shows: Sequence[Printer], verdicts: Iterable[tuple[str, Checked]]) -> Counter[str]:
    """Show every verdict, and count entities and problems."""
    tally: Counter[str] = Counter()
    for file, verdict in verdicts:
        for show in shows:
            show.verdict(file, verdict)
        tally["documents"] += 1
        tally.update(str(problem.severity) for problem in verdict.problems)
    return tally


def _verdicts(files: Collection[str], arguments: argparse.Namespace) -> Iterable[tuple[str, Checked]]:
    catalogs = [path for path in (arguments.catalog, *arguments.paths) if path and catalog_files.is_catalog(path)]
    kinds = [*arguments.kind, *(kind for folder in catalogs for kind in catalog_files.kinds(folder))]
    verdicts = ((file, verdict) for file in _watched(files) for verdict in _judge(file, kinds))
    if arguments.templates:
        verdicts = ((file, catalog_files.tested(file, verdict)) for file, verdict in verdicts)
    if arguments.catalog:
        from waypost.cli.against_catalog import against_catalog

        return against_catalog(arguments.catalog, verdicts)
    return verdicts


def _judge(file: str, kinds: Collection[str]) -> Iterator[Checked]:
    content = _read(file)
    about_catalog = catalog_files.judge(file, content)
    if about_catalog is not None:
        yield about_catalog
        return
    for verdict in judge(content, kinds):
        yield verdict if verdict.kind != "API" else _with_definition(file, content, verdict)


def _with_definition(file: str, content: bytes, verdict: Checked) -> Checked:
    from waypost.cli.definition_verdicts import judged

    return judged(file, content, verdict)


def judge(content: bytes, kinds: Collection[str] = ()) -> Iterator[Checked]:
    """Yield the verdict on every document of a file; on the file as a whole when it cannot be read."""
    parsed = parse(content)
    if parsed.problems:
        yield check(Document(0, 1, problems=parsed.problems, is_broken=True))
    for document in parsed.documents:
        checked = check(document, kinds)
        # What an invalid document states is not known.
        yield checked if checked.is_valid else replace(checked, relations=())


def find(path: str, without: str = "") -> Iterator[str]:
    """Yield the files a PATH stands for, as the person wrote it; raise UsageError when there are none.

    `without` is a folder that is passed over where it is inside another one: a checkout of the catalog.
    """
    if path == "-" or Path(path).is_file():
        yield path
    elif Path(path).is_dir():
        yield from _in_folder(path, without)
    else:
        import glob

        found = sorted(glob.glob(path, recursive=True)) if glob.has_magic(path) else []
        if not found:
            raise UsageError(f'there is no "{path}" here')
        for each in found:
            yield from _in_folder(each, without) if Path(each).is_dir() else [each]


def _in_folder(folder: str, without: str = "") -> Iterator[str]:
    if catalog_files.is_catalog(folder):
        yield from catalog_files.written(folder, _in_folder)
        return
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in set(folders) - _PASSED_OVER if not _is(os.path.join(parent, name), without)
        )
        for name in sorted(files):
            path = os.path.join(parent, name)
            if not name.endswith((".yaml", ".yml")) or is_skeleton_path(os.path.relpath(path, folder)):
                continue
            if _DESCRIPTOR_NAME.fullmatch(name) or _DESCRIPTOR_LINE.search(_read(path)):
                yield path


def _is(folder: str, other: str) -> bool:
    return other != "" and os.path.abspath(folder) == os.path.abspath(other)


def _read(path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error


def _writing(path: str) -> TextIO:
    try:
        return open(path, "w", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def _watched(files: Collection[str]) -> Iterable[str]:
    if len(files) < _MANY or not sys.stderr.isatty():
        return files
    from tqdm import tqdm

    return tqdm(files, desc="validating", unit=" files", leave=False)
