"""Which installations there are, as the App sees them, or the one organisation that a workflow's tokens can see."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from waypost.forge.adapter import Access, GitHubForge, Organisation
from waypost.forge.api import Api, Send
from waypost.forge.app_deliveries import AppDeliveries
from waypost.forge.credentials import (
    CREATE,
    PEOPLE,
    READ,
    AppCredential,
    Credential,
    Fixed,
    Grant,
    InstallationCredential,
    Scope,
    talking,
    writing,
)
from waypost.forge.mirror import Author
from waypost.forge.pacing import Pacer
from waypost.forge.protocol import Installation, NotAllowed, NotFound, NotInstalled
from waypost.forge.workshop import GitHubWorkshop

# Who a workflow's GITHUB_TOKEN is: https://github.com/actions/checkout#push-a-commit-using-the-built-in-token
WORKFLOW_BOT = Author("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")
ONLY = 1  # the number of the one installation without an App


class AppForges:
    """Implements `protocol.Forges` for a GitHub App. Each installation has its own tokens, pace and memory."""

    def __init__(
        self,
        send: Send,
        app_id: int,
        private_key: str,
        mirrors: Path,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._send, self._mirrors, self._clock, self._sleep = send, mirrors, clock, sleep
        self._app_id, self._app = app_id, AppCredential(app_id, private_key, clock)
        self._api = Api(send, Pacer(clock, sleep))
        self._forges: dict[int, GitHubForge] = {}
        self._lock = threading.Lock()
        self._author: Author | None = None

    def installations(self) -> Sequence[Installation]:
        pages = self._api.pages(self._app, "/app/installations?per_page=100", "listing the installations", _installed)
        return [installation for page in pages for installation in page]

    def forge(self, installation: int) -> GitHubForge:
        with self._lock:
            if installation not in self._forges:
                self._forges[installation] = self._make(installation)
            forge = self._forges[installation]
        forge.sign_in()  # the first one shows whether it is still there; later it costs nothing
        return forge

    def deliveries(self) -> AppDeliveries:
        return AppDeliveries(self._api, self._app)

    def organisations(self) -> Sequence[str]:
        return [one.account for one in self.installations() if not one.is_suspended]

    def workshop(self, organisation: str) -> GitHubWorkshop:
        """A token of its own, with what creating needs as far as it was granted; gone when this process ends."""
        address = f"/orgs/{quote(organisation)}/installation"
        try:
            found = self._api.call(self._app, "GET", address, f"looking for the installation over {organisation}").body
        except NotFound as error:
            raise NotInstalled(f"the App is not installed over {organisation}: an owner can install it") from error
        held: Mapping[str, str] = found["permissions"]
        scope = Scope(tuple((name, held[name]) for name in CREATE if name in held))
        credential = InstallationCredential(lambda: self._mint(found["id"], scope), self._clock)
        reader = InstallationCredential(lambda: self._mint(found["id"], READ), self._clock)
        api = Api(self._send, Pacer(self._clock, self._sleep))
        return GitHubWorkshop(api, credential, found["account"]["login"], lambda: self._bot(reader), held)

    def _make(self, installation: int) -> GitHubForge:
        def credential(scope: Scope) -> InstallationCredential:
            return InstallationCredential(lambda: self._mint(installation, scope), self._clock)

        reader, people = credential(READ), credential(PEOPLE)
        access = Access(
            reader=reader,
            writer=lambda repository_id: credential(writing(repository_id)),
            listing="/installation/repositories?per_page=100",
            author=lambda: self._bot(reader),
            people=lambda: self._organisation(installation, people),
            talker=lambda repository_id: self._talker(installation, repository_id),
            login=lambda: self._bot(reader).name,
            app_id=self._app_id,
        )
        api = Api(self._send, Pacer(self._clock, self._sleep))
        return GitHubForge(api, access, self._mirrors / str(installation), self._clock)

    def _organisation(self, installation: int, credential: Credential) -> Organisation | None:
        """Look each time: an admin may grant the permission, or take it back, while we run."""
        found = next((one for one in self.installations() if one.id == installation), None)
        if found is None or "members" not in found.permissions:
            return None
        return Organisation(found.account, credential)

    def _talker(self, installation: int, repository_id: int) -> InstallationCredential:
        """Each token has what is granted by then: an admin may accept a permission while we run."""

        def mint() -> Grant:
            found = next((one for one in self.installations() if one.id == installation), None)
            return self._mint(installation, talking(repository_id, found.permissions if found else {}))

        return InstallationCredential(mint, self._clock)

    def _mint(self, installation: int, scope: Scope) -> Grant:
        what = f"asking for a token of installation {installation}"
        address = f"/app/installations/{installation}/access_tokens"
        try:
            answer = self._api.call(self._app, "POST", address, what, dict(scope.request()))
        except NotFound as error:
            raise NotInstalled(f"installation {installation} does not exist any more: install the App again") from error
        return Grant(answer.body["token"], datetime.fromisoformat(answer.body["expires_at"]).timestamp())

    def _bot(self, reader: InstallationCredential) -> Author:
        """The App's own account: commits that carry it are shown with its name and picture."""
        if self._author is None:
            slug = self._api.call(self._app, "GET", "/app", "asking for the App's name").body["slug"]
            name = f"{slug}[bot]"
            user = self._api.call(reader, "GET", f"/users/{quote(name)}", f"looking for {name}").body
            self._author = Author(name, f"{user['id']}+{name}@users.noreply.github.com")
        return self._author


