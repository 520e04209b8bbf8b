"""Where templates and what they fetch come from: the catalog repository, a folder on disk, other repositories.

Only repositories of the organisation are fetched, by the forge, never an address that a template thought of.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from waypost.catalog import records, settings
from waypost.catalog.entities import Entity
from waypost.catalog.explain import did_you_mean
from waypost.catalog.refs import DEFAULT_NAMESPACE, full_ref, parse_ref
from waypost.create.disk import read_tree
from waypost.create.kinds.paths import at
from waypost.forge.creating import Workshop
from waypost.forge.protocol import ForgeError, NotFound
from waypost.golden.paths import Refused
from waypost.golden.sources import Source, below, is_remote, within
from waypost.golden.tree import File, Tree

FILES = ("template.yaml", "template.yml")
FOLDER = "templates"
_COMMIT = re.compile(r"[0-9a-f]{40}")


class NoTemplate(Exception):
    """The template that was asked for cannot be had; the text says what to ask for."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A template as found: its text, its folder, and the tree in which relative addresses may lead."""

    text: str
    file: str  # path of template.yaml in the tree
    tree: Tree = field(repr=False)
    version: str = ""  # the commit that last touched the folder; "" on a disk
    source: str = ""  # owner/name/folder; "" on a disk

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.file)


@dataclass(frozen=True, slots=True)
class Library:
    """What the catalog repository's head says: its templates, its entities, and who may create."""

    full_name: str
    commit: str
    server: str  # https://github.com
    tree: Tree = field(repr=False)

    @property
    def settings(self) -> settings.Settings:
        found = self.tree.get(settings.FILE)
        return settings.parse(_text(found) if isinstance(found, File) else "", self.full_name)[0]

    @property
    def entities(self) -> Recorded:
        return Recorded(self.tree)


class Recorded(Mapping[str, Entity]):
    """The entities that a catalog repository records, each read when it is asked for."""

    def __init__(self, tree: Tree) -> None:
        self._files = {ref: path for path in tree if (ref := _ref(path))}
        self._tree = tree

    def __getitem__(self, ref: str) -> Entity:
        found = self._tree[self._files[ref]]
        try:
            return records.read(_text(found) if isinstance(found, File) else "")
        except ValueError as error:
            raise KeyError(ref) from error

    def __contains__(self, ref: object) -> bool:
        return ref in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def _ref(path: str) -> str:
    """Return the ref whose record this is; "" for other files."""
    parts = path.split("/")
    if len(parts) != 5 or parts[0] != "entities" or not path.endswith(".yaml"):
        return ""
    kind, namespace, name = (unquote(part) for part in (parts[1], parts[2], parts[4].removesuffix(".yaml")))
    return full_ref(kind, namespace, name)


def library(workshop: Workshop, full_name: str) -> Library:
    """Read the catalog repository; raise NotFound when there is none."""
    found = workshop.look(at(full_name), f"looking for the catalog repository {full_name}")
    if found is None:
        raise NotFound(
            f"there is no catalog repository {full_name}, so nobody is allowed to create anything."
            " Name it in WAYPOST_CATALOG_REPOSITORY, or make one"
        )
    server = found["html_url"].removesuffix(f"/{found['full_name']}")
    commit = workshop.head(found["full_name"], found["default_branch"])
    tree: Tree = {}
    if commit:
        tree = workshop.files(found["full_name"], commit, (settings.FILE, FOLDER, "entities"))
    return Library(found["full_name"], commit, server, tree)


def find(workshop: Workshop, books: Library, asked: str, version: str = "") -> Shelf:
    """Find a template: a folder on disk, a name or ref in the catalog repository (at an earlier version of it)."""
    if is_folder(asked):
        return on_disk(Path(asked))
    name = _name(asked)
    tree = workshop.files(books.full_name, version, (FOLDER,)) if version else books.tree
    for file in (f"{FOLDER}/{name}/{one}" for one in FILES):
        if isinstance(found := tree.get(file), File):
            version = version or workshop.touched(books.full_name, books.commit, f"{FOLDER}/{name}")
            return Shelf(_text(found), file, tree, version, f"{books.full_name}/{FOLDER}/{name}")
    known = sorted({path.split("/")[1] for path in books.tree if path.startswith(f"{FOLDER}/") and path.count("/") > 1})
    there = f" There are: {', '.join(known)}" if known else " It has none: put one into templates/<name>/template.yaml"
    raise NoTemplate(f'{books.full_name} has no template "{name}".{did_you_mean(name, known)}{there}')


def is_folder(asked: str) -> bool:
    """Say whether a path is meant: a plain word is a name in the catalog, whatever folder there happens to be here."""
    return asked.startswith((".", "/")) or ("/" in asked and ":" not in asked)


def _name(asked: str) -> str:
    try:
        ref = parse_ref(asked, "template")
    except ValueError as error:
        raise NoTemplate(f'"{asked}" is no template: give its name, its ref or its folder') from error
    if ref.kind.lower() != "template" or ref.namespace.lower() != DEFAULT_NAMESPACE or ref.name in (".", ".."):
        raise NoTemplate(f'"{asked}" is no template of the catalog repository: those are template:default/<name>')
    return ref.name


def on_disk(folder: Path) -> Shelf:
    """Read a template's folder, and the checkout around it: a step may fetch from beside its own folder."""
    folder = folder.resolve()
    file = next((folder / name for name in FILES if (folder / name).is_file()), None)
    if file is None:
        raise NoTemplate(f"{folder} has no template.yaml")
    top = next((one for one in (folder, *folder.parents) if (one / ".git").exists()), folder)
    try:
        tree = read_tree(top)
    except Refused as error:
        raise NoTemplate(str(error)) from error
    path = file.relative_to(top).as_posix()
    found = tree[path]
    return Shelf(_text(found) if isinstance(found, File) else "", path, tree)


def source(workshop: Workshop, books: Library, shelf: Shelf) -> Source:
    """Return what fetches for the steps of a template; each address is fetched once."""
    fetched: dict[str, Tree | None] = {}
    beside = within(shelf.tree, shelf.folder)

    def fetch(url: str) -> Tree | None:
        if url not in fetched:
            fetched[url] = _remote(workshop, books, url) if is_remote(url) else beside(url)
        return fetched[url]

    return fetch


def _remote(workshop: Workshop, books: Library, url: str) -> Tree | None:
    """Fetch part of another repository of the organisation: https://github.com/acme/skeletons/tree/main/python."""
    if not url.startswith(f"{books.server}/"):
        return None
    parts = unquote(urlsplit(url).path).removeprefix(urlsplit(books.server).path).strip("/").split("/")
    if len(parts) < 2 or parts[0].lower() != workshop.organisation.lower():
        return None
    full_name = f"{parts[0]}/{parts[1].removesuffix('.git')}"
    found = workshop.look(at(full_name), f"looking for {full_name}")
    if found is None:
        return None
    ref = parts[3] if len(parts) > 3 and parts[2] in ("tree", "blob") else "HEAD"
    path = posixpath.normpath("/".join(parts[4:]) or ".")
    if path.startswith(".."):
        return None
    branch = found["default_branch"] if ref == "HEAD" else ref
    commit = ref if _COMMIT.fullmatch(ref) else workshop.head(full_name, branch)
    if not commit:
        raise ForgeError(f"{url}: {full_name} has no branch {branch}")
    wanted = "" if path == "." else path
    return below(workshop.files(full_name, commit, (wanted,) if wanted else ()), wanted)


def _text(entry: File) -> str:
    return entry.data.decode("utf-8", "replace")
