"""One installation's view of GitHub: the port `Forge`, on top of `Api`."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from waypost.catalog.entities import Repository
from waypost.catalog.people import People
from waypost.forge import graphql, people
from waypost.forge.api import Api
from waypost.forge.credentials import Credential
from waypost.forge.github_artifacts import GitHubArtifacts
from waypost.forge.github_desk import GitHubDesk, Voice
from waypost.forge.mirror import Author
from waypost.forge.protocol import Budget, ForgeError, NotAllowed, NotFound, Reading, TooLarge, Unavailable, Wish
from waypost.forge.small import is_small
from waypost.forge.store import GitStore
from waypost.limits import REPOSITORIES_PER_READ

TREE_CALLS = 100  # for one tree too large for a single answer; a repository larger than that has no business here

STEP = 5  # wishes more in the next reading, after one that went well


class Organisation(NamedTuple):
    """Whose teams and members may be read, and how."""

    login: str
    reader: Credential


@dataclass(frozen=True, slots=True)
class Access:
    """How one installation signs its calls and where its repositories are listed."""

    reader: Credential
    writer: Callable[[int], Credential]  # by number: narrowed to that repository where GitHub can do it
    listing: str  # address of the first page
    author: Callable[[], Author]  # of the commits we make with git
    people: Callable[[], Organisation | None]  # None: nobody granted that its members are read
    talker: Callable[[int], Credential]  # by number: for checks, comments and pull requests of that repository
    login: Callable[[], str]  # of whoever that credential speaks as
    runs: Credential  # for what workflow runs left, in every repository: the permission actions: read
    app_id: int = 0  # 0: not as an App


class Place(NamedTuple):
    """What writing to a repository needs to know of it."""

    id: int
    git_url: str


class GitHubForge:
    """Implements `protocol.Forge`. Safe between threads; its stores are not."""

    def __init__(self, api: Api, access: Access, mirrors: Path, clock: Callable[[], float]) -> None:
        self.api, self._access = api, access
        self._mirrors, self._clock = mirrors, clock
        self._places: dict[str, Place] = {}  # by owner/name
        self._writers: dict[int, Credential] = {}
        self._talkers: dict[int, Credential] = {}
        self._stores: dict[tuple[str, str], GitStore] = {}
        self._lock = threading.Lock()
        self._answered: Wish | None = None  # a repository that could be read lately
        self._most = REPOSITORIES_PER_READ  # wishes in one question; fewer for a while after one was too large

    def sign_in(self) -> None:
        """Have a token; raise NotInstalled when there is none to be had."""
        self._access.reader.token()

    def repositories(self) -> Iterable[Repository]:
        for page in self.api.pages(self._access.reader, self._access.listing, "listing the repositories", _listed):
            yield from page

    def repository(self, repository_id: int) -> Repository:
        address = f"/repositories/{repository_id}"
        found: Repository = self._get(address, f"looking for repository {repository_id}", _repository)
        return found

    def read(self, wishes: Sequence[Wish]) -> Sequence[Reading]:
        if len(wishes) > REPOSITORIES_PER_READ:
            raise ValueError(f"{len(wishes)} wishes in one call: at most {REPOSITORIES_PER_READ}")
        readings = self._read(wishes)
        lost = {index for index, reading in enumerate(readings) if _is_another(reading)}
        moved: dict[int, Wish] = {}
        for index in lost:
            try:
                found = self.repository(wishes[index].repository_id)
            except (NotFound, NotAllowed):  # gone, or closed to everybody: neither is the others' trouble
                continue
            moved[index] = replace(wishes[index], full_name=found.full_name)
        again = dict(zip(moved, self._read(list(moved.values())), strict=True))
        for index in lost:
            reading = again.get(index)
            if reading is None or _is_another(reading):
                readings[index] = Reading(wishes[index], None)
            else:
                readings[index] = replace(reading, wish=wishes[index])
        return readings

    def tree(self, full_name: str, commit: str) -> Sequence[str]:
        remaining = TREE_CALLS
        paths: list[str] = []
        folders = [("", commit, True)]
        while folders:
            prefix, tree, is_deep = folders.pop()
            if remaining == 0:
                raise ForgeError(f"{full_name} holds too many files to list: {TREE_CALLS} calls were not enough")
            remaining -= 1
            found = self._tree(full_name, tree, is_deep)
            if is_deep and found.get("truncated"):  # list this folder alone, and each one in it by a call of its own
                folders.append((prefix, tree, False))
                continue
            paths += [prefix + entry["path"] for entry in found["tree"] if entry["type"] == "blob"]
            if not is_deep:
                below = (entry for entry in found["tree"] if entry["type"] == "tree")
                folders += [(f"{prefix}{entry['path']}/", entry["sha"], True) for entry in below]
        return paths

    def blob(self, full_name: str, blob_id: str) -> bytes:
        address = f"/repos/{quote(full_name)}/git/blobs/{quote(blob_id, safe='')}"
        answer = self.api.call(self._access.reader, "GET", address, f"reading a file of {full_name}")
        return base64.b64decode(answer.body["content"])

    def git_url(self, full_name: str) -> str:
        return self._place(full_name).git_url

    def git_token(self, full_name: str) -> str:
        return self.writer(full_name).token()

    def commit(
        self, full_name: str, branch: str, parent: str, changes: Mapping[str, bytes | None], message: str
    ) -> str:
        if not is_small(changes) or not parent:
            raise ValueError("only a small, non-empty batch on an existing branch can be committed by the API")
        asked = {"input": graphql.commit_input(full_name, branch, parent, changes, message)}
        data = self.api.graphql(self.writer(full_name), graphql.COMMIT, asked, f"committing to {full_name}")
        return str(data["createCommitOnBranch"]["commit"]["oid"])

    def store(self, full_name: str, branch: str) -> GitStore:
        key = full_name.lower(), branch
        with self._lock:
            if key not in self._stores:
                folder = self._mirrors / f"{full_name.lower().replace('/', '-')}-{quote(branch, safe='')}.git"
                self._stores[key] = GitStore(self, full_name, branch, folder, self._access.author, self._clock)
            return self._stores[key]

    def desk(self, full_name: str) -> GitHubDesk:
        number, access = self._place(full_name).id, self._access
        with self._lock:
            if number not in self._talkers:
                self._talkers[number] = access.talker(number)
        voice = Voice(self._talkers[number], self.writer(full_name), access.login, access.app_id)
        return GitHubDesk(self.api, voice, full_name)

    def dispatch(self, full_name: str, event: str) -> None:
        address, what = f"/repos/{quote(full_name)}/dispatches", f"telling the workflows of {full_name} of {event}"
        self.api.call(self.writer(full_name), "POST", address, what, {"event_type": event}, is_write=True)

    def artifacts(self) -> GitHubArtifacts:
        return GitHubArtifacts(self.api, self._access.runs, self._access.reader)

    def people(self) -> People | None:
        organisation = self._access.people()
        if organisation is None:
            return None
        try:
            return people.read(self.api, organisation.reader, organisation.login)
        except (NotAllowed, NotFound):  # not granted after all, or the account is a person's
            return None

    def budgets(self) -> Mapping[str, Budget]:
        return self.api.pacer.budgets()

    def calls(self) -> Mapping[tuple[str, str], int]:
        return self.api.calls()

    @property
    def reader(self) -> Credential:
        """The credential that may read every repository and write none."""
        return self._access.reader

    def writer(self, full_name: str) -> Credential:
        """The credential that may write this repository, and nothing else where it can be narrowed."""
        number = self._place(full_name).id
        with self._lock:
            if number not in self._writers:
                self._writers[number] = self._access.writer(number)
            return self._writers[number]

    def forget(self, full_name: str) -> None:
        """Look the repository up again before the next write: it may have moved."""
        self._places.pop(full_name, None)

    def _place(self, full_name: str) -> Place:
        if full_name not in self._places:
            self._places[full_name] = self._get(f"/repos/{quote(full_name)}", f"looking for {full_name}", _located)
        return self._places[full_name]

    def _read(self, wishes: Sequence[Wish]) -> list[Reading]:
        """Read in as few calls as the forge has lately had the strength for.

        One that is too large even alone is that repository's fault as long as others are answered, else an outage.
        Where no other was asked for, one that was answered before is asked for as well.
        """
        readings: list[Reading] = []
        is_answering = True
        most = self._most
        while len(readings) < len(wishes):
            part = wishes[len(readings) : len(readings) + most]
            try:
                readings += self._ask(part)
                most = most if is_answering else self._most  # it was that one's fault, not the size's
                is_answering = True
            except TooLarge as error:
                if len(part) > 1:
                    most = len(part) // 2
                    continue
                if not (is_answering if len(wishes) > 1 else self._answers_besides(part[0])):
                    raise
                if len(wishes) == 1:
                    return [Reading(part[0], None, error=error)]
                readings.append(Reading(part[0], None, error=error))
                is_answering = False
        if not is_answering and all(reading.error for reading in readings):
            raise next(reading.error for reading in readings if reading.error)
        most = most if is_answering else self._most
        self._most = most if most < self._most else min(REPOSITORIES_PER_READ, self._most + STEP)
        return readings

    def _ask(self, wishes: Sequence[Wish]) -> list[Reading]:
        query, variables = graphql.question(wishes)
        what = f"reading {len(wishes)} repositories"
        data = self.api.graphql(self._access.reader, query, variables, what, len(wishes))
        readings = [graphql.reading(wish, number, data) for number, wish in enumerate(wishes)]
        for reading in readings:
            if reading.repository is not None:
                self._answered = Wish(reading.repository.id, reading.repository.full_name)
        return readings

    def _answers_besides(self, wish: Wish) -> bool:
        """Say whether the forge answers for another repository, right after it did not for this one."""
        other = self._answered
        if other is None or other.repository_id == wish.repository_id:
            return False
        try:
            self._ask([other])
        except Unavailable:  # an outage, then; during a longer one this is refused without a call
            return False
        return True

    def _tree(self, full_name: str, tree: str, is_deep: bool) -> Mapping[str, Any]:
        address = f"/repos/{quote(full_name)}/git/trees/{quote(tree, safe='')}{'?recursive=1' if is_deep else ''}"
        answer = self.api.call(self._access.reader, "GET", address, f"listing the files of {full_name}")
        found: Mapping[str, Any] = answer.body
        return found

    def _get(self, address: str, what: str, shape: Callable[[Any], Any]) -> Any:
        return next(self.api.pages(self._access.reader, address, what, shape))


def _is_another(reading: Reading) -> bool:
    """Say whether the name led nowhere, or to another repository than the one whose number is known."""
    wanted, found = reading.wish.repository_id, reading.repository
    return bool(wanted) and reading.error is None and (found is None or found.id != wanted)


def _listed(body: Any) -> list[Repository]:
    entries = body["repositories"] if isinstance(body, Mapping) else body
    return [_repository(entry) for entry in entries]


def _located(body: Mapping[str, Any]) -> Place:
    return Place(body["id"], body["clone_url"])


def _repository(found: Mapping[str, Any]) -> Repository:
    """Read GitHub's long description: https://docs.github.com/en/rest/repos/repos#get-a-repository"""
    return Repository(
        id=found["id"],
        owner=found["owner"]["login"],
        name=found["name"],
        url=found["html_url"].rstrip("/"),
        default_branch=found.get("default_branch") or "main",
        visibility=found.get("visibility") or ("private" if found["private"] else "public"),
        is_archived=found.get("archived", False),
        is_fork=found["fork"],
        description=found.get("description") or "",
        language=found.get("language") or "",
        topics=tuple(sorted(found.get("topics") or ())),
        is_template=found.get("is_template", False),
    )
