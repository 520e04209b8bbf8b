"""What goes into the central site and what comes out of it, as values. No behaviour but how they are named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Upload:
    """What the workflow of a repository left for us: anybody who writes to that repository can have made it.

    All but `files` comes from the forge.
    """

    repository_id: int
    repository: str  # owner/name, as it is called now
    commit: str  # that was built
    committed: str  # ISO 8601 date of that commit
    artifact_id: int  # a higher one was uploaded later
    files: Mapping[str, bytes]  # path in the site -> bytes
    artifact: str = "waypost-docs"


@dataclass(frozen=True, slots=True)
class Failure:
    """An artifact that could not even be opened, or a repository that could not be asked; for the report.

    With the number of an artifact it counts as looked at. Without one it is told as long as it is handed over again.
    """

    repository_id: int
    repository: str
    reason: str  # in words
    artifact_id: int = 0
    artifact: str = "waypost-docs"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An upload that did not come onto the site."""

    repository_id: int
    repository: str
    artifact_id: int
    artifact: str
    reason: str
    claim: str = ""  # the entity it wanted to be the documentation of, when that was why
    is_hidden: bool = False  # nobody who reads the catalog may learn that this repository exists


@dataclass(frozen=True, slots=True)
class Documented:
    """An entity of the catalog that a repository declares, as the site needs it."""

    ref: str
    title: str
    description: str
    repository_id: int
    repository: str
    owner: str = ""  # ref
    system: str = ""  # ref
    domain: str = ""  # ref
    is_declared: bool = False  # it says that it has documentation
    visibility: str = "private"  # of its repository
    is_hidden: bool = False  # fewer people may read its repository than the catalog


@dataclass(frozen=True, slots=True)
class Facts:
    """What the catalog's head says."""

    entities: Mapping[str, Documented]  # full ref -> every entity that is declared in a repository
    titles: Mapping[str, str] = field(default_factory=dict)  # full ref -> title, of owners, systems and domains
    catalog: str = ""  # owner/name of the catalog repository
    branch: str = "main"  # its default branch
    server_url: str = "https://github.com"
    readers: str = "private"  # its visibility
    mode: str = "auto"  # docs.publish of waypost.yaml


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page that leads nowhere, or to another site of the centre."""

    page: str  # file of the page, in its site
    target: str  # as written; of links to other sites: the path seen from the top of the centre


@dataclass(frozen=True, slots=True)
class Record:
    """One site of the centre, as state.json keeps it."""

    ref: str
    repository_id: int
    repository: str
    commit: str
    committed: str
    artifact_id: int
    artifact: str
    title: str
    pages: int
    bytes: int
    visibility: str
    mode: str = "auto"  # what it was made for, as docs.publish says it
    assets: tuple[str, ...] = ()  # names of the shared files that its pages ask for
    front: str = ""  # its first Markdown page; "" when there is no Markdown
    broken: tuple[Link, ...] = ()
    away: tuple[Link, ...] = ()  # links to other sites of the centre
    left_out: tuple[str, ...] = ()  # what was dropped from the upload, in words


@dataclass(frozen=True, slots=True)
class State:
    """What the branch remembers."""

    records: Mapping[str, Record] = field(default_factory=dict)  # by ref
    refusals: tuple[Refusal, ...] = ()
    readers: str = "private"  # of the catalog


@dataclass(frozen=True, slots=True)
class Batch:
    """One commit to the branch; empty (and false) when nothing changes."""

    changes: Mapping[str, bytes | None] = field(default_factory=dict)  # None removes
    message: str = ""
    placed: tuple[str, ...] = ()  # refs
    removed: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()  # of these uploads, no failures; hidden ones too, for the operator's log

    def __bool__(self) -> bool:
        return bool(self.changes)
