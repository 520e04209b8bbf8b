"""Folders of checkouts and bare clones as the snapshots of an organisation, for builds without a forge.

What a folder cannot say (visibility, language, forks) stays at its default. A repository's id is its place in the order
of names, unless the catalog that is there already records another: a recorded id is kept for good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from waypost.apis.judge import judge
from waypost.catalog.describe import describe
from waypost.catalog.discovery import CODEOWNERS, WELL_KNOWN
from waypost.catalog.entities import Entity, Repository, Snapshot, Source
from waypost.catalog.files import Files, Touch, Wanted
from waypost.catalog.settings import Settings
from waypost.catalog.snapshots import share
from waypost.catalog.teams import is_derived
from waypost.sync.checkouts import Content, is_bare, opened

ROUNDS = 32  # far above what `describe` needs
SETTINGS, ABOUT, TOOLS, REGISTRATIONS = "waypost.yaml", "about.md", "integrations/", "registrations"


@dataclass(frozen=True, slots=True)
class Folder:
    """A repository on this disk."""

    owner: str
    name: str
    path: Path

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


def find(source: Path) -> list[Folder]:
    """Return the repositories below SOURCE/owner/, in the order of their names.

    Raises OSError, and ValueError where an owner's folder is itself a repository.
    """
    found = []
    for owner in source.iterdir():
        if owner.name.startswith(".") or not owner.is_dir():
            continue
        if (owner / ".git").exists() or is_bare(owner):
            raise ValueError(f"{owner} is a repository: put it one folder deeper, named owner/{owner.name}")
        for path in owner.iterdir():
            if path.is_dir() and path.name != ".git":
                found.append(Folder(owner.name, path.name.removesuffix(".git"), path))
    return sorted(found, key=_order)


def _order(folder: Folder) -> tuple[str, str, str]:
    return folder.owner.lower(), folder.name.lower(), folder.full_name


def catalog_name(folders: Sequence[Folder], settings: Settings) -> str:
    """Return owner/name of the catalog repository: as configured, or `catalog` of the owner of most repositories."""
    if settings.catalog_repository:
        return settings.catalog_repository
    owners = Counter(folder.owner for folder in folders)
    owner = settings.organisation or min(owners, key=lambda name: (-owners[name], name), default="")
    return f"{owner}/catalog"


def homes(folders: Sequence[Folder], name: str, out: Path) -> list[Path]:
    """Return where people's files of the catalog may be: the folder that is written, and the repository itself."""
    return [out, *(folder.path for folder in folders if folder.full_name.lower() == name.lower())]


