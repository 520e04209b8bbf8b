"""Looking without touching: GET requests for `waypost doctor`, with a token that may do no more than that asks for."""

from __future__ import annotations

from typing import Any, NamedTuple

from waypost.forge.api import Api, server_time
from waypost.forge.credentials import Credential
from waypost.forge.protocol import NotAllowed, NotFound


class Looker(NamedTuple):
    """Whose eyes: one way to sign, and the pace it keeps to."""

    api: Api
    credential: Credential

    def look(self, path: str, what: str) -> Any:
        """Return the body; None where it is not there, or not for us."""
        try:
            return self.api.call(self.credential, "GET", path, what).body
        except (NotFound, NotAllowed):
            return None

    def server_time(self, path: str, what: str) -> float | None:
        """What the forge's clock shows; raise as any call."""
        return server_time(self.api.call(self.credential, "GET", path, what).headers)
