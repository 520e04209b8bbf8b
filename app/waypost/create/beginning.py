"""The first files of a catalog repository: the shipped template, filled in. Knows no disk and no forge.

A file that needs a fact nobody knows is left out and named, never written half: run it again when the fact is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from waypost.golden.tree import File, Tree

MODES = ("actions", "app")
SCHEMAS = "schemas/"  # ours to renew: editors hold people's files against them
# What stands in the template for a fact. The first is an address that linters and editors take for a real one.
CATALOG = "https://github.com/ORGANISATION/CATALOG"
TEAM = "@ORGANISATION/PLATFORM-TEAM"
ACTIONS = re.compile(rb"\bOWNER/waypost(/actions/[a-z-]+)@0{40} # unreleased")
OWNER = re.compile(rb"^  owner: platform$", re.MULTILINE)
# The App does what these do.
_APP_DOES = {f".github/workflows/{name}.yml" for name in ("create-repository", "docs", "refresh", "request")}
_MARK = re.compile(r"\s*<!-- Without the App only: (begin|end) -->\s*")


@dataclass(frozen=True, slots=True)
class Reference:
    """Where our actions are: a repository, the commit, and what people call that commit."""

    repository: str  # owner/name
    sha: str
    tag: str = ""

    def __str__(self) -> str:
        return f"{self.repository}@{self.sha}" + (f" # {self.tag}" if self.tag else "")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the template asks for; "" and None: not known."""

    mode: str = "actions"
    catalog_url: str = ""  # the page of the catalog repository on GitHub
    platform_team: str = ""  # owner/slug
    actions: Reference | None = None
    branch: str = "main"  # the default one of the catalog repository


@dataclass(frozen=True, slots=True)
class Beginning:
    """The files, and which were left out for want of what: path -> "actions", "catalog" or "team"."""

    files: Tree
    left_out: Mapping[str, str]


def begin(template: Tree, schemas: Tree, facts: Facts) -> Beginning:
    """Fill the template in."""
    files, left_out = dict(template), {}
    files.update({f"{SCHEMAS}{path}": entry for path, entry in schemas.items()})
    for path, entry in template.items():
        if facts.mode == "app" and path in _APP_DOES:
            del files[path]
        elif isinstance(entry, File):
            filled = _filled(path, entry.data, facts)
            if missing := next(_missing(path, filled), ""):
                left_out[path] = missing
                del files[path]
            else:
                files[path] = replace(entry, data=filled)
    return Beginning(files, left_out)


def _filled(path: str, data: bytes, facts: Facts) -> bytes:
    if facts.actions:
        repository, _, rest = str(facts.actions).partition("@")
        data = ACTIONS.sub(lambda found: f"{repository}{found[1].decode()}@{rest}".encode(), data)
    if facts.catalog_url:
        data = data.replace(CATALOG.encode(), facts.catalog_url.encode())
    if path.startswith("docs/"):
        data = data.replace(b"/new/main?", f"/new/{facts.branch}?".encode())
    if facts.platform_team:
        data = data.replace(TEAM.encode(), f"@{facts.platform_team}".encode())
        if path.startswith("templates/") and path.endswith("/template.yaml"):
            owner = facts.platform_team.rpartition("/")[2]
            data = OWNER.sub(f"  owner: {owner}".encode(), data, count=1)
    if path.endswith(".md") and not path.startswith("templates/"):
        data = _of_mode(data.decode("utf-8"), facts.mode).encode()
    return data


def _missing(path: str, data: bytes) -> Iterator[str]:
    if ACTIONS.search(data) and not path.endswith(".md"):  # a page can be read with the reference still to fill in
        yield "actions"
    if CATALOG.encode() in data:
        yield "catalog"
    if TEAM.encode() in data:
        yield "team"


def _of_mode(text: str, mode: str) -> str:
    """Drop the marks around what is so without the App only; with the App, what they surround as well."""
    kept, is_out = [], False
    for line in text.splitlines(keepends=True):
        if mark := _MARK.fullmatch(line):
            is_out = mode == "app" and mark[1] == "begin"
        elif not is_out:
            kept.append(line)
    return "".join(kept)
