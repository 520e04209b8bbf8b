"""A forge in memory: honest about stale parents, renames, missing access, budgets and protection; it never sleeps.

Tests act through the methods below "what people do" and read the counts in `calls()`.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from waypost.catalog.entities import Repository
from waypost.catalog.people import People
from waypost.forge.memory_artifacts import MemoryArtifacts
from waypost.forge.memory_deliveries import MemoryDeliveries
from waypost.forge.memory_desk import MemoryDesk
from waypost.forge.memory_people import MemoryPeople
from waypost.forge.memory_repository import Changes, MemoryCommit, MemoryRepository, as_bytes
from waypost.forge.protocol import (
    BranchProtected,
    Budget,
    ForgeError,
    HeadMoved,
    Installation,
    NotFound,
    NotInstalled,
    RateLimited,
    Reading,
    Wish,
)
from waypost.forge.small import is_small
from waypost.limits import REPOSITORIES_PER_READ

PAGE = 100  # repositories a listing call returns
WINDOW = 3_600.0  # seconds until a spent budget is refilled


class MemoryForges:
    """The App's view. `install` makes a tenant; `clock` only matters to budgets."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._forges: dict[int, MemoryForge] = {}
        self.sent = MemoryDeliveries(clock)

    def install(self, account: str, selects_all: bool = True) -> MemoryForge:
        forge = MemoryForge(Installation(len(self._forges) + 1, account, False, selects_all), self._clock)
        self._forges[forge.installation.id] = forge
        return forge

    def deliveries(self) -> MemoryDeliveries:
        return self.sent

    def uninstall(self, installation: int) -> None:
        self._forges.pop(installation).is_gone = True

    def installations(self) -> Sequence[Installation]:
        return [forge.installation for forge in self._forges.values()]

    def forge(self, installation: int) -> MemoryForge:
        if installation not in self._forges:
            raise NotInstalled(f"installation {installation} does not exist")
        forge = self._forges[installation]
        if forge.installation.is_suspended:
            raise NotInstalled(f"the installation in {forge.installation.account} is suspended")
        return forge