def people_files(places: Sequence[Path]) -> dict[str, str]:
    """Return the texts by which people steer the pages, path by path from the first place that has them."""
    found: dict[str, str] = {}
    for place in places:
        if not place.is_dir():
            continue
        with opened(place) as content:
            tools = [TOOLS + name for name in content.folder(TOOLS.rstrip("/")) if name.endswith(".yaml")]
            for path in (SETTINGS, ABOUT, *tools):
                blob = content.blob(path)
                if blob is not None and blob.text is not None:
                    found.setdefault(path, blob.text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return found


def with_catalog(folders: Sequence[Folder], name: str, out: Path) -> list[Folder]:
    """Add the folder that is written as the catalog repository, when it has registrations and no other is there."""
    known = any(folder.full_name.lower() == name.lower() for folder in folders)
    if known or not (out / REGISTRATIONS).is_dir():
        return list(folders)
    owner, _, short = name.partition("/")
    return sorted([*folders, Folder(owner, short, out)], key=_order)


def numbered(folders: Sequence[Folder], recorded: Mapping[str, Entity]) -> list[tuple[int, Folder]]:
    """Give every repository its id."""
    known = {entity.origin.repository.lower(): entity.origin.repository_id for entity in recorded.values()}
    taken = set(known.values())
    fresh = count(max([len(folders), *taken]) + 1)
    found = []
    for place, folder in enumerate(folders, 1):
        number = known.get(folder.full_name.lower())
        if number is None:
            number = next(fresh) if place in taken else place
        found.append((number, folder))
    return found


def snapshots(
    folders: Sequence[tuple[int, Folder]],
    recorded: Mapping[str, Entity],
    settings: Settings,
    server_url: str,
    show: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Snapshot]:
    """Read every repository, and say of those that the catalog records that they are gone when their folder is."""
    held: dict[int, list[Entity]] = {}
    for entity in recorded.values():
        if not is_derived(entity):
            held.setdefault(entity.origin.repository_id, []).append(entity)
    for done, (number, folder) in enumerate(folders, 1):
        is_catalog = folder.full_name.lower() == settings.catalog_repository.lower()
        yield read(number, folder, held.pop(number, ()), settings, is_catalog, server_url)
        show(done, len(folders))
    for number, entities in sorted(held.items()):
        full_name = entities[0].origin.repository
        owner, _, name = full_name.partition("/")
        reason = f"{full_name} is no longer among the repositories"
        yield Snapshot(Repository(number, owner, name), state="gone", reason=reason)


def read(
    number: int, folder: Folder, held: Sequence[Entity], settings: Settings, is_catalog: bool, server_url: str
) -> Snapshot:
    """Read one repository; `held` is what the catalog records of it."""
    with opened(folder.path) as content:
        url = f"{server_url}/{folder.full_name}"
        repository = Repository(number, folder.owner, folder.name, url, content.branch)
        files = _beginning(content, is_catalog)
        for _ in range(ROUNDS):
            answer = describe(repository, files, kinds=settings.kinds, is_catalog=is_catalog, judge=judge)
            if isinstance(answer, Snapshot):
                for entity in answer.entities:
                    share(entity.data)
                return _with_removals(answer, held, content)
            files = files.add(_wanted(content, answer, files.folders[""]))
    return Snapshot(repository, state="stale", reason=f"{folder.full_name} asks for one file after another")


def _beginning(content: Content, is_catalog: bool) -> Files:
    """Look where `describe` always begins before it asks: for most repositories that is all."""
    root = content.folder("")
    places = CODEOWNERS if is_catalog else (*WELL_KNOWN, *CODEOWNERS)
    blobs = {path: content.blob(path) if _may_exist(path, root) else None for path in places}
    touches = [path for path, blob in blobs.items() if blob is not None and path in WELL_KNOWN]
    return Files(blobs, {"": root}, _touches(content, touches))


def _touches(content: Content, paths: Sequence[str]) -> dict[str, Touch]:
    known = content.touches(paths)
    return {path: known.get(path, Touch("", "")) for path in paths}


def _wanted(content: Content, wanted: Wanted, root: Sequence[str]) -> Files:
    return Files(
        {path: content.blob(path) if _may_exist(path, root) else None for path in wanted.paths},
        {path: content.folder(path) for path in wanted.folders},
        _touches(content, wanted.touches),
        content.tree() if wanted.tree else None,
    )


def _may_exist(path: str, root: Sequence[str]) -> bool:
    """Look at the root's names first: most repositories lack most of the well-known places."""
    first, slash, _ = path.partition("/")
    return first in root or (bool(slash) and f"{first}/" in root)


def _with_removals(snapshot: Snapshot, held: Sequence[Entity], content: Content) -> Snapshot:
    """Add when the descriptors of what is no longer declared were last touched: since then it is an orphan."""
    declared = {entity.ref for entity in snapshot.entities}
    paths = sorted({entity.origin.path for entity in held if entity.ref not in declared})
    touches = content.touches(paths)
    if not touches:
        return snapshot
    sources = {source.path: source for source in snapshot.sources}
    for path, touch in touches.items():
        sources[path] = Source(path, sources[path].blob if path in sources else "", *touch)
    return replace(snapshot, sources=tuple(sorted(sources.values())))
