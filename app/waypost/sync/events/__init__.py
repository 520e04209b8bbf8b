"""From a webhook to the keys it makes dirty. Pure; believes nothing in the payload beyond "look there again".

A payload is written by strangers and changes over the years, so nothing here raises: what is not there marks nothing.
Events that change nothing we show (`ACCEPTED`) are answered and counted; they are not stored, mark nothing and so cost
no call. Deployments and releases are links on a page, which GitHub itself keeps true; access of collaborators and
teams to a repository and custom properties are not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from waypost.config import Config
from waypost.queue.protocol import Key, Mark
from waypost.sync.events import pulls, requests, runs
from waypost.sync.events.payloads import (
    SETTLE_SECONDS,
    Payload,
    catalog_mark,
    identity,
    is_catalog,
    repository_mark,
    text,
)
from waypost.sync.events.pushes import GENERATED, SETTINGS, is_default_branch, push, touched

__all__ = ["ACCEPTED", "GENERATED", "HANDLERS", "SETTINGS", "marks", "touched"]


def marks(event: str, payload: Payload, config: Config) -> list[Mark]:
    """Name the keys that deserve another look after this event; none for events that cannot matter."""
    handler = HANDLERS.get(event)
    installation = identity(payload, "installation", "id")
    if handler is None or installation is None:
        return []
    return list(handler(installation, payload, config))


def _branch(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    """Handle `create` and `delete`; the name comes without refs/heads/ there."""
    if text(payload, "ref_type") == "branch" and is_default_branch(payload, text(payload, "ref")):
        yield from _whole_repository(installation, payload, config)


def _whole_repository(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    yield from repository_mark(installation, payload)
    found = identity(payload, "repository", "id")
    if found is not None and text(payload, "action") == "privatized":
        yield Mark(Key(installation, "hidden", str(found)))
    former = text(payload, "changes", "repository", "name", "from")
    if is_catalog(payload, config) or (former and is_catalog(payload, config, former)):
        yield from catalog_mark(installation, payload)


def _installation(installation: int, _payload: Payload, _config: Config) -> Iterable[Mark]:
    # the empty hint says that a delivery asked: what the listing shows is no drift then
    yield Mark(Key(installation, "installation", str(installation)), (), SETTLE_SECONDS)


def _team(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    if text(payload, "action") not in ("added_to_repository", "removed_from_repository"):
        yield from _people(installation, payload, config)


def _organization(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    if text(payload, "action") == "member_invited":  # not a member yet
        return
    if text(payload, "action") in ("renamed", "deleted"):
        yield from _installation(installation, payload, config)
    yield from _people(installation, payload, config)


def _people(installation: int, _payload: Payload, _config: Config) -> Iterable[Mark]:
    yield Mark(Key(installation, "people", str(installation)), delay=SETTLE_SECONDS)


def _comment(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    """Handle `issue_comment`, of which GitHub sends both: those of issues and those of pull requests."""
    yield from pulls.comment(installation, payload, config)
    yield from requests.comment(installation, payload, config)


# An event that is not here marks nothing.
HANDLERS: Mapping[str, Callable[[int, Payload, Config], Iterable[Mark]]] = {
    "push": push,
    "create": _branch,
    "delete": _branch,
    "repository": _whole_repository,  # created, renamed, transferred, archived, ... : the present state says which
    "public": _whole_repository,
    "installation": _installation,  # created, deleted, suspend, unsuspend, new_permissions_accepted
    "installation_repositories": _installation,
    "installation_target": _installation,  # the account has another name
    "organization": _organization,
    "team": _team,
    "membership": _people,
    "pull_request": pulls.pull_request,
    "pull_request_review": pulls.review,
    "issue_comment": _comment,
    "issues": requests.issue,
    "check_run": pulls.check_run,
    "check_suite": pulls.check_suite,
    "status": pulls.status,
    "workflow_run": runs.run,
}
# Subscribed to, for what later releases show; accepted and counted by name.
ACCEPTED = (
    *("deployment_status", "release", "repository_dispatch"),
    *("member", "team_add", "custom_property", "custom_property_values"),
)
