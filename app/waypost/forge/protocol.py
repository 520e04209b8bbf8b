"""The port to a forge: the few things Waypost asks of GitHub, and the errors that mean something to us.

`github.py` is the real one, `memory.py` the in-memory one that tests use; both pass tests/unit/forge/test_contract.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from waypost.catalog.entities import Repository
from waypost.catalog.files import Blob, Touch
from waypost.catalog.people import People
from waypost.forge.artifacts import Artifacts
from waypost.forge.deliveries import Deliveries
from waypost.forge.desk import Desk


class ForgeError(Exception):
    """Something between us and the forge went wrong. The text is for a person and holds no secret."""


class NotFound(ForgeError):
    """The forge answered 404: it does not exist or this token may not see it."""


class NotInstalled(ForgeError):
    """The App is not installed there, or suspended."""


class NotAllowed(ForgeError):
    """401 or 403 without a rate limit: the token lacks a permission. The text names it where known."""


class HeadMoved(ForgeError):
    """The branch is no longer at the parent we planned from. Nothing was written; plan again."""


class BranchProtected(ForgeError):
    """A rule of the repository refused the write."""


class NotMergeable(ForgeError):
    """The forge does not merge this pull request: it conflicts, is a draft, or a rule waits for something."""


class RateLimited(ForgeError):
    """No call may be made before `until` (seconds since the epoch); where only creating must wait, others may."""

    def __init__(self, message: str, until: float, is_creating_only: bool = False) -> None:
        super().__init__(message)
        self.until = until
        self.is_creating_only = is_creating_only


class Unavailable(ForgeError):
    """5xx, a time-out or no connection: try again later, not before `until` when that is given (else 0)."""

    def __init__(self, message: str, until: float = 0.0) -> None:
        super().__init__(message)
        self.until = until


class TooLarge(Unavailable):
    """The forge gave up on a question that takes it too long: ask less at once."""


class TooBig(ForgeError):
    """What was asked for is larger than whoever asked can use."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to read of one repository in a batch."""

    repository_id: int
    full_name: str  # owner/name as last known; the answer carries the present one
    paths: tuple[str, ...] = ()  # files whose blobs are wanted
    folders: tuple[str, ...] = ()  # folders whose entries are wanted; "" is the root
    touches: tuple[str, ...] = ()  # paths whose last commit is wanted
    at: str = ""  # commit to read at; "" means the head of the default branch


@dataclass(frozen=True, slots=True)
class Reading:
    """The answer to a wish. `repository` is None when the forge says it is not there (or not for us).

    While a repository is empty its default branch is not known here and said to be main; `Forge.repository` knows it.
    """

    wish: Wish
    repository: Repository | None
    # only paths that exist; without text also what is larger than the forge hands out inline
    blobs: Mapping[str, Blob] = field(default_factory=dict)
    folders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # folder -> entry names, "name/" for folders
    touches: Mapping[str, Touch] = field(default_factory=dict)
    error: ForgeError | None = None  # this one alone cannot be read; then `repository` is None


class Installation(NamedTuple):
    """One place the App is installed in: the tenant. Its id is part of every key."""

    id: int
    account: str  # the organisation's login
    is_suspended: bool = False
    selects_all: bool = True  # repository_selection: all | selected
    permissions: Mapping[str, str] = {}  # what was granted: name -> read | write | admin


@dataclass(frozen=True, slots=True)
class Budget:
    """What the rate-limit headers said last. Times are seconds since the epoch."""

    limit: int
    remaining: int
    reset: float


class Store(Protocol):
    """One branch as its writer sees it: read everything at one head, commit on top of exactly that head.

    `refresh` chooses the head; `tree` and `read` speak of it until the next `refresh` or own `commit`.
    Only one thread may use a store at a time (the catalog key's lease sees to that).
    """

    def refresh(self) -> str:
        """Look where the branch is now and return that commit; "" while it does not exist (an empty repository).

        Cheap when nothing moved. Costs no API quota (git), raises as the Forge does.
        """

    def tree(self) -> Mapping[str, str]:
        """Path -> git blob id of every file at the head; empty while there is no branch. Do not change it."""

    def read(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        """The bytes of those paths that exist at the head. Ask for many at once: it is one pass over git."""

    def commit(self, parent: str, changes: Mapping[str, bytes | None], message: str) -> str:
        """Commit changes of any size (None removes) on top of `parent` and return the new head.

        `parent` is what `refresh` returned ("" makes the branch's first commit). Removing a path that is not there
        is no change. Raise HeadMoved when the branch is elsewhere (nothing was written), BranchProtected when a rule
        forbids it, ValueError when nothing would change.
        """


class Forge(Protocol):
    """One installation's view of the forge: every call uses that installation's token and budget."""

    def repositories(self) -> Iterable[Repository]:
        """Every repository the installation can see, in the forge's order. Unchanged listings cost no quota.

        A listing does not know heads: `head` is "" in all of them. Raises rather than stop half way.
        """

    def repository(self, repository_id: int) -> Repository:
        """One repository by its number, wherever it moved (`head` is ""); raise NotFound when gone or not for us."""

    def read(self, wishes: Sequence[Wish]) -> Sequence[Reading]:
        """Answer up to 50 wishes in their order: in one call, unless names moved or the forge asks for smaller ones."""

    def tree(self, full_name: str, commit: str) -> Sequence[str]:
        """Every path in a commit (for globs); raise NotFound for an unknown commit."""

    def blob(self, full_name: str, blob_id: str) -> bytes:
        """The bytes of one blob, also of one too large for `read`."""

    def git_url(self, full_name: str) -> str:
        """The address git clones from, without credentials."""

    def git_token(self, full_name: str) -> str:
        """A token for git over HTTP (user x-access-token), narrowed to that repository, contents: write."""

    def commit(
        self, full_name: str, branch: str, parent: str, changes: Mapping[str, bytes | None], message: str
    ) -> str:
        """Commit changes (None removes) on top of `parent` and return the new head.

        Small batches (see limits) on an existing branch only; raise ValueError otherwise. Raise HeadMoved when the
        branch is elsewhere. The writer uses `store`, which chooses between this and a push.
        """

    def store(self, full_name: str, branch: str) -> Store:
        """The catalog repository's branch for its one writer; the same object for the same branch."""

    def desk(self, full_name: str) -> Desk:
        """The pull requests, checks, comments and issues of one repository."""

    def dispatch(self, full_name: str, event: str) -> None:
        """Start the workflows of a repository that wait for this `repository_dispatch`; none may."""

    def artifacts(self) -> Artifacts:
        """What workflow runs left, of every repository; without a call."""

    def people(self) -> People | None:
        """The visible teams and the members of the organisation; None where nobody may say: the permission
        members: read was not granted, or the account is a person's. Secret teams are not among them."""

    def budgets(self) -> Mapping[str, Budget]:
        """The last known budgets by resource ("core", "graphql")."""

    def calls(self) -> Mapping[tuple[str, str], int]:
        """How many calls were made, by (resource, "charged" | "free"); a 304 and git are free."""


class Forges(Protocol):
    """The App's view: which installations there are, and a Forge for each."""

    def installations(self) -> Sequence[Installation]: ...

    def deliveries(self) -> Deliveries | None:
        """What was sent to the App; None without one: then nothing is sent."""

    def forge(self, installation: int) -> Forge:
        """Raise NotInstalled when it is gone or suspended."""
