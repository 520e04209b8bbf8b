"""Fetch what repositories built and put it onto the central site. Runs nothing of theirs, believes nothing of it.

In a workflow WAYPOST_TOKEN reads the organisation's runs and GITHUB_TOKEN writes the catalog repository. Beside an App
this is a safety net: the server does the same as soon as a run has ended.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from waypost.catalog.entities import Repository
from waypost.cli import Exit, UsageError
from waypost.cli.collect_verdicts import show
from waypost.cli.connection import configured, connected
from waypost.cli.docs_build import read_mermaid
from waypost.config import Config
from waypost.docs.limits import BRANCH
from waypost.forge.protocol import Forge, ForgeError, Forges, NotAllowed, Wish
from waypost.sync.documentation import facts_at
from waypost.sync.publish import Memory, Place

if TYPE_CHECKING:
    from waypost.docs.central.values import Facts
    from waypost.sync.collecting import Outcome

NO_RIGHT = (
    "WAYPOST_TOKEN may not read workflow runs. Give it Actions: read for the repositories of the organisation"
    " (a fine-grained token: Repository permissions, Actions, Read-only; an App: the same, and an owner accepts it)"
)


class Seen(NamedTuple):
    """A catalog at its head, and the repositories that can be seen beside it."""

    forge: Forge
    full_name: str
    known: Mapping[int, Repository]
    facts: Facts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--org", default="", metavar="O", help="only this organisation")
    parser.add_argument("--dry-run", action="store_true", help="fetch and judge, say what would change, write nothing")
    parser.add_argument("--mermaid", metavar="FILE", type=Path, help="mermaid.min.js: draws the diagrams in the pages")
    parser.add_argument("--format", choices=["text", "json", "github"], default="text")


def run(arguments: argparse.Namespace) -> int:
    try:
        from waypost.sync.collecting import Outcome
    except ModuleNotFoundError as error:
        raise UsageError(f'{error.name} is not installed. Install it: pip install "waypost[docs]"') from error

    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    config, mermaid = configured(), read_mermaid(arguments.mermaid)
    forges = connected(config)
    code = Exit.FINE
    for number, account in _accounts(forges, arguments.org):
        try:
            catalog = _see(forges.forge(number), config, account)
            name, outcome = catalog.full_name, _collect(catalog, mermaid, arguments.dry_run)
        except ForgeError as error:  # of this organisation; another one may be fine
            name, outcome = account, Outcome(error=error)
        if isinstance(outcome.error, NotAllowed) and not config.is_app:
            outcome.error = NotAllowed(f"{NO_RIGHT}. {outcome.error}")
        show(name, outcome, arguments.format, arguments.dry_run)
        code = Exit.PROBLEMS if outcome.error else code
    return code


def catalogs(config: Config, organisation: str) -> Iterator[Seen]:
    """Yield the catalog of each organisation, or of the one that is named, as documentation needs it."""
    forges = connected(config)
    for number, account in _accounts(forges, organisation):
        yield _see(forges.forge(number), config, account)


def _collect(catalog: Seen, mermaid: bytes | None, is_dry: bool) -> Outcome:
    from waypost.sync.collecting import collect, homes

    store, artifacts = catalog.forge.store(catalog.full_name, BRANCH), catalog.forge.artifacts()
    wanted = homes(catalog.facts, catalog.known)
    return collect(artifacts, store, catalog.facts, wanted, mermaid=mermaid, is_dry=is_dry)


def _see(forge: Forge, config: Config, account: str) -> Seen:
    known = {one.id: one for one in forge.repositories()}
    found = _catalog(forge, config, account, known)
    server = found.url.removesuffix(f"/{found.full_name}")
    place = Place(found.owner, found.full_name, found.default_branch, server)
    return Seen(forge, found.full_name, known, facts_at(forge, place, Memory(), known, found.visibility))


def _accounts(forges: Forges, organisation: str) -> Sequence[tuple[int, str]]:
    found = [(one.id, one.account) for one in forges.installations() if not one.is_suspended]
    if not organisation:
        return found
    mine = [one for one in found if one[1].lower() == organisation.lower()]
    if not mine:
        names = ", ".join(sorted(account for _, account in found)) or "none"
        raise UsageError(f'--org: "{organisation}" is none of those that can be seen: {names}')
    return mine


def _catalog(forge: Forge, config: Config, account: str, known: Mapping[int, Repository]) -> Repository:
    owner, _, name = config.catalog_repository.rpartition("/")
    full_name = f"{owner or account}/{name}"
    listed = next((one for one in known.values() if one.full_name.lower() == full_name.lower()), None)
    found = listed or forge.read([Wish(0, full_name)])[0].repository
    if found is None:
        fix = "Name the catalog repository in WAYPOST_CATALOG_REPOSITORY"
        raise ForgeError(f"{full_name} is not there, or may not be seen. {fix}")
    return found
