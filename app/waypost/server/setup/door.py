"""Who may set up: whoever has the one-time token from the terminal, and from then on the session it opened.

Forms carry a token of the session, and what GitHub sends back a `state` of it: each is compared in constant time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from waypost.limits import APP_MANIFEST_SECONDS
from waypost.server.setup.shelf import Shelf, Shelved

SESSION_SECONDS = 12 * 3_600.0
WRONG_TOKENS = 20  # in a minute, whoever they are from; a right one is let in all the same
MINUTE = 60.0
MOST_STATES = 10


class TooManyTries(Exception):
    """Wrong tokens come too fast."""


@dataclass(frozen=True, slots=True, repr=False)
class Session:
    """One browser that showed the token. `wish` is what was chosen on the first page."""

    id: str  # a hash of the cookie
    form_token: str
    wish: Mapping[str, Any]


class Door:
    """One set-up. Without `new_token` nobody gets in."""

    def __init__(self, shelf: Shelf, clock: Callable[[], float]) -> None:
        self._shelf, self._clock = shelf, clock

    def new_token(self) -> str:
        """Make the token that opens one session; the one before is void."""
        token = secrets.token_urlsafe(32)
        with self._shelf.open() as held:
            held["token"] = _hash(token)
        return token

    def enter(self, token: str) -> str | None:
        """Take the token and return the cookie of a new session; None for a wrong one. Raise TooManyTries."""
        with self._shelf.open() as held:
            if _same(held.get("token") or "", _hash(token)):
                held["token"] = ""
                cookie = secrets.token_urlsafe(32)
                until = self._clock() + SESSION_SECONDS
                opened = {"form": secrets.token_urlsafe(32), "until": until, "states": {}, "wish": {}}
                held.setdefault("sessions", {})[_hash(cookie)] = opened
                return cookie
            recent = [at for at in held.get("wrong", []) if at > self._clock() - MINUTE]
            held["wrong"] = [*recent, self._clock()][-WRONG_TOKENS:]
        if len(recent) >= WRONG_TOKENS:
            raise TooManyTries
        return None

    def session(self, cookie: str) -> Session | None:
        """Return the session of a cookie, None when there is none (any more)."""
        with self._shelf.open() as held:
            found = self._find(held, _hash(cookie)) if cookie else None
            return None if found is None else Session(_hash(cookie), found["form"], found["wish"])

    def keep(self, session: Session, **wish: Any) -> None:
        """Remember what was chosen."""
        with self._shelf.open() as held:
            if found := self._find(held, session.id):
                found["wish"] = {**found["wish"], **wish}

    def new_state(self, session: Session, role: str) -> str:
        """Make the `state` of one registration; it is good for one answer within an hour."""
        state = secrets.token_urlsafe(32)
        with self._shelf.open() as held:
            if found := self._find(held, session.id):
                states = {**found["states"], _hash(state): [role, self._clock() + APP_MANIFEST_SECONDS]}
                found["states"] = dict(list(states.items())[-MOST_STATES:])
        return state

    def take_state(self, session: Session, state: str) -> str:
        """Use up a state and return the role it was made for; "" for one that is forged, used or too old."""
        with self._shelf.open() as held:
            found = self._find(held, session.id)
            match = next((one for one in (found or {}).get("states", {}) if _same(one, _hash(state))), "")
            if found is None or not match:
                return ""
            role, until = found["states"].pop(match)
            return str(role) if until > self._clock() else ""

    def is_own_form(self, session: Session, token: str) -> bool:
        return _same(session.form_token, token)

    def _find(self, held: Shelved, id: str) -> dict[str, Any] | None:
        sessions = held.get("sessions", {})
        for one in [one for one, session in sessions.items() if session["until"] <= self._clock()]:
            del sessions[one]
        match = next((one for one in sessions if _same(one, id)), "")
        return sessions[match] if match else None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _same(one: str, other: str) -> bool:
    return bool(one) and hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))
