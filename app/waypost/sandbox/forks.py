"""Forks: a repository copied to another owner, from which pull requests may come.

https://docs.github.com/en/rest/repos/forks
"""

from __future__ import annotations

import pygit2
from flask import Blueprint
from flask.typing import ResponseReturnValue

from waypost.sandbox import access, beginnings, gitstore, objects
from waypost.sandbox.auth import actor, on_repository, visible
from waypost.sandbox.box import account_by_login, box, owner_of, repository_by_name
from waypost.sandbox.events import emit
from waypost.sandbox.store import Record
from waypost.sandbox.web import body, forbidden, invalid, not_found, paginate

routes = Blueprint("forks", __name__)

_KEPT = ("description", "homepage", "visibility", "default_branch")


@routes.get("/repos/<owner>/<name>/forks")
@on_repository(metadata="read")
def list_forks(repository: Record) -> ResponseReturnValue:
    found = [one for one in box().store.all("repository") if one.get("parent_id") == repository["id"]]
    return paginate(visible(found)[::-1], objects.repository)


@routes.post("/repos/<owner>/<name>/forks")
@on_repository(contents="read")
def create_fork(repository: Record) -> ResponseReturnValue:
    """Copy a repository; GitHub does it a little later, the box at once. A fork that exists is answered again."""
    content, who = body(), actor()
    owner = account_by_login(content["organization"]) if content.get("organization") else who
    if owner is None:
        raise not_found()
    if owner["type"] == "Organization" and not access.is_member(who, owner):
        raise forbidden("You do not have permission to create repositories on this organization.")
    if owner["id"] == repository["owner_id"]:
        raise invalid("Repository", "organization", "custom", "a repository cannot be forked to its own owner")
    name = str(content.get("name") or repository["name"])
    fork = repository_by_name(owner["login"], name)
    if fork is None:
        kept = {field: repository[field] for field in _KEPT}
        fork = beginnings.add_repository(box(), owner, name, fork=True, parent_id=repository["id"], **kept)
        _copy(repository, fork)
        emit("fork", {"forkee": objects.repository(fork)}, repository)
        emit("repository", {"action": "created"}, fork)
    elif fork.get("parent_id") != repository["id"]:
        raise invalid("Repository", "name", "already_exists")
    parent = objects.repository(repository)
    shown = {**objects.full_repository(fork), "parent": parent, "source": parent}
    return shown, 202, {"Location": shown["url"]}


def bring(into: Record, source: Record, commit: pygit2.Commit) -> None:
    """Copy what a fork's commit needs into another repository; nothing happens when both are one."""
    if source["id"] != into["id"]:
        _fetch(into, source, f"+{commit.id}:refs/waypost/fetched")
        gitstore.move_ref(box().git.open(into["id"]), "refs/waypost/fetched", None)


def source_of(repository: Record, owner: Record) -> Record | None:
    """Return the repository of an owner from which a pull request may come: the same one, or its fork."""
    if owner["id"] == owner_of(repository)["id"]:
        return repository
    return box().store.first("repository", owner_id=owner["id"], parent_id=repository["id"])


def _copy(repository: Record, fork: Record) -> None:
    _fetch(fork, repository, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")


def _fetch(into: Record, source: Record, *refs: str) -> None:
    remote = box().git.open(into["id"]).remotes.create_anonymous(str(box().git.path(source["id"])))
    remote.fetch(list(refs))
