"""Reading a webhook's payload, which strangers wrote: what is not there, or is something else, is "", 0 or None."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from waypost.config import Config
from waypost.queue.protocol import Key, Mark

# One `git push` makes several deliveries, and people push twice in a row: wait for the rest before reading.
SETTLE_SECONDS = 0.2
_LARGEST_ID = 2**63 - 1
Payload = Mapping[str, Any]


def at(payload: Payload, *words: str) -> object:
    """Follow keys into a payload."""
    value: object = payload
    for word in words:
        value = value.get(word) if isinstance(value, Mapping) else None
    return value


def text(payload: Payload, *words: str) -> str:
    value = at(payload, *words)
    return value if isinstance(value, str) else ""


def number(payload: Payload, *words: str) -> int:
    value = at(payload, *words)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def identity(payload: Payload, *words: str) -> int | None:
    """Return a number that can name something in a database."""
    found = number(payload, *words)
    return found if 0 < found <= _LARGEST_ID else None


def owner(payload: Payload) -> str:
    return text(payload, "repository", "owner", "login").lower()


def is_bot(payload: Payload) -> bool:
    return text(payload, "sender", "type") == "Bot"


def is_catalog(payload: Payload, config: Config, name: str = "") -> bool:
    """Say whether the payload's repository is its owner's catalog repository, or was when it had that name."""
    wanted_owner, _, wanted = config.catalog_repository.lower().rpartition("/")
    name = (name or text(payload, "repository", "name")).lower()
    return bool(owner(payload)) and name == wanted and wanted_owner in ("", owner(payload))


def repository_mark(installation: int, payload: Payload, hint: tuple[str, ...] | None = None) -> Iterable[Mark]:
    found = identity(payload, "repository", "id")
    if found is not None:
        yield Mark(Key(installation, "repo", str(found)), hint, SETTLE_SECONDS)


def catalog_mark(installation: int, payload: Payload) -> Iterable[Mark]:
    # the repository's own key settles first, so that one commit shows both
    yield Mark(Key(installation, "catalog", owner(payload)), delay=2 * SETTLE_SECONDS)
