"""The values the catalog is made of: repositories, entities, relations and the snapshot of one repository.

Only shapes: how a descriptor becomes an entity is in `descriptors`, how snapshots become a catalog in `build`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from waypost.catalog.made_from import MadeFrom
from waypost.catalog.problems import Problem
from waypost.catalog.relations import Relation as Relation
from waypost.catalog.template_folders import TemplateFolder


@dataclass(frozen=True, slots=True)
class Repository:
    """What the forge says of one repository. `id` is its identity: it survives renames and transfers."""

    id: int
    owner: str
    name: str
    url: str = ""  # the page people open, without a trailing slash
    default_branch: str = "main"
    head: str = ""  # commit of the default branch; "" while the repository is empty
    visibility: str = "private"  # public | internal | private
    is_archived: bool = False
    is_fork: bool = False
    description: str = ""
    language: str = ""
    topics: tuple[str, ...] = ()
    is_template: bool = False

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


class Source(NamedTuple):
    """A file that was read, the blob it held, and the last commit that touched it (shown on pages)."""

    path: str
    blob: str  # git's blob id; "" for a file that is no longer there: then the commit is the one that removed it
    commit: str = ""
    committed: str = ""  # ISO 8601 date of that commit, as git gives it


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an entity was declared."""

    repository_id: int
    repository: str  # owner/name
    path: str
    line: int = 1  # of the YAML document's first line, from 1
    index: int = 0  # of the YAML document in its file, from 0
    commit: str = ""
    committed: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """One descriptor that Waypost keeps. `data` is the envelope as declared, plain JSON values; never change it."""

    ref: str  # full lower-case ref: the entity's identity
    kind: str  # as written
    namespace: str
    name: str
    data: Mapping[str, Any]
    origin: Origin
    relations: tuple[Relation, ...] = ()  # what this descriptor states, both directions
    state: str = "present"  # present | orphan | stale | archived
    reason: str = ""  # of a state other than present, in words
    since: str = ""  # ISO date of a state other than present

    @property
    def metadata(self) -> Mapping[str, Any]:
        value: Mapping[str, Any] = self.data["metadata"]
        return value

    @property
    def spec(self) -> Mapping[str, Any]:
        value: Mapping[str, Any] = self.data.get("spec") or {}
        return value

    @property
    def title(self) -> str:
        """Its title; people and teams have theirs in their profile, as in Backstage; else the name."""
        return str(self.metadata.get("title") or self._display_name or self.name)

    @property
    def _display_name(self) -> object:
        profile = self.spec.get("profile") if self.kind in ("User", "Group") else None
        return profile.get("displayName") if isinstance(profile, Mapping) else None

    @property
    def description(self) -> str:
        return str(self.metadata.get("description") or "")

    @property
    def annotations(self) -> Mapping[str, Any]:
        value: Mapping[str, Any] = self.metadata.get("annotations") or {}
        return value


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a repository shows without a descriptor: the raw material of coverage and onboarding."""

    owners: tuple[str, ...] = ()  # from CODEOWNERS, the line of the root, as written (@org/team)
    files: tuple[str, ...] = ()  # names in the root folder, sorted


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything Waypost read of one repository at one commit. Equal contents make equal snapshots."""

    repository: Repository
    entities: tuple[Entity, ...] = ()
    problems: tuple[Problem, ...] = ()
    sources: tuple[Source, ...] = ()
    watched: tuple[str, ...] = ()  # paths and globs beyond the well-known ones whose change matters here
    evidence: Evidence = field(default_factory=Evidence)
    state: str = "present"  # present | stale (could not be read: `reason`) | gone
    reason: str = ""
    since: str = ""  # ISO date of a state other than present, where it is known
    made_from: MadeFrom | None = None
    folders: tuple[TemplateFolder, ...] = ()  # of the templates it declares
