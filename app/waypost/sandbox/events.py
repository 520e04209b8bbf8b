"""Webhook events: completes a payload and finds the hooks that want to hear of it.

https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from waypost.sandbox import deliveries, objects
from waypost.sandbox.auth import caller
from waypost.sandbox.box import box, owner_of
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json

# Apps are not told of these. https://docs.github.com/en/webhooks/webhook-events-and-payloads#repository
NOT_FOR_APPS = {("repository", "deleted")}
# Apps hear of these without asking. https://docs.github.com/en/webhooks/webhook-events-and-payloads#installation
ALWAYS_FOR_APPS = {"installation", "installation_repositories", "installation_target", "github_app_authorization"}

# Only Apps hear of these. https://docs.github.com/en/webhooks/webhook-events-and-payloads#repository_dispatch
ONLY_FOR_APPS = {"repository_dispatch"}
# called with event, payload, repository and who did it, after the hooks were told: workflows are started by events
LISTENERS: list[Callable[[str, Json, Record, Record], None]] = []


def emit(
    event: str,
    payload: Json,
    repository: Record | None = None,
    organization: Record | None = None,
    installation: Record | None = None,
    sender: Record | None = None,
) -> None:
    """Tell every hook that listens: the repository's, its organisation's and each App installed over it.

    The payload gets `repository`, `organization`, `sender` and (for Apps) `installation` unless it holds them.
    """
    owner = organization or (owner_of(repository) if repository is not None else None)
    content = dict(payload)
    if repository is not None:
        content.setdefault("repository", objects.repository(repository))
    if owner is not None and owner["type"] == "Organization":
        content.setdefault("organization", objects.organization_simple(owner))
    by = sender or caller().user or owner
    if by is not None:
        content.setdefault("sender", objects.simple_user(by))
    action = content.get("action")
    # what is for one installation alone, hooks of repositories and organisations do not hear
    for hook in _hooks(repository, owner) if installation is None and event not in ONLY_FOR_APPS else ():
        if hook["active"] and (event in hook["events"] or "*" in hook["events"]):
            deliveries.post(hook, event, content)
    for app, held in _installations(event, action, repository, owner, installation):
        shown = {"id": held["id"], "node_id": objects.node_id("MDIz", held["id"])}
        deliveries.post_to_app(app, held, event, {**content, "installation": content.get("installation", shown)})
    if repository is not None and by is not None:
        for listener in LISTENERS:
            listener(event, content, repository, by)


def _hooks(repository: Record | None, owner: Record | None) -> Iterator[Record]:
    store = box().store
    if repository is not None:
        yield from store.where("hook", repository_id=repository["id"])
    if owner is not None:
        yield from store.where("hook", org_id=owner["id"])


def _installations(
    event: str, action: object, repository: Record | None, owner: Record | None, installation: Record | None
) -> Iterator[tuple[Record, Record]]:
    store = box().store
    if (event, action) in NOT_FOR_APPS or owner is None:
        return
    for held in [installation] if installation is not None else store.where("installation", account_id=owner["id"]):
        app = store.must("app", held["app_id"])
        listens = event in ALWAYS_FOR_APPS or event in app["events"]
        within = repository is None or held["repository_ids"] is None or repository["id"] in held["repository_ids"]
        if listens and within and (event in ALWAYS_FOR_APPS or not held["suspended_at"]):
            yield app, held
