"""Which installations there are, as the App sees them, or the one organisation that a workflow's tokens can see."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from waypost.forge.adapter import Access, GitHubForge, Organisation
from waypost.forge.api import Api, Send
from waypost.forge.app import App
from waypost.forge.app_deliveries import AppDeliveries
from waypost.forge.credentials import (
    CREATE,
    PEOPLE,
    READ,
    RUNS,
    Credential,
    Fixed,
    Grant,
    InstallationCredential,
    Scope,
    talking,
    writing,
)
from waypost.forge.inspecting import Looker
from waypost.forge.mirror import Author
from waypost.forge.pacing import Pacer
from waypost.forge.protocol import Installation, NotAllowed, NotInstalled
from waypost.forge.workshop import GitHubWorkshop

# Who a workflow's GITHUB_TOKEN is: https://github.com/actions/checkout#push-a-commit-using-the-built-in-token
WORKFLOW_BOT = Author("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")
ONLY = 1  # the number of the one installation without an App


class AppForges:
    """Implements `protocol.Forges` for a GitHub App, or for two. Each installation has its own tokens, pace, memory."""

    def __init__(
        self,
        send: Send,
        app: App,
        writer: App | None,
        mirrors: Path,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._send, self._mirrors, self._clock, self._sleep = send, mirrors, clock, sleep
        self.app, self.writer = app, writer or app
        self._forges: dict[int, GitHubForge] = {}
        self._lock = threading.Lock()

    def installations(self) -> Sequence[Installation]:
        return self.app.installations()

    def forge(self, installation: int) -> GitHubForge:
        with self._lock:
            if installation not in self._forges:
                self._forges[installation] = self._make(installation)
            forge = self._forges[installation]
        forge.sign_in()  # the first one shows whether it is still there; later it costs nothing
        return forge

    def deliveries(self) -> AppDeliveries:
        return AppDeliveries(self.app.api, self.app.credential)

    def as_app(self) -> Looker:
        return Looker(self.app.api, self.app.credential)

    def looker(self, account: str, *permissions: str, as_writer: bool = False) -> Looker:
        """Read permissions over an account, as far as they were granted; raise NotInstalled where the App is not."""
        app = self.writer if as_writer else self.app
        there = app.over(account)
        scope = Scope(tuple((name, "read") for name in ("metadata", *permissions) if name in there.permissions))
        return Looker(Api(self._send, app.pacer(there.id)), app.token_for(there.id, scope))

    def organisations(self) -> Sequence[str]:
        return [one.account for one in self.installations() if not one.is_suspended]

    def workshop(self, organisation: str) -> GitHubWorkshop:
        """A token of its own, with what creating needs as far as it was granted; gone when this process ends."""
        there = self.writer.over(organisation, is_known_to_be_old=True)
        scope = Scope(tuple((name, there.permissions[name]) for name in CREATE if name in there.permissions))
        credential, reader = (self.writer.token_for(there.id, one) for one in (scope, READ))
        api = Api(self._send, self.writer.pacer(there.id))
        return GitHubWorkshop(api, credential, there.account, lambda: self.writer.bot(reader), there.permissions)

    def _make(self, installation: int) -> GitHubForge:
        app = self.app
        reader, people = app.token_for(installation, READ), app.token_for(installation, PEOPLE)
        access = Access(
            reader=reader,
            writer=lambda repository_id: self._writing(installation, writing(repository_id)),
            listing="/installation/repositories?per_page=100",
            author=lambda: self.writer.bot(reader),
            people=lambda: self._organisation(installation, people),
            talker=lambda repository_id: self._talker(installation, repository_id),
            login=lambda: app.bot(reader).name,
            runs=app.token_for(installation, RUNS),
            app_id=app.id,
        )
        api = Api(self._send, app.pacer(installation))
        return GitHubForge(api, access, self._mirrors / str(installation), self._clock)

    def _writing(self, installation: int, scope: Scope) -> InstallationCredential:
        """A token to write with, of the writer's own installation over the same account where that is another App."""
        if self.writer is self.app:
            return self.app.token_for(installation, scope)

        def mint() -> Grant:
            account = self._account(installation)
            there = self.writer.over(account)
            try:
                return self.writer.mint(there.id, scope)
            except NotInstalled:
                again = self.writer.over(account, is_known_to_be_old=True)
                if again.id == there.id:
                    raise
                return self.writer.mint(again.id, scope)

        return InstallationCredential(mint, self._clock)

    def _account(self, installation: int) -> str:
        found = self.app.installation(installation)
        if found is None:
            raise NotInstalled(f"installation {installation} does not exist any more: install the App again")
        return found.account

    def _organisation(self, installation: int, credential: Credential) -> Organisation | None:
        found = self.app.installation(installation)
        if found is None or "members" not in found.permissions:
            return None
        return Organisation(found.account, credential)

    def _talker(self, installation: int, repository_id: int) -> InstallationCredential:
        """Each token has what is granted by then: an admin may accept a permission while we run."""

        def mint() -> Grant:
            found = self.app.installation(installation)
            return self.app.mint(installation, talking(repository_id, found.permissions if found else {}))

        return InstallationCredential(mint, self._clock)


