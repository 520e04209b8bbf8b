"""One GitHub App: signs as itself, knows where it is installed, makes tokens that can do no more than they are for.

There may be two: *Waypost* reads and talks everywhere, *Waypost Writer* writes where it was let in. Each installation
of each has limits of its own at GitHub, and so a pacer of its own here, which all of its tokens share.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from waypost.forge.api import Api, Send
from waypost.forge.credentials import AppCredential, Credential, Grant, InstallationCredential, Scope
from waypost.forge.mirror import Author
from waypost.forge.needs import LEVELS
from waypost.forge.pacing import Pacer
from waypost.forge.protocol import Installation, NotAllowed, NotFound, NotInstalled


class App:
    """Safe between threads."""

    def __init__(
        self, send: Send, app_id: int, private_key: str, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self.id, self._clock, self._sleep = app_id, clock, sleep
        self.credential = AppCredential(app_id, private_key, clock)
        self.api = Api(send, Pacer(clock, sleep))
        self._pacers: dict[int, Pacer] = {}
        self._over: dict[str, Installation] = {}  # by account, lower-case
        self._shown: Mapping[str, Any] = {}
        self._author: Author | None = None
        self._lock = threading.Lock()

    def installations(self) -> Sequence[Installation]:
        address = "/app/installations?per_page=100"
        pages = self.api.pages(self.credential, address, "listing the installations", _installed)
        return [installation for page in pages for installation in page]

    def installation(self, number: int) -> Installation | None:
        """Look each time: an admin may grant a permission, or take it back, while we run."""
        return next((one for one in self.installations() if one.id == number), None)

    def over(self, account: str, is_known_to_be_old: bool = False) -> Installation:
        """Find the installation over an account; raise NotInstalled with the address where an owner can make it."""
        key = account.lower()
        if is_known_to_be_old or key not in self._over:
            self._over.pop(key, None)
            self._over[key] = self._look(account)
        return self._over[key]

    def show(self) -> Mapping[str, Any]:
        """What GitHub says of the App itself, asked for once."""
        if not self._shown:
            self._shown = self.api.call(self.credential, "GET", "/app", "asking for the App's name").body
        return self._shown

    def token_for(self, installation: int, scope: Scope) -> InstallationCredential:
        return InstallationCredential(lambda: self.mint(installation, scope), self._clock)

    def mint(self, installation: int, scope: Scope) -> Grant:
        """Ask for a token; raise NotAllowed naming what was not granted, NotInstalled when the App was removed."""
        what = f"asking for a token of installation {installation}"
        address = f"/app/installations/{installation}/access_tokens"
        try:
            answer = self.api.call(self.credential, "POST", address, what, dict(scope.request()))
        except NotFound as error:
            raise NotInstalled(f"installation {installation} does not exist any more: install the App again") from error
        except NotAllowed as error:
            raise self._lacking(installation, scope, error) from error
        ends = datetime.fromisoformat(answer.body["expires_at"]).timestamp()
        return Grant(answer.body["token"], ends, self.pacer(installation))

    def pacer(self, installation: int) -> Pacer:
        with self._lock:
            return self._pacers.setdefault(installation, Pacer(self._clock, self._sleep))

    def bot(self, reader: Credential) -> Author:
        """The App's own account: commits that carry it are shown with its name and picture."""
        if self._author is None:
            name = f"{self.show()['slug']}[bot]"
            user = self.api.call(reader, "GET", f"/users/{quote(name)}", f"looking for {name}").body
            self._author = Author(name, f"{user['id']}+{name}@users.noreply.github.com")
        return self._author

    def _look(self, account: str) -> Installation:
        what = f"looking for the installation over {account}"
        for kind in ("orgs", "users"):
            address = f"/{kind}/{quote(account)}/installation"
            try:
                (found,) = _installed([self.api.call(self.credential, "GET", address, what).body])
            except NotFound:
                continue
            return found
        raise NotInstalled(
            f"{self.show()['name']} is not installed over {account}. An owner can install it:"
            f" {self.show()['html_url']}/installations/new"
        )

    def _lacking(self, installation: int, scope: Scope, error: NotAllowed) -> NotAllowed:
        found = self.installation(installation)
        if found is None:
            return error
        lacking = [f"{name}: {level}" for name, level in scope.permissions if not _has(found, name, level)]
        if not lacking:
            return error
        return NotAllowed(
            f"{found.account} has not granted {', '.join(lacking)} to {self.show()['name']}. An owner can accept it:"
            " Settings of the organisation, GitHub Apps"
        )


def _has(installation: Installation, name: str, level: str) -> bool:
    return LEVELS.get(installation.permissions.get(name, ""), 0) >= LEVELS[level]


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