class MemoryForge:
    """One installation. Repository names are given as `name` or `owner/name`; case does not matter, as on GitHub."""

    def __init__(self, installation: Installation, clock: Callable[[], float] = time.time) -> None:
        self.installation = installation
        self.is_gone = False
        self.staff = MemoryPeople()
        self._clock = clock
        self._repositories: dict[int, MemoryRepository] = {}
        self._names: dict[str, int] = {}  # lower-case owner/name -> id; old names stay, as redirects do
        self._failures: deque[ForgeError] = deque()
        self._budgets: dict[str, Budget] = {}
        self._calls: Counter[tuple[str, str]] = Counter()
        self._listed: dict[int, object] = {}  # page -> what it held when it was last asked for
        self._stores: dict[tuple[int, str], MemoryStore] = {}
        self._desks: dict[int, MemoryDesk] = {}
        self.dispatched: list[tuple[str, str]] = []  # owner/name and event, for assertions
        self._artifacts = MemoryArtifacts(
            lambda free: self._spend("core", free), lambda name: self._seen(name).value.id
        )

    # what people do

    def create(self, name: str, files: Changes | None = None, **facts: object) -> Repository:
        """Make a repository; `facts` are fields of Repository (`id`, `visibility`, `default_branch`, ...)."""
        full_name = self._full_name(name)
        number = facts.pop("id", None) or max(self._repositories, default=0) + 1
        owner, short = full_name.split("/")
        url = f"https://github.com/{full_name}"
        value = replace(Repository(int(str(number)), owner, short, url), **facts)  # type: ignore[arg-type]
        if value.id in self._repositories:
            raise ValueError(f"repository {value.id} exists already")
        self._repositories[value.id] = MemoryRepository(value)
        self._names[full_name.lower()] = value.id
        return self.push(full_name, files) if files else value

    def push(self, name: str, changes: Changes, message: str = "Change files", date: str = "") -> Repository:
        """Commit to the default branch as somebody else (None removes a path) and return the repository since."""
        repository = self._find(name)
        repository.push(as_bytes(changes), message, date)
        return repository.value

    def force_push(self, name: str, commit: str) -> None:
        """Move the default branch to any commit it once had, or to "" (no branch)."""
        self._find(name).move(commit)

    def describe(self, name: str, **facts: object) -> Repository:
        """Change facts the forge tells of a repository: description, topics, visibility, is_archived, ..."""
        repository = self._find(name)
        repository.value = replace(repository.value, **facts)  # type: ignore[arg-type]
        return repository.value

    def archive(self, name: str, archived: bool = True) -> Repository:
        return self.describe(name, is_archived=archived)

    def rename(self, name: str, new: str) -> Repository:
        """The old name redirects until somebody takes it."""
        repository = self._find(name)
        owner, short = self._full_name(new).split("/")
        url = f"https://github.com/{owner}/{short}"
        repository.value = replace(repository.value, owner=owner, name=short, url=url)
        self._names[f"{owner}/{short}".lower()] = repository.value.id
        return repository.value

    def delete(self, name: str) -> None:
        number = self._find(name).value.id
        del self._repositories[number]
        self._names = {known: to for known, to in self._names.items() if to != number}

    def hide(self, name: str, hidden: bool = True) -> None:
        """Take the App's access away (or give it back): everything answers as if it were deleted."""
        self._find(name).is_hidden = hidden

    def protect(self, name: str, protected: bool = True) -> None:
        """Refuse the App's writes to the default branch; `push` stays possible."""
        self._find(name).is_protected = protected

    def suspend(self, suspended: bool = True) -> None:
        self.installation = self.installation._replace(is_suspended=suspended)

    def fail(self, *errors: ForgeError) -> None:
        """Answer the next calls with these errors, in order."""
        self._failures.extend(errors)

    def limit(self, remaining: int, limit: int = 5_000, resource: str = "core") -> None:
        """Leave only so many calls until the window ends an hour from now."""
        self._budgets[resource] = Budget(limit, remaining, self._clock() + WINDOW)

    def text(self, name: str, path: str) -> str | None:
        """The text of a file at the head, for assertions."""
        data = self._find(name).files.get(path)
        return None if data is None else data.decode()

    def paths(self, name: str) -> list[str]:
        return sorted(self._find(name).files)

    def files(self, name: str, branch: str) -> Mapping[str, bytes]:
        """Everything on a branch, for assertions."""
        repository = self._find(name)
        head = repository.head_of(branch)
        return dict(repository.at(head).files) if head else {}

    def log(self, name: str) -> list[str]:
        """The commit messages of the default branch, newest first."""
        return [commit.message for commit in self._find(name).history()]

    # the port

    def repositories(self) -> Iterable[Repository]:
        seen = [one for _, one in sorted(self._repositories.items()) if not one.is_hidden]
        for page, start in enumerate(range(0, max(len(seen), 1), PAGE)):
            held = [one.value for one in seen[start : start + PAGE]]
            self._spend("core", free=self._listed.get(page) == held)
            self._listed[page] = held
            yield from (replace(value, head="") for value in held)

    def repository(self, repository_id: int) -> Repository:
        self._spend("core")
        found = self._visible(repository_id)
        if found is None:
            raise NotFound(f"repository {repository_id} does not exist, or the App may not see it")
        return replace(found.value, head="")

    def read(self, wishes: Sequence[Wish]) -> Sequence[Reading]:
        if len(wishes) > REPOSITORIES_PER_READ:
            raise ValueError(f"{len(wishes)} wishes in one call: at most {REPOSITORIES_PER_READ}")
        self._spend("graphql")
        return [self._answer(wish) for wish in wishes]

    def tree(self, full_name: str, commit: str) -> Sequence[str]:
        self._spend("core")
        return sorted(self._seen(full_name).at(commit).files)

    def blob(self, full_name: str, blob_id: str) -> bytes:
        self._spend("core")
        return self._seen(full_name).blob(blob_id)

    def git_url(self, full_name: str) -> str:
        return f"https://github.com/{self._seen(full_name).value.full_name}.git"

    def git_token(self, full_name: str) -> str:
        return f"memory-{self._seen(full_name).value.id}"

    def commit(
        self, full_name: str, branch: str, parent: str, changes: Mapping[str, bytes | None], message: str
    ) -> str:
        if not is_small(changes) or not parent:
            raise ValueError("only a small, non-empty batch on an existing branch can be committed by the API")
        self._spend("graphql")
        return self._write(full_name, branch, parent, changes, message)

    def store(self, full_name: str, branch: str) -> MemoryStore:
        number = self._seen(full_name).value.id
        return self._stores.setdefault((number, branch), MemoryStore(self, full_name, branch))

    def desk(self, full_name: str) -> MemoryDesk:
        """Also for tests: the same desk takes what people do in pull requests."""
        found = self._seen(full_name)
        if found.value.id not in self._desks:
            self._desks[found.value.id] = MemoryDesk(found, self._clock, lambda: self._spend("core"))
        return self._desks[found.value.id]

    def dispatch(self, full_name: str, event: str) -> None:
        self._spend("core")
        self.dispatched.append((self._seen(full_name).value.full_name, event))

    def artifacts(self) -> MemoryArtifacts:
        """Also for tests: what runs upload."""
        return self._artifacts

    def people(self) -> People | None:
        self._spend("graphql", free=not self.staff.is_allowed)  # the listing of installations tells already
        return self.staff.seen()

    def budgets(self) -> Mapping[str, Budget]:
        return dict(self._budgets)

    def calls(self) -> Mapping[tuple[str, str], int]:
        return dict(self._calls)

    # within

    def _write(
        self, full_name: str, branch: str, parent: str, changes: Mapping[str, bytes | None], message: str
    ) -> str:
        repository = self._seen(full_name)
        is_protected = repository.is_protected and branch == repository.value.default_branch
        if is_protected or repository.value.is_archived:
            raise BranchProtected(f"{full_name}: {branch} is protected, or the repository is archived")
        if (head := repository.head_of(branch)) != parent:
            raise HeadMoved(f"{full_name}: {branch} is at {head or 'nothing'}, not at {parent}")
        return repository.push(changes, message, "", branch)

    def _spend(self, resource: str, free: bool = False) -> None:
        if self.is_gone or self.installation.is_suspended:
            raise NotInstalled(f"the installation in {self.installation.account} is suspended or gone")
        if self._failures:
            self._calls[resource, "charged"] += 1
            raise self._failures.popleft()
        budget = self._budgets.get(resource)
        if budget is not None and budget.reset <= self._clock():
            budget = Budget(budget.limit, budget.limit, self._clock() + WINDOW)
        if budget is not None and not free:
            if budget.remaining <= 0:
                raise RateLimited(f"the {resource} budget is spent", budget.reset)
            budget = replace(budget, remaining=budget.remaining - 1)
        if budget is not None:
            self._budgets[resource] = budget
        self._calls[resource, "free" if free else "charged"] += 1

    def _answer(self, wish: Wish) -> Reading:
        number = self._names.get(wish.full_name.lower())
        if wish.repository_id and number != wish.repository_id:
            self._spend("core")  # the name is another's by now: ask by number, as the real one does
            number = wish.repository_id
        found = self._visible(number)
        return Reading(wish, None) if found is None else found.answer(wish)

    def _visible(self, number: int | None) -> MemoryRepository | None:
        found = self._repositories.get(number or 0)
        return None if found is None or found.is_hidden else found

    def _seen(self, full_name: str) -> MemoryRepository:
        found = self._visible(self._names.get(full_name.lower()))
        if found is None:
            raise NotFound(f"{full_name} does not exist, or the App may not see it")
        return found

    def _number(self, full_name: str) -> int:
        return self._seen(full_name).value.id

    def _find(self, name: str) -> MemoryRepository:
        return self._repositories[self._names[self._full_name(name).lower()]]

    def _full_name(self, name: str) -> str:
        return name if "/" in name else f"{self.installation.account}/{name}"


class MemoryStore:
    """The writer's view of a branch in a MemoryForge; a large commit counts as a push, which is free."""

    def __init__(self, forge: MemoryForge, full_name: str, branch: str) -> None:
        self._forge, self._full_name, self._branch = forge, full_name, branch
        self._head = ""

    def refresh(self) -> str:
        self._forge._spend("git", free=True)
        self._head = self._forge._seen(self._full_name).head_of(self._branch)
        return self._head

    def tree(self) -> Mapping[str, str]:
        return self._at_head().ids if self._head else {}

    def read(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        files = self._at_head().files if self._head else {}
        return {path: files[path] for path in paths if path in files}

    def commit(self, parent: str, changes: Mapping[str, bytes | None], message: str) -> str:
        tree = self.tree()
        changes = {path: data for path, data in changes.items() if data is not None or path in tree}
        if not changes:
            raise ValueError("nothing would change")
        is_api = bool(parent) and is_small(changes)
        self._forge._spend("graphql" if is_api else "git", free=not is_api)
        self._head = self._forge._write(self._full_name, self._branch, parent, changes, message)
        return self._head

    def _at_head(self) -> MemoryCommit:
        return self._forge._seen(self._full_name).at(self._head)
