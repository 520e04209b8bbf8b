"""Repositories themselves: shown, changed, renamed, moved, archived, removed. They are made in creating.py.

https://docs.github.com/en/rest/repos/repos
"""

from __future__ import annotations

import io
import re
import tarfile
from datetime import datetime
from email.utils import format_datetime

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from waypost.sandbox import access, events, gitstore, languages, objects, repository_settings
from waypost.sandbox.auth import caller, on_repository
from waypost.sandbox.box import account_by_login, box, full_name, owner_of, repository_by_name
from waypost.sandbox.creating import TAKEN, check_name
from waypost.sandbox.store import KINDS, Record
from waypost.sandbox.web import ApiError, Json, body, invalid, not_found, text_field, unprocessable

routes = Blueprint("repositories", __name__)

# what a `repository.edited` event says has changed
_TOLD = ("description", "homepage", "default_branch")


@routes.get("/repos/<owner>/<name>")
@on_repository()
def show(repository: Record) -> ResponseReturnValue:
    answer = jsonify(objects.full_repository(repository))
    changed = max(repository["updated_at"], repository["pushed_at"])
    answer.headers["Last-Modified"] = format_datetime(datetime.fromisoformat(changed), usegmt=True)
    return answer


@routes.patch("/repos/<owner>/<name>")
@on_repository(even_archived=True, administration="write")
def change(repository: Record) -> ResponseReturnValue:
    """https://docs.github.com/en/rest/repos/repos#update-a-repository"""
    content = body()
    if repository["archived"] and content.get("archived") is not False:
        raise ApiError(403, "Repository was archived so is read-only.")
    fields: Json = repository_settings.plain(content)
    fields["settings"] = repository_settings.merging(content, repository["settings"])
    fields["security"] = repository_settings.security(content, repository.get("security", {}))
    visibility = repository_settings.visibility(content, repository["visibility"])
    if content.get("name") and content["name"] != repository["name"]:
        check_name(owner_of(repository), str(content["name"]), repository)
    branch = str(content.get("default_branch") or repository["default_branch"])
    if branch != repository["default_branch"]:
        if gitstore.head(box().git.open(repository["id"]), branch) is None:
            raise invalid("Repository", "default_branch", message=f"The branch {branch} was not found.")
        box().git.set_default_branch(repository["id"], branch)
    changed = box().store.change(
        "repository",
        repository["id"],
        **fields,
        visibility=visibility,
        default_branch=branch,
        archived=bool(content.get("archived", repository["archived"])),
        updated_at=box().clock.stamp(),
    )
    _tell_changes(repository, changed)
    if content.get("name") and content["name"] != repository["name"]:
        changed = _rename(changed, str(content["name"]))
    return jsonify(objects.full_repository(changed))


@routes.delete("/repos/<owner>/<name>")
@on_repository(even_archived=True, administration="write")
def delete(repository: Record) -> ResponseReturnValue:
    events.emit("repository", {"action": "deleted"}, repository=repository)
    store = box().store
    for kind in KINDS:
        if kind not in ("repository", "delivery"):
            for record in store.where(kind, repository_id=repository["id"]):
                store.remove(kind, record["id"])
    store.remove("repository", repository["id"])
    box().git.remove(repository["id"])
    return "", 204


@routes.post("/repos/<owner>/<name>/transfer")
@on_repository(even_archived=True, administration="write")
def transfer(repository: Record) -> ResponseReturnValue:
    """https://docs.github.com/en/rest/repos/repos#transfer-a-repository"""
    content = body()
    target = account_by_login(text_field(content, "Repository", "new_owner"))
    if target is None:
        raise unprocessable("Invalid new owner")
    who = caller().user
    if caller().installation is None and who is not None and not access.is_member(who, target):
        raise unprocessable(f"You don't have the permission to create repositories on {target['login']}")
    name, before = str(content.get("new_name") or repository["name"]), owner_of(repository)
    if repository_by_name(target["login"], name) is not None:
        raise invalid("Repository", "name", "custom", TAKEN)
    moved = _move(repository, target, name)
    kind = "organization" if before["type"] == "Organization" else "user"
    old = objects.organization_simple(before) if kind == "organization" else objects.simple_user(before)
    events.emit("repository", {"action": "transferred", "changes": {"owner": {"from": {kind: old}}}}, repository=moved)
    return jsonify(objects.repository(moved)), 202


@routes.get("/repos/<owner>/<name>/topics")
@on_repository()
def list_topics(repository: Record) -> ResponseReturnValue:
    return jsonify({"names": repository["topics"]})


@routes.put("/repos/<owner>/<name>/topics")
@on_repository(administration="write")
def replace_topics(repository: Record) -> ResponseReturnValue:
    names = body().get("names")
    if not isinstance(names, list) or len(names) > 20:
        raise ApiError(422, "Validation Failed", ["A repository cannot have more than 20 topics."])
    wanted = [str(name).lower() for name in names]
    for name in wanted:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,49}", name):
            raise ApiError(422, "Validation Failed", [f"{name} is not a valid topic"])
    before = repository["topics"]
    changed = box().store.change("repository", repository["id"], topics=wanted, updated_at=box().clock.stamp())
    if before != wanted:
        events.emit("repository", {"action": "edited", "changes": {"topics": {"from": before}}}, repository=changed)
    return jsonify({"names": wanted})


@routes.get("/repos/<owner>/<name>/languages")
@on_repository()
def list_languages(repository: Record) -> ResponseReturnValue:
    return jsonify(languages.languages(repository))


@routes.get("/repos/<owner>/<name>/tarball", defaults={"ref": ""})
@routes.get("/repos/<owner>/<name>/tarball/<path:ref>")
@on_repository(contents="read")
def tarball(repository: Record, ref: str) -> ResponseReturnValue:
    """The tree as .tar.gz. GitHub redirects to another host first; nobody notices."""
    opened = box().git.open(repository["id"])
    commit = gitstore.resolve(opened, ref or "HEAD", repository["default_branch"])
    if commit is None:
        raise not_found()
    folder = f"{full_name(repository).replace('/', '-')}-{str(commit.id)[:7]}"
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        opened.write_archive(commit.tree, archive, prefix=folder + "/")
    headers = {"Content-Disposition": f"attachment; filename={folder}.tar.gz"}
    return Response(content.getvalue(), 200, headers, content_type="application/x-gzip")


def _rename(repository: Record, name: str) -> Record:
    moved = _move(repository, owner_of(repository), name)
    payload = {"action": "renamed", "changes": {"repository": {"name": {"from": repository["name"]}}}}
    events.emit("repository", payload, repository=moved)
    return moved


def _move(repository: Record, owner: Record, name: str) -> Record:
    """Give a repository another name or owner; the former name leads to it until somebody takes that."""
    key = f"{owner['login']}/{name}".lower()
    store = box().store
    store.remove("redirect", key)
    if key != repository["key"]:
        store.put("redirect", repository["key"], repository_id=repository["id"])
    return store.change(
        "repository", repository["id"], name=name, owner_id=owner["id"], key=key, updated_at=box().clock.stamp()
    )


def _tell_changes(before: Record, after: Record) -> None:
    changes = {name: {"from": before[name]} for name in _TOLD if before[name] != after[name]}
    if changes:
        events.emit("repository", {"action": "edited", "changes": changes}, repository=after)
    if before["archived"] != after["archived"]:
        events.emit("repository", {"action": "archived" if after["archived"] else "unarchived"}, repository=after)
    if before["visibility"] != after["visibility"]:
        action = "publicized" if after["visibility"] == "public" else "privatized"
        events.emit("repository", {"action": action}, repository=after)