class ActionsForges:
    """Implements `protocol.Forges` in a workflow: one organisation, read with one token, written with another.

    `reading` may be an App instead: it then reads, and nothing else.
    """

    def __init__(
        self,
        send: Send,
        owner: str,
        reading: str | App,
        writing: str,
        mirrors: Path,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._owner, self.app = owner, None if isinstance(reading, str) else reading
        self._reader, people, self._runs = (_signing(reading, owner, scope, clock) for scope in (READ, PEOPLE, RUNS))
        self._api = Api(send, Pacer(clock, sleep))
        self._person: Author | None = None
        self._login = ""
        # the budget of a workflow's own token must not be taken for that of the one that reads
        writer = Fixed(writing, Pacer(clock, sleep))
        everything = f"/orgs/{quote(owner)}/repos?per_page=100&type=all"
        access = Access(
            reader=self._reader,
            writer=lambda repository_id: writer,
            listing=everything if self.app is None else "/installation/repositories?per_page=100",
            author=lambda: WORKFLOW_BOT,
            people=lambda: self._organisation(people),
            talker=lambda repository_id: writer,
            login=lambda: self._speaker(writer),
            runs=self._runs,
        )
        self._forge = GitHubForge(Api(send, Pacer(clock, sleep)), access, mirrors, clock)

    def installations(self) -> Sequence[Installation]:
        if self.app is None:
            return [Installation(ONLY, self._owner)]
        return [self.app.over(self._owner)._replace(id=ONLY)]

    def forge(self, installation: int) -> GitHubForge:
        if installation != ONLY:
            raise NotInstalled(f"there is no installation {installation} without an App")
        self._forge.sign_in()
        return self._forge

    def deliveries(self) -> None:
        return None

    def looker(self, account: str, *permissions: str, as_writer: bool = False) -> Looker:
        """The token reads what it may read."""
        return Looker(self._api, self._runs if "actions" in permissions else self._reader)

    def organisations(self) -> Sequence[str]:
        return [self._owner]

    def workshop(self, organisation: str) -> GitHubWorkshop:
        """With the token for the whole organisation: a workflow's own reaches no other repository."""
        if organisation.lower() != self._owner.lower():
            raise NotInstalled(f"{organisation} is not {self._owner}, the organisation of WAYPOST_CATALOG_REPOSITORY")
        return GitHubWorkshop(self._api, self._reader, self._owner, self._signature)

    def _organisation(self, reader: Credential) -> Organisation | None:
        if self.app is not None and "members" not in self.app.over(self._owner).permissions:
            return None
        return Organisation(self._owner, reader)

    def _speaker(self, writer: Credential) -> str:
        """Whose comments are ours: a workflow's own token is nobody's, a person may look by hand."""
        if not self._login:
            try:
                self._login = self._api.call(writer, "GET", "/user", "asking whose token this is").body["login"]
            except NotAllowed:
                self._login = WORKFLOW_BOT.name
        return self._login

    def _signature(self) -> Author:
        if self._person is None:
            try:
                user = self._api.call(self._reader, "GET", "/user", "asking whose token this is").body
            except NotAllowed:
                self._person = WORKFLOW_BOT
            else:
                name = user.get("name") or user["login"]
                self._person = Author(name, f"{user['id']}+{user['login']}@users.noreply.github.com")
        return self._person


def _signing(reading: str | App, owner: str, scope: Scope, clock: Callable[[], float]) -> Credential:
    """A token somebody gave us can do what it can do; an App's token can do what is asked for here."""
    if isinstance(reading, str):
        return Fixed(reading)
    return InstallationCredential(lambda: reading.mint(reading.over(owner).id, scope), clock)
