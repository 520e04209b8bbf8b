"""Put one site that `waypost docs build` has made onto the central site, by hand. It is judged like every upload.

Through the forge it becomes a commit on the branch waypost-docs; with --site it is written into a checkout of it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from waypost.cli import Exit, UsageError
from waypost.cli.verdicts import count

if TYPE_CHECKING:
    from waypost.docs.central.values import Batch, Facts, State, Upload

STATE = "state.json"
METADATA = "techdocs_metadata.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", type=Path, help="a site made by waypost docs build")
    parser.add_argument("--entity", metavar="REF", required=True, help="whose documentation it is")
    parser.add_argument("--commit", metavar="SHA", default="", help="what was built")
    parser.add_argument("--committed", metavar="DATE", default="", help="the date of that commit: 2026-05-01")
    parser.add_argument("--site", metavar="DIR", type=Path, help="offline: a checkout of the branch waypost-docs")
    parser.add_argument("--catalog", metavar="DIR", type=Path, help="with --site: a checkout of the catalog repository")
    parser.add_argument(
        "--visibility",
        choices=["private", "internal", "public"],
        default="",
        help="with --site: who may read the entity's repository; else as the branch knows it, or private",
    )
    parser.add_argument("--org", default="", metavar="O", help="only this organisation")
    parser.add_argument("--mermaid", metavar="FILE", type=Path, help="mermaid.min.js: draws the diagrams in the pages")
    parser.add_argument("--dry-run", action="store_true", help="say what would change, write nothing")
    parser.add_argument("--format", choices=["text", "json"], default="text")


def run(arguments: argparse.Namespace) -> int:
    try:
        import waypost.docs.central.batch  # noqa: F401
    except ModuleNotFoundError as error:
        raise UsageError(f'{error.name} is not installed. Install it: pip install "waypost[docs]"') from error
    if arguments.site is not None and arguments.catalog is None:
        raise UsageError("--site: name a checkout of the catalog repository as well, with --catalog")
    files = _files(arguments.folder)
    return _offline(arguments, files) if arguments.site is not None else _online(arguments, files)


def _files(folder: Path) -> dict[str, bytes]:
    if not (folder / METADATA).is_file():
        raise UsageError(f"{folder}: no site. Make one: waypost docs build REPOSITORY --out {folder}")
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.is_symlink() and file.resolve().is_relative_to(folder.resolve())
    }


def _upload(arguments: argparse.Namespace, facts: Facts, state: bytes, files: Mapping[str, bytes]) -> Upload:
    """Return the site as its repository would leave it: it replaces what is there and gives way to what comes later."""
    from waypost.catalog.refs import parse_ref
    from waypost.docs.central.state import read
    from waypost.docs.central.values import Upload

    try:
        ref = str(parse_ref(arguments.entity, default_kind="component"))
    except ValueError as error:
        raise UsageError(f"--entity: {error}. Write component:default/NAME.") from error
    entity = facts.entities.get(ref)
    if entity is None:
        raise UsageError(f"--entity: {ref} is not in the catalog. Register it first.")
    there = read(state).records.get(ref)
    files = _claimed(arguments.folder, files, ref)
    number, artifact = (there.artifact_id, there.artifact) if there else (0, "waypost-docs")
    return Upload(
        entity.repository_id, entity.repository, arguments.commit, arguments.committed, number, files, artifact
    )


def _claimed(folder: Path, files: Mapping[str, bytes], ref: str) -> Mapping[str, bytes]:
    """Return the files with the entity in them; a site that was built for another one is a mistake."""
    try:
        row = json.loads(files[METADATA])
        built_for = str(row.get("entity") or "")
    except (ValueError, AttributeError) as error:
        raise UsageError(f"{folder / METADATA}: cannot be read. Build the site again.") from error
    if built_for and built_for != ref:
        raise UsageError(f"{folder}: was built for {built_for}, not for {ref}. Build it with --entity {ref}")
    return {**files, METADATA: json.dumps({**row, "entity": ref}).encode()}


def _online(arguments: argparse.Namespace, files: Mapping[str, bytes]) -> int:
    from waypost.cli.connection import configured
    from waypost.cli.docs_collect import catalogs
    from waypost.docs.limits import BRANCH
    from waypost.forge.protocol import ForgeError
    from waypost.sync.collecting import Outcome, publish

    try:
        found = list(catalogs(configured(), arguments.org))
        if len(found) != 1:
            raise UsageError(f"{count(len(found), 'organisation')} can be seen. Name one: --org")
        (seen,) = found
        store = seen.forge.store(seen.full_name, BRANCH)
        store.refresh()
        upload = _upload(arguments, seen.facts, store.read([STATE]).get(STATE, b""), files)
        outcome = Outcome()
        publish(store, seen.facts, [upload], outcome, mermaid=_mermaid(arguments), is_dry=arguments.dry_run)
    except ForgeError as error:
        raise UsageError(str(error)) from error
    reasons = [*(one.reason for one in outcome.failures), *(one.reason for one in outcome.refusals)]
    return _show(arguments, reasons, outcome.placed, f"{seen.full_name}, branch {BRANCH}", len(outcome.commits))


def _offline(arguments: argparse.Namespace, files: Mapping[str, bytes]) -> int:
    from waypost.docs.apart import NotTried, try_apart
    from waypost.docs.central import batch
    from waypost.docs.central.state import BrokenState, read
    from waypost.pages.plan import blob_id

    site: Path = arguments.site
    held = {
        file.relative_to(site).as_posix(): file.read_bytes()
        for file in sorted(site.rglob("*"))
        if file.is_file() and ".git" not in file.relative_to(site).parts
    }
    state = held.get(STATE, b"")
    try:
        known = _facts(arguments.catalog, read(state))
        upload = _upload(arguments, known, state, files)
        known = _as_visible(known, upload.repository_id, arguments.visibility)
        tree = {path: blob_id(data) for path, data in held.items()}
        mermaid = _mermaid(arguments)
        sound, failures = try_apart([upload], known, mermaid is not None)
        done = batch.place(tree, state, known, sound, failures, mermaid)
    except NotTried as error:
        raise UsageError(str(error)) from error
    except BrokenState as error:
        raise UsageError(f"{site}: {error}") from error
    if not arguments.dry_run:
        _write(done, site)
    reasons = [*(one.reason for one in failures), *(one.reason for one in done.refusals)]
    return _show(arguments, reasons, done.placed, str(site), len(done.changes))


def _facts(catalog: Path, state: State) -> Facts:
    """Read a catalog from its checkout; who may read what is taken from the branch."""
    from waypost.catalog import records, settings
    from waypost.docs.central.facts import facts

    entities = []
    for file in sorted((catalog / "entities").glob("*/*/*/*.yaml")):
        try:
            entities.append(records.read(file.read_text("utf-8")))
        except ValueError:  # as in `sync.publish`: what was edited beyond recognition claims nothing
            continue
    if not entities:
        raise UsageError(f"{catalog}: no entities. Name a checkout of the catalog repository.")
    text = (catalog / settings.FILE).read_text("utf-8") if (catalog / settings.FILE).is_file() else ""
    chosen, _ = settings.parse(text)
    visibilities = {record.repository_id: record.visibility for record in state.records.values()}
    return facts(entities, chosen, chosen.catalog_repository, state.readers, visibilities)


def _as_visible(facts: Facts, repository_id: int, visibility: str) -> Facts:
    from waypost.catalog.settings import is_wider

    if not visibility:
        return facts
    entities = {
        ref: replace(one, visibility=visibility, is_hidden=one.is_hidden and is_wider(facts.readers, visibility))
        if one.repository_id == repository_id
        else one
        for ref, one in facts.entities.items()
    }
    return replace(facts, entities=entities)


def _write(done: Batch, site: Path) -> None:
    for path, data in done.changes.items():
        file = site / path
        if data is None:
            file.unlink(missing_ok=True)
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.parent.resolve().is_relative_to(site.resolve()) or file.is_symlink():
            raise UsageError(f"{file}: a link that leads out of {site}. Remove it.")
        file.write_bytes(data)


def _mermaid(arguments: argparse.Namespace) -> bytes | None:
    from waypost.cli.docs_build import read_mermaid

    return read_mermaid(arguments.mermaid)


def _show(arguments: argparse.Namespace, reasons: list[str], placed: object, where: str, changes: int) -> int:
    if arguments.format == "json":
        row = {"published": not reasons, "where": where, "changes": changes, "reasons": reasons}
        print(json.dumps(row, ensure_ascii=False))
    elif reasons:
        print(f"{arguments.folder}: refused: {' '.join(reasons)}", file=sys.stderr)
    elif not placed:
        print(f"{where}: has this already")
    else:
        print(f"{where}: {'would be' if arguments.dry_run else 'is'} published, {arguments.entity}")
    return Exit.PROBLEMS if reasons else Exit.FINE
