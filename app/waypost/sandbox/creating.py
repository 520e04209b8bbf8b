"""Repositories made: empty, with a first README, or from a template repository.

https://docs.github.com/en/rest/repos/repos#create-an-organization-repository
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pygit2
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from waypost.sandbox import (
    access,
    beginnings,
    events,
    gitstore,
    objects,
    property_values,
    pushes,
    repository_settings,
    settling,
)
from waypost.sandbox.auth import NOT_GRANTED, actor, caller, on_organization, on_repository
from waypost.sandbox.box import account_by_login, box, repository_by_name
from waypost.sandbox.gitstore import Change
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, body, forbidden, invalid, text_field, unprocessable

routes = Blueprint("creating", __name__)

_RESERVED = re.compile(r"\.{1,2}|.*\.(?:git|wiki)", re.IGNORECASE)
TAKEN = "name already exists on this account"


@routes.post("/orgs/<org>/repos")
@on_organization(administration="write")
def create_in_organization(organization: Record) -> ResponseReturnValue:
    content = body()
    values = property_values.read(organization, _object(content, "custom_properties"), is_creation=True)
    team = _team(organization, content)
    repository = _create(organization, content)
    if team is not None:
        box().store.add(
            "team_repository", team_id=team["id"], repository_id=repository["id"], permission=team["permission"]
        )
    return _answer(property_values.assign(repository, values))


@routes.post("/user/repos")
def create_for_me() -> ResponseReturnValue:
    if caller().installation is not None:
        raise forbidden()
    return _answer(_create(actor(), body()))


@routes.post("/repos/<owner>/<name>/generate")
@on_repository(contents="read")
def generate(template: Record) -> ResponseReturnValue:
    """https://docs.github.com/en/rest/repos/repos#create-a-repository-using-a-template: one commit of its files."""
    content = body()
    owner = account_by_login(str(content.get("owner") or actor()["login"]))
    if owner is None:
        raise invalid("Repository", "owner")
    if not template["is_template"]:
        raise unprocessable(f"{template['name']} is not a template repository.")
    _check_may_create(owner)
    made = _create(owner, {**content, "description": content.get("description")})
    source = box().git.open(template["id"])
    branches = [template["default_branch"]]
    if content.get("include_all_branches"):
        heads = (ref.removeprefix("refs/heads/") for ref in gitstore.refs(source) if ref.startswith("refs/heads/"))
        branches = list(dict.fromkeys([*branches, *heads]))
    made = box().store.change(
        "repository", made["id"], template_id=template["id"], default_branch=template["default_branch"]
    )
    box().git.set_default_branch(made["id"], template["default_branch"])
    for branch in branches:
        _copy(source, branch, made)
    return _answer(box().store.must("repository", made["id"]))


def check_name(owner: Record, name: str, itself: Record | None = None) -> None:
    """Raise 422 for a name that a repository of this account cannot have."""
    if not re.fullmatch(r"[A-Za-z0-9._-]+", name) or _RESERVED.fullmatch(name):
        raise invalid(
            "Repository", "name", "custom", f"name {name!r} is reserved or has other than letters, digits, ._-"
        )
    if len(name) > 100:
        raise invalid("Repository", "name", "custom", "name is too long (maximum is 100 characters)")
    other = repository_by_name(owner["login"], name)
    if other is not None and (itself is None or other["id"] != itself["id"]):
        raise invalid("Repository", "name", "custom", TAKEN)


def _create(owner: Record, content: Json) -> Record:
    # what a name cannot hold becomes a dash
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", text_field(content, "Repository", "name"))
    for field in ("gitignore_template", "license_template"):
        if content.get(field):
            raise invalid("Repository", field, "custom", f"{content[field]} is an unknown {field.replace('_', ' ')}.")
    fields = repository_settings.plain(content)
    visibility = repository_settings.visibility(content, "public")
    settings = repository_settings.merging(content, {})
    try:
        check_name(owner, name)
    except ApiError as error:
        error.message = "Repository creation failed."
        raise
    repository = beginnings.add_repository(box(), owner, name, **fields, visibility=visibility, settings=settings)
    _add_to_installation(repository)
    maker = actor()
    if caller().installation is None and maker["id"] != owner["id"]:  # who makes it in an organisation administers it
        box().store.add("collaborator", repository_id=repository["id"], user_id=maker["id"], permission="admin")
    events.emit("repository", {"action": "created"}, repository=repository)
    if content.get("auto_init"):
        text = f"# {name}\n" + (f"{repository['description']}\n" if repository["description"] else "")
        author = beginnings.author_of(actor(), box().clock.now())
        beginnings.write_files(box(), repository, {"README.md": text}, author, "Initial commit")
    return settling.begin(box().store.must("repository", repository["id"]))


def _answer(repository: Record) -> ResponseReturnValue:
    answer = jsonify(objects.full_repository(repository))
    answer.headers["Location"] = answer.get_json()["url"]
    return answer, 201


def _copy(source: pygit2.Repository, branch: str, made: Record) -> None:
    """Begin a branch of the new repository with the files of the template's, in one commit."""
    head = gitstore.head(source, branch)
    if head is None:  # an empty template makes an empty repository
        return
    files = dict(_files(head.tree))
    author = beginnings.author_of(actor(), box().clock.now())
    opened = box().git.open(made["id"])
    commit = gitstore.commit_files(opened, [], files, "Initial commit", author)
    pushes.move(made, f"refs/heads/{branch}", commit)


def _files(tree: pygit2.Tree, folder: str = "") -> Iterator[tuple[str, Change]]:
    for found in tree:
        path = f"{folder}{found.name}"
        if isinstance(found, pygit2.Tree):
            yield from _files(found, f"{path}/")
        else:
            yield path, Change(found.data if isinstance(found, pygit2.Blob) else found.id, int(found.filemode or 0))


def _check_may_create(owner: Record) -> None:
    who = caller()
    if who.installation is not None:
        if who.installation["account_id"] != owner["id"] or not who.has("administration", "write"):
            raise forbidden(X_Accepted_GitHub_Permissions="administration=write")
    elif who.owner_id is not None and not (who.owner_id == owner["id"] and who.has("administration", "write")):
        raise forbidden(NOT_GRANTED, X_Accepted_GitHub_Permissions="administration=write")
    elif who.user is None or not (who.user["id"] == owner["id"] or access.is_member(who.user, owner)):
        raise forbidden(f"You must be a member of {owner['login']}.")


def _team(organization: Record, content: Json) -> Record | None:
    """Return the team that `team_id` gives the new repository to."""
    if content.get("team_id") is None:
        return None
    team = box().store.get("team", content["team_id"])
    if team is None or team["org_id"] != organization["id"]:
        raise invalid("Repository", "team_id")
    return team


def _object(content: Json, field: str) -> Json:
    value = content.get(field) or {}
    if not isinstance(value, dict):
        raise invalid("Repository", field)
    return value


def _add_to_installation(repository: Record) -> None:
    """An App sees what it made, also when it is installed on chosen repositories only."""
    held = caller().installation
    if held is not None and held["repository_ids"] is not None:
        ids = sorted({*held["repository_ids"], repository["id"]})
        box().store.change("installation", held["id"], repository_ids=ids)
