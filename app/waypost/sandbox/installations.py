"""What an installation covers, and telling its App of changes. No routes.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#installation
"""

from __future__ import annotations

from collections.abc import Iterable

from waypost.sandbox import events, objects
from waypost.sandbox.box import box
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json


def covered(held: Record) -> set[int]:
    """Return the ids of the repositories that an installation reaches."""
    ids = {repository["id"] for repository in box().store.where("repository", owner_id=held["account_id"])}
    return ids if held["repository_ids"] is None else ids & set(held["repository_ids"])


def tell(action: str, held: Record) -> None:
    """Send `installation`: created, deleted, suspend, unsuspend, new_permissions_accepted."""
    account = box().store.must("account", held["account_id"])
    payload: Json = {"action": action, "installation": objects.installation(held), "requester": None}
    if action in ("created", "deleted"):
        payload["repositories"] = _short(covered(held))
    events.emit("installation", payload, organization=account, installation=held, sender=account)


def select(held: Record, repository_ids: list[int] | None) -> Record:
    """Change which repositories are chosen (None: all), and send `installation_repositories` for what came and went."""
    before = covered(held)
    held = box().store.change("installation", held["id"], repository_ids=repository_ids)
    after = covered(held)
    for action, ids in (("added", after - before), ("removed", before - after)):
        if ids:
            _tell_selection(action, held, ids)
    return held


def _tell_selection(action: str, held: Record, ids: set[int]) -> None:
    account = box().store.must("account", held["account_id"])
    payload = {
        "action": action,
        "installation": objects.installation(held),
        "repository_selection": "all" if held["repository_ids"] is None else "selected",
        "repositories_added": _short(ids if action == "added" else ()),
        "repositories_removed": _short(ids if action == "removed" else ()),
        "requester": None,
    }
    events.emit("installation_repositories", payload, organization=account, installation=held, sender=account)


def _short(ids: Iterable[int]) -> list[Json]:
    shown = [objects.repository(box().store.must("repository", number)) for number in sorted(ids)]
    return [{name: one[name] for name in ("id", "node_id", "name", "full_name", "private")} for one in shown]
