"""Who we are to GitHub: the App's own token, an installation's, or one that we were given. Asks for nothing twice.

A credential hands out the text of a token and says whether another try is worth it after a 401.
https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

import jwt

from waypost.forge.pacing import Pacer
from waypost.limits import APP_JWT_SECONDS, APP_JWT_SKEW_SECONDS, INSTALLATION_TOKEN_SECONDS

EARLY = 300.0  # seconds before its end that a token is replaced: longer than any one job should take


class Credential(Protocol):
    """Something that can sign a request."""

    @property
    def pacer(self) -> Pacer | None:
        """Whose limits its calls count against, once there is a token; None: those of whoever calls."""

    def token(self) -> str: ...

    def renew(self, refused: str, server_time: float | None) -> bool:
        """After a 401 for this token: say whether `token` now gives another one worth trying."""


class Fixed(NamedTuple):
    """A token somebody gave us: GITHUB_TOKEN, WAYPOST_TOKEN."""

    text: str
    pacer: Pacer | None = None

    def __repr__(self) -> str:
        return "Fixed(***)"

    def token(self) -> str:
        return self.text

    def renew(self, refused: str, server_time: float | None) -> bool:
        return False


class AppCredential:
    """Signs as the App itself, for ten minutes at most. A clock that is wrong is corrected by GitHub's own."""

    pacer = None

    def __init__(self, app_id: int, private_key: str, clock: Callable[[], float]) -> None:
        self._app_id, self._key, self._clock = app_id, private_key, clock
        self._skew = 0.0

    def token(self) -> str:
        now = int(self._clock() + self._skew)
        claims = {
            "iss": str(self._app_id),
            "iat": now - APP_JWT_SKEW_SECONDS,
            "exp": now + APP_JWT_SECONDS - 2 * APP_JWT_SKEW_SECONDS,
        }
        return jwt.encode(claims, self._key, algorithm="RS256")

    def renew(self, refused: str, server_time: float | None) -> bool:
        if server_time is None:
            return False
        before, self._skew = self._skew, server_time - self._clock()
        return abs(self._skew - before) > APP_JWT_SKEW_SECONDS / 2


class Grant(NamedTuple):
    """A token, when it ends (seconds since the epoch) and whose limits its calls count against."""

    token: str
    expires: float
    pacer: Pacer | None = None

    def __repr__(self) -> str:
        return f"Grant(***, {self.expires})"


class InstallationCredential:
    """A token of one installation with fixed permissions, kept until shortly before it ends.

    Threads that need it at the same time wait for one request; `mint` makes that request.
    """

    def __init__(self, mint: Callable[[], Grant], clock: Callable[[], float]) -> None:
        self._mint, self._clock = mint, clock
        self._lock = threading.Lock()
        self._grant = Grant("", 0.0)

    @property
    def pacer(self) -> Pacer | None:
        return self._grant.pacer

    def token(self) -> str:
        with self._lock:
            now = self._clock()
            if self._grant.expires - EARLY <= now:
                grant = self._mint()
                # Our clock may be wrong: a new token lives an hour, whatever its date seems to say.
                is_odd = not EARLY < grant.expires - now <= INSTALLATION_TOKEN_SECONDS
                self._grant = grant._replace(expires=now + INSTALLATION_TOKEN_SECONDS) if is_odd else grant
            return self._grant.token

    def renew(self, refused: str, server_time: float | None) -> bool:
        with self._lock:
            if self._grant.token == refused:  # else another thread has replaced it meanwhile
                self._grant = Grant("", 0.0, self._grant.pacer)
        return True


class Scope(NamedTuple):
    """What a token may do: permissions, and the number of the one repository it is narrowed to (0 is all)."""

    permissions: tuple[tuple[str, str], ...]
    repository_id: int = 0  # not its name: that may be another's by the time the token is asked for

    def request(self) -> Mapping[str, object]:
        """The body of https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app"""
        wanted: dict[str, object] = {"permissions": dict(self.permissions)}
        return wanted | ({"repository_ids": [self.repository_id]} if self.repository_id else {})


# What creating a repository may need, with its own token for as long as it takes.
CREATE = (
    *("actions", "actions_variables", "administration", "checks", "contents", "environments", "issues", "members"),
    *("metadata", "pages", "pull_requests", "repository_custom_properties", "repository_hooks", "secrets", "statuses"),
    "workflows",
)

READ = Scope((("contents", "read"), ("metadata", "read")))
# Not narrowed to a repository: that would cost each of a thousand a call, and reading reaches all of them anyway.
RUNS = Scope((("actions", "read"), ("metadata", "read")))
PEOPLE = Scope((("members", "read"),))  # a token of its own: asking for what was not granted is refused whole


# What a conversation may need; of that, a token has what the organisation granted.
TALK = (
    *(("checks", "write"), ("issues", "write"), ("pull_requests", "write")),
    *(("contents", "read"), ("metadata", "read"), ("statuses", "read")),
)
_LEVELS = ("read", "write", "admin")


def talking(repository_id: int, granted: Mapping[str, str]) -> Scope:
    """The scope of checks, comments and pull requests in that repository, as far as it was granted."""
    levels = {name: (wanted, granted[name]) for name, wanted in TALK if name in granted}
    return Scope(tuple((name, min(both, key=_LEVELS.index)) for name, both in levels.items()), repository_id)


def writing(repository_id: int) -> Scope:
    """The catalog writer's scope: that repository, its contents, nothing else."""
    return Scope((("contents", "write"), ("metadata", "read")), repository_id)
