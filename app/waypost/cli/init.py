"""Begin a catalog repository in a folder, from the template that comes with Waypost.

No file of yours is changed; `--add` adds what a catalog repository lacks, and renews schemas/. References to Waypost's
actions are filled in from `--actions`, from WAYPOST_ACTIONS, or from how this Waypost was installed. Makes nothing on
GitHub: what to do there is printed.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import indent

from waypost.cli import Exit, UsageError
from waypost.config import Config, ConfigError, read_environment
from waypost.create import our_actions
from waypost.create.beginning import MODES, SCHEMAS, Facts, Reference, begin
from waypost.create.disk import read_tree, shipped, write_tree
from waypost.golden.paths import Refused
from waypost.golden.tree import File, Tree

_NAME = r"[\w.-]+"
_FIX = {
    "actions": "say where Waypost's actions are: --actions OWNER/REPO@TAG",
    "catalog": "say whose catalog it is: --org ORGANISATION",
    "team": "say whose catalog it is: --org ORGANISATION",
}
_NEXT = """
Next, without a server (docs/actions-only.md of Waypost says it at length):
  1. Create {catalog}, without any file:
       {server}/organizations/{owner}/repositories/new?name={name}&visibility=private
  2. Make a fine-grained token: owner {owner}, all repositories, read access to Contents, Metadata and Actions, and
     to Members of the organisation. It becomes the secret WAYPOST_TOKEN:
       {server}/{catalog}/settings/secrets/actions/new
  3. Push this folder:
       git init --initial-branch main && git add --all && git commit --message "Begin the catalog"
       git push {server}/{catalog}.git main
  4. The push begins the first refresh; minutes later the README is the front door of your catalog. If not:
       {server}/{catalog}/actions/workflows/refresh.yml
"""
_NEXT_APP = """
Next: push this folder to {server}/{catalog}, and install the App there. A worker then writes the pages.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", type=Path, help="a new folder, or one that holds nothing but .git")
    parser.add_argument("--org", default="", metavar="O", help="the organisation; O/NAME when it is not called catalog")
    parser.add_argument("--platform-team", default="platform", metavar="SLUG", help="who reviews it: a team of GitHub")
    parser.add_argument("--actions", default="", metavar="OWNER/REPO@REF", help="where Waypost's actions are")
    parser.add_argument("--mode", choices=MODES, default="actions", help="app: a server does what the workflows would")
    parser.add_argument("--add", action="store_true", help="the folder holds something: add what is missing")
    parser.add_argument("--dry-run", action="store_true", help="print the paths, write nothing")


def run(arguments: argparse.Namespace) -> int:
    try:
        config = read_environment(os.environ)
    except ConfigError as error:
        raise UsageError(str(error)) from error
    server = os.environ.get("GITHUB_SERVER_URL", "").rstrip("/") or config.web_url
    catalog = _catalog(arguments, config, server)
    actions = _actions(arguments.actions or config.actions, server)
    facts = _facts(arguments, catalog, server, actions)
    beginning = begin(shipped("catalog_template"), shipped("schemas"), facts)
    there = _there(arguments.folder, arguments.add)
    missing = {path: entry for path, entry in beginning.files.items() if _is_wanted(path, entry, there)}
    if arguments.dry_run:
        print("\n".join(sorted(missing)))
    else:
        _write(missing, arguments.folder)
        kept = len(beginning.files.keys() & there.keys() - missing.keys())
        stay = f"; {kept:,} were there and stay as they are" if kept else ""
        print(f"{arguments.folder}: {len(missing):,} files added{stay}")
        if not beginning.left_out and not any(path.startswith("entities/") for path in there):  # not refreshed yet
            print(_next(arguments.mode, catalog, server))
    left_out = {path: fact for path, fact in beginning.left_out.items() if path not in there}
    if isinstance(actions, str) and "actions" in left_out.values():
        print(f"Nothing says where Waypost's actions are: {actions}.", file=sys.stderr)
    for fact, paths in _by_fact(left_out).items():
        print(f"Left out:\n{indent(paths, '  ')}\nTo have them, {_FIX[fact]}, and --add.", file=sys.stderr)
    return Exit.PROBLEMS if left_out else Exit.FINE


def _catalog(arguments: argparse.Namespace, config: Config, server: str) -> str:
    """Return owner/name of the catalog repository; "" when neither words nor the folder's origin say whose it is."""
    word = arguments.org or ("" if "/" not in config.catalog_repository else config.catalog_repository)
    word = word or (our_actions.origin(arguments.folder, server) if (arguments.folder / ".git").exists() else "")
    if word and not re.fullmatch(f"{_NAME}(/{_NAME})?", word, re.ASCII):
        raise UsageError(
            f'--org: "{word}" is no organisation. Write acme, or acme/portal when it is not called catalog'
        )
    if not re.fullmatch(_NAME, arguments.platform_team, re.ASCII):
        raise UsageError(f'--platform-team: "{arguments.platform_team}" is no slug of a team. Write platform')
    if not word or "/" in word:
        return word
    return f"{word}/{config.catalog_repository.rpartition('/')[2]}"


def _actions(word: str, server: str) -> Reference | str:
    """Find the reference to our actions; return why there is none when nobody said one."""
    try:
        return our_actions.look_up(word, server) if word else our_actions.installed(server)
    except our_actions.Unknown as error:
        if word:
            raise UsageError(str(error)) from error
        return str(error)


def _facts(arguments: argparse.Namespace, catalog: str, server: str, actions: Reference | str) -> Facts:
    owner = catalog.partition("/")[0]
    return Facts(
        mode=arguments.mode,
        catalog_url=f"{server}/{catalog}" if catalog else "",
        platform_team=f"{owner}/{arguments.platform_team}" if owner else "",
        actions=None if isinstance(actions, str) else actions,
    )


def _there(folder: Path, is_adding: bool) -> Tree:
    """Read what the folder holds, and refuse one that somebody uses for something else."""
    try:
        there = read_tree(folder) if folder.exists() else {}
    except Refused as error:
        raise UsageError(str(error)) from error
    if there and not is_adding:
        first = ", ".join(sorted(there)[:3])
        raise UsageError(f"{folder} holds files already ({first}). --add adds what is missing and changes none of them")
    return there


def _is_wanted(path: str, entry: object, there: Tree) -> bool:
    """Say whether to write a file: one that is missing, or a schema of another version of Waypost."""
    if path.startswith(SCHEMAS) and isinstance(entry, File):
        return there.get(path) != entry
    return path not in there


def _write(missing: Tree, folder: Path) -> None:
    try:
        write_tree(missing, folder, into_existing=True)
    except Refused as error:
        raise UsageError(str(error)) from error
    except OSError as error:
        raise UsageError(f"{error.filename or folder}: {error.strerror}") from error


def _next(mode: str, catalog: str, server: str) -> str:
    owner, _, name = catalog.partition("/")
    text = _NEXT if mode == "actions" else _NEXT_APP
    return text.format(catalog=catalog, owner=owner, name=name, server=server).rstrip()


def _by_fact(left_out: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for path, fact in sorted(left_out.items()):
        found.setdefault("catalog" if fact == "team" else fact, []).append(path)
    return {fact: "\n".join(paths) for fact, paths in found.items()}
