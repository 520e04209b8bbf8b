"""Write the catalog repository's files from checkouts or bare clones of every repository, without a forge."""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from waypost import integrations, pages
from waypost.catalog import build, settings
from waypost.catalog.build import Catalog
from waypost.catalog.problems import Severity
from waypost.cli import Exit, UsageError
from waypost.cli.progress import progress
from waypost.pages.site import Site
from waypost.sync import folder, local


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, metavar="SOURCE", help="holds the repositories, in folders owner/repo")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the catalog repository to write")
    parser.add_argument("--config", type=Path, metavar="FILE", help="waypost.yaml (default: the catalog repository's)")
    parser.add_argument("--server-url", default="https://github.com", metavar="URL", help="what links begin with")
    parser.add_argument("--dry-run", action="store_true", help="say what would be written, write nothing")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.epilog = "Exit code 1 says that everything was written, and that the catalog has errors to mend."


def run(arguments: argparse.Namespace) -> int:
    # Nothing here makes cycles worth seeking, and the seeking would grow with every entity that is kept.
    gc.disable()
    try:
        return _run(arguments)
    finally:
        gc.enable()


def _run(arguments: argparse.Namespace) -> int:
    started = time.perf_counter()
    out: Path = arguments.out
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out} is a file; name a folder")
    catalog, site, repositories = _build(arguments.source, out, arguments.config, arguments.server_url.rstrip("/"))
    with progress("writing") as show:
        rendered = _shown(pages.render(catalog, site), 2 * len(catalog.entities), show)
        tally = folder.write(out, rendered, arguments.dry_run)
    problems = catalog.all_problems()
    summary = {
        "repositories": repositories,
        "entities": len(catalog.entities),
        "relations": sum(len(catalog.relations(ref)) for ref in catalog.entities),
        "problems": len(problems),
        "files_written": tally.written,
        "files_unchanged": tally.unchanged,
        "files_removed": tally.removed,
        "seconds": round(time.perf_counter() - started, 3),
    }
    print(json.dumps(summary) if arguments.format == "json" else _sentence(summary, arguments))
    for problem in catalog.settings.problems:
        print(f"{problem.file}:{problem.line}  {problem.message}. {problem.fix}  [{problem.id}]", file=sys.stderr)
    return Exit.PROBLEMS if any(problem.severity is Severity.ERROR for problem in problems) else Exit.FINE


def _find(source: Path) -> list[local.Folder]:
    try:
        return local.find(source)
    except OSError as error:
        raise UsageError(f"{source}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(str(error)) from error


def _build(source: Path, out: Path, config: Path | None, server_url: str) -> tuple[Catalog, Site, int]:
    """Return the catalog, its site and how many repositories were found."""
    folders = _find(source)
    guess = local.catalog_name(folders, settings.Settings())
    people = local.people_files(local.homes(folders, guess, out))
    chosen, _ = settings.parse(_config(config) if config else people.get(local.SETTINGS, ""))
    name = local.catalog_name(folders, chosen)
    if name.lower() != guess.lower():
        people = local.people_files(local.homes(folders, name, out))
    tools, wrong = integrations.read({path: text for path, text in people.items() if path.startswith(local.TOOLS)})
    wrong = tuple(replace(problem, repository=name) for problem in (*chosen.problems, *wrong))
    chosen = replace(chosen, catalog_repository=name, problems=wrong)
    recorded = folder.recorded(out)
    numbered = local.numbered(local.with_catalog(folders, name, out), recorded)
    with progress("reading") as show:
        snapshots = list(local.snapshots(numbered, recorded, chosen, server_url, show))
    today = datetime.now(UTC).date().isoformat()  # ends grace periods; never written
    catalog = build.build(name.partition("/")[0], snapshots, recorded, chosen, today)
    return catalog, Site(name, server_url, about=people.get(local.ABOUT, ""), integrations=tools), len(folders)


def _config(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"--config {path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"--config {path}: is not UTF-8. Save it as UTF-8") from error


def _shown(files: Iterable[tuple[str, str]], total: int, show: Any) -> Iterator[tuple[str, str]]:
    for done, file in enumerate(files, 1):
        yield file
        if not done % 100:
            show(done, max(done, total))


def _sentence(summary: dict[str, Any], arguments: argparse.Namespace) -> str:
    counts = {name: f"{number:,}" for name, number in summary.items()}
    would = "would be " if arguments.dry_run else ""
    return (
        f"{counts['repositories']} repositories, {counts['entities']} entities, {counts['relations']} relations, "
        f"{counts['problems']} problems.\n"
        f"{arguments.out}: {counts['files_written']} files {would}written, {counts['files_unchanged']} unchanged, "
        f"{counts['files_removed']} {would}removed, in {summary['seconds']:.1f} s."
    )