class ActionsForges:
    """Implements `protocol.Forges` in a workflow: one organisation, read with one token, written with another."""

    def __init__(
        self,
        send: Send,
        owner: str,
        reading: str,
        writing: str,
        mirrors: Path,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._installation = Installation(ONLY, owner)
        self._api, self._creating = Api(send, Pacer(clock, sleep)), Fixed(reading)
        self._person: Author | None = None
        access = Access(
            reader=Fixed(reading),
            writer=lambda repository_id: Fixed(writing),
            listing=f"/orgs/{quote(owner)}/repos?per_page=100&type=all",
            author=lambda: WORKFLOW_BOT,
            people=lambda: Organisation(owner, Fixed(reading)),
            talker=lambda repository_id: Fixed(writing),
            login=lambda: WORKFLOW_BOT.name,
        )
        self._forge = GitHubForge(Api(send, Pacer(clock, sleep)), access, mirrors, clock)

    def installations(self) -> Sequence[Installation]:
        return [self._installation]

    def forge(self, installation: int) -> GitHubForge:
        if installation != ONLY:
            raise NotInstalled(f"there is no installation {installation} without an App")
        return self._forge

    def deliveries(self) -> None:
        return None

    def organisations(self) -> Sequence[str]:
        return [self._installation.account]

    def workshop(self, organisation: str) -> GitHubWorkshop:
        """With the token for the whole organisation: a workflow's own reaches no other repository."""
        owner = self._installation.account
        if organisation.lower() != owner.lower():
            raise NotInstalled(f"{organisation} is not {owner}, the organisation of WAYPOST_CATALOG_REPOSITORY")
        return GitHubWorkshop(self._api, self._creating, owner, self._signature)

    def _signature(self) -> Author:
        if self._person is None:
            try:
                user = self._api.call(self._creating, "GET", "/user", "asking whose token this is").body
            except NotAllowed:
                self._person = WORKFLOW_BOT
            else:
                name = user.get("name") or user["login"]
                self._person = Author(name, f"{user['id']}+{user['login']}@users.noreply.github.com")
        return self._person


def _installed(body: Sequence[Mapping[str, Any]]) -> list[Installation]:
    return [
        Installation(
            one["id"],
            one["account"]["login"],
            is_suspended=bool(one.get("suspended_at")),
            selects_all=one.get("repository_selection") == "all",
            permissions=one.get("permissions") or {},
        )
        for one in body
        if one.get("account")
    ]
