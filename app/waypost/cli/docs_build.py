"""Build the documentation of a repository as a site, offline. Runs nothing that the repository holds."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from waypost.catalog.problems import Problem, Severity
from waypost.cli import Exit, UsageError
from waypost.cli.progress import progress
from waypost.cli.verdicts import add_to_summary, annotate, count, line, outputs, plain, row

_MARK = "techdocs_metadata.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", type=Path, help="a checkout of the repository")
    parser.add_argument("--out", metavar="DIR", required=True, type=Path, help="a new folder, or a site built before")
    parser.add_argument("--entity", metavar="REF", default="", help="whose documentation; else the descriptor tells")
    parser.add_argument(
        "--assets", metavar="PATH", default="", help="where sites share style sheets and scripts, seen from this site"
    )
    parser.add_argument("--mermaid", metavar="FILE", type=Path, help="mermaid.min.js: draws the diagrams in the pages")
    parser.add_argument("--preview", action="store_true", help="links work in the unpacked folder, without a server")
    parser.add_argument("--format", choices=["text", "json", "github"], default="text")


def run(arguments: argparse.Namespace) -> int:
    try:
        from waypost.docs.artifacts import artifact_of, preview_of
        from waypost.docs.build import build
        from waypost.docs.preview import for_files
        from waypost.docs.problems import CannotBuild
    except ModuleNotFoundError as error:
        raise UsageError(f'{error.name} is not installed. Install it: pip install "waypost[docs]"') from error

    if not arguments.folder.is_dir():
        raise UsageError(f"{arguments.folder}: no such folder. Name a checkout of the repository.")
    _refuse_foreign(arguments.out)
    with progress("building") as show:
        try:
            built = build(
                arguments.folder,
                arguments.entity,
                _assets(arguments.assets),
                read_mermaid(arguments.mermaid),
                _seconds(os.environ.get("SOURCE_DATE_EPOCH", "")),
                show,
            )
        except CannotBuild as error:
            _show((error.problem,), None, arguments)
            return Exit.PROBLEMS
    _write(for_files(built.files) if arguments.preview else built.files, arguments.out)
    sum = {
        "out": str(arguments.out),
        "entity": built.source.entity,
        "artifact": (preview_of if arguments.preview else artifact_of)(built.source.entity),
        "pages": built.pages,
        "files": len(built.files),
        "bytes": len(b"".join(built.files.values())),
    }
    _show(built.problems, sum, arguments)
    return Exit.FINE


def _assets(path: str) -> str:
    from waypost.docs.extensions import is_inside

    inner = path.removeprefix("./")
    while inner.startswith("../"):
        inner = inner.removeprefix("../")
    if path and not is_inside(inner):
        raise UsageError(f'--assets: "{path}" is no relative path. Write it as seen from the site: ../../../assets/')
    return f"{path.rstrip('/')}/" if path else ""


def read_mermaid(file: Path | None) -> bytes | None:
    """Return the drawing program, where one was named."""
    if file is None:
        return None
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}. Name mermaid.min.js of the npm package mermaid.") from error


def _seconds(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _refuse_foreign(out: Path) -> None:
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / _MARK).is_file())):
        raise UsageError(f"{out}: holds other files. Name a new folder, or one with a site built before.")


def _write(files: Mapping[str, bytes], out: Path) -> None:
    """Write a site beside its place and move it there, so that no half of one is ever seen."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        try:
            for path, data in files.items():
                (made / path).parent.mkdir(parents=True, exist_ok=True)
                (made / path).write_bytes(data)
            made.chmod(0o755)
            if out.exists():
                shutil.rmtree(out)
            made.rename(out)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    except OSError as error:
        raise UsageError(f"{error.filename or out}: {error.strerror}.") from error


def _show(problems: Sequence[Problem], sum: Mapping[str, object] | None, arguments: argparse.Namespace) -> None:
    if arguments.format == "json":
        found = [{"file": problem.file, **plain(problem)} for problem in problems]
        print(json.dumps({"valid": sum is not None, **(sum or {}), "problems": found}, ensure_ascii=False))
        return
    text = _sum(problems, sum)
    if arguments.format == "github":
        _show_to_github([(_place(arguments.folder, problem), problem) for problem in problems], sum, text)
        return
    for problem in problems:
        print(line(problem.file, problem))
    print(text, file=sys.stdout if sum else sys.stderr)


def _show_to_github(found: Sequence[tuple[str, Problem]], sum: Mapping[str, object] | None, text: str) -> None:
    annotate(found)
    print(text)
    rows = [row(file, problem) for file, problem in found]
    whose = f" of {sum['entity']}" if sum and sum["entity"] else ""
    add_to_summary(os.environ.get("GITHUB_STEP_SUMMARY", ""), f"documentation{whose}", text, rows)
    if sum is not None:
        told = {name: sum[name] for name in ("entity", "artifact", "pages")}
        outputs(**told, warnings=_warnings([problem for _, problem in found]))


def _place(folder: Path, problem: Problem) -> str:
    """Return the file of a problem as seen from where the command runs, as annotations need it."""
    return problem.file if problem.file.startswith("--") else os.path.normpath(folder / problem.file)


def _sum(problems: Sequence[Problem], sum: Mapping[str, object] | None) -> str:
    if sum is None:
        return "Nothing was written."
    warnings = _warnings(problems)
    found = f"; {count(warnings, 'warning')}" if warnings else ""
    return f"{sum['out']}: {count(int(str(sum['pages'])), 'page')}, {int(str(sum['bytes'])) // 1024:,} kB{found}"


def _warnings(problems: Sequence[Problem]) -> int:
    return Counter(problem.severity for problem in problems)[Severity.WARNING]
