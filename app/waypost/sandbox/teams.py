"""Teams: made, changed, their members and their repositories.

https://docs.github.com/en/rest/teams/teams and https://docs.github.com/en/rest/teams/members
"""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import access, objects
from waypost.sandbox.auth import caller, on_organization, on_repository, visible
from waypost.sandbox.box import account_by_login, box, repository_by_name
from waypost.sandbox.events import emit
from waypost.sandbox.members import enroll
from waypost.sandbox.store import Record
from waypost.sandbox.team_objects import PERMISSIONS, members_of, repositories_of, show, show_full, show_repository
from waypost.sandbox.web import ApiError, Json, body, forbidden, invalid, not_found, paginate, text_field

routes = Blueprint("teams", __name__)

_TEAM = "/orgs/<org>/teams/<slug>"


@routes.get("/orgs/<org>/teams")
@on_organization(members="read")
def list_teams(organization: Record) -> ResponseReturnValue:
    found = sorted(box().store.where("team", org_id=organization["id"]), key=lambda team: team["slug"])
    return paginate(found, show)


@routes.post("/orgs/<org>/teams")
@on_organization(members="write")
def create_team(organization: Record) -> ResponseReturnValue:
    content = body()
    name = text_field(content, "Team", "name")
    if _by_slug(organization, slug_of(name)) is not None:
        raise ApiError(422, "Validation Failed", [{"resource": "Team", "code": "already_exists", "field": "name",
                       "message": "Name must be unique for this org"}])  # fmt: skip
    now, store = box().clock.stamp(), box().store
    team = store.add(
        "team",
        org_id=organization["id"],
        name=name,
        slug=slug_of(name),
        description=content.get("description"),
        privacy=content.get("privacy", "closed" if content.get("parent_team_id") else "secret"),
        permission=_permission(content.get("permission", "pull")),
        notification_setting=content.get("notification_setting", "notifications_enabled"),
        parent_id=_parent(organization, content),
        created_at=now,
        updated_at=now,
    )
    emit("team", {"action": "created", "team": show(team)}, organization=organization)
    for login in content.get("maintainers", []):
        _join(organization, team, _member(organization, login), "maintainer")
    for full_name in content.get("repo_names", []):
        _give(organization, team, _repository(organization, str(full_name)), team["permission"])
    return show_full(team), 201, {"Location": show(team)["url"]}


@routes.get(_TEAM)
@on_organization(members="read")
def get_team(organization: Record, slug: str) -> ResponseReturnValue:
    return show_full(_must(organization, slug))


@routes.patch(_TEAM)
@on_organization(members="write")
def edit_team(organization: Record, slug: str) -> ResponseReturnValue:
    old, content = _must(organization, slug), body()
    fields = ("name", "description", "privacy", "notification_setting")
    new: dict[str, Any] = {name: content[name] for name in fields if name in content}
    if "permission" in content:
        new["permission"] = _permission(content["permission"])
    if "parent_team_id" in content:
        new["parent_id"] = _parent(organization, content)
    if "name" in new:
        new["slug"] = slug_of(new["name"])
        other = _by_slug(organization, new["slug"])
        if other is not None and other["id"] != old["id"]:
            raise invalid("Team", "name", "already_exists")
    team = box().store.change("team", old["id"], updated_at=box().clock.stamp(), **new)
    changes = {name: {"from": old[name] or ""} for name in new if name in fields[:3] and new[name] != old[name]}
    emit("team", {"action": "edited", "team": show(team), "changes": changes}, organization=organization)
    return show_full(team)


@routes.delete(_TEAM)
@on_organization(members="write")
def delete_team(organization: Record, slug: str) -> ResponseReturnValue:
    team, store = _must(organization, slug), box().store
    payload = {"action": "deleted", "team": show(team)}
    for kind in ("team_member", "team_repository"):
        for record in store.where(kind, team_id=team["id"]):
            store.remove(kind, record["id"])
    for child in store.where("team", org_id=organization["id"], parent_id=team["id"]):
        store.change("team", child["id"], parent_id=None)
    store.remove("team", team["id"])
    emit("team", payload, organization=organization)
    return "", 204


@routes.get(f"{_TEAM}/teams")
@on_organization(members="read")
def list_child_teams(organization: Record, slug: str) -> ResponseReturnValue:
    team = _must(organization, slug)
    return paginate(box().store.where("team", org_id=organization["id"], parent_id=team["id"]), show)


@routes.get(f"{_TEAM}/members")
@on_organization(members="read")
def list_members(organization: Record, slug: str) -> ResponseReturnValue:
    role = request.args.get("role", "all")
    if role not in ("all", "member", "maintainer"):
        raise invalid("Team", "role")
    found = [one for one in members_of(_must(organization, slug)) if role in ("all", one["role"])]
    return paginate(found, lambda one: objects.simple_user(box().store.must("account", one["user_id"])))


@routes.get(f"{_TEAM}/memberships/<login>")
@on_organization(members="read")
def get_membership(organization: Record, slug: str, login: str) -> ResponseReturnValue:
    team, user = _must(organization, slug), account_by_login(login)
    found = box().store.first("team_member", team_id=team["id"], user_id=user["id"]) if user else None
    if user is None or found is None:
        raise not_found()
    return _membership(team, user, found)


@routes.put(f"{_TEAM}/memberships/<login>")
@on_organization(members="write")
def set_membership(organization: Record, slug: str, login: str) -> ResponseReturnValue:
    team, role = _must(organization, slug), body().get("role", "member")
    if role not in ("member", "maintainer"):
        raise invalid("TeamMembership", "role")
    user = _member(organization, login)
    return _membership(team, user, _join(organization, team, user, role))


@routes.delete(f"{_TEAM}/memberships/<login>")
@on_organization(members="write")
def remove_membership(organization: Record, slug: str, login: str) -> ResponseReturnValue:
    team, user = _must(organization, slug), account_by_login(login)
    found = box().store.first("team_member", team_id=team["id"], user_id=user["id"]) if user else None
    if user is None or found is None:
        raise not_found()
    box().store.remove("team_member", found["id"])
    _tell_membership("removed", organization, team, user)
    return "", 204


@routes.get(f"{_TEAM}/repos")
@on_organization(members="read")
def list_repositories(organization: Record, slug: str) -> ResponseReturnValue:
    held = repositories_of(_must(organization, slug))
    seen = {repository["id"] for repository in visible([repository for repository, _ in held])}
    return paginate([one for one in held if one[0]["id"] in seen], lambda one: show_repository(*one))


@routes.get(f"{_TEAM}/repos/<owner>/<name>")
@on_organization(members="read")
def check_repository(organization: Record, slug: str, owner: str, name: str) -> ResponseReturnValue:
    team = _must(organization, slug)
    found = next((one for one in repositories_of(team) if one[0]["key"] == f"{owner}/{name}".lower()), None)
    if found is None or not caller().can_see(found[0]):
        raise not_found()
    return show_repository(*found) if _asks_for_repository() else ("", 204)


@routes.put(f"{_TEAM}/repos/<owner>/<name>")
@on_organization(members="read", administration="write")
def give_repository(organization: Record, slug: str, owner: str, name: str) -> ResponseReturnValue:
    team, repository = _must(organization, slug), _repository(organization, f"{owner}/{name}")
    if not caller().may(repository, "administration", "write"):
        raise forbidden()
    _give(organization, team, repository, _permission(body().get("permission", team["permission"])))
    return "", 204


@routes.delete(f"{_TEAM}/repos/<owner>/<name>")
@on_organization(members="read", administration="write")
def take_repository(organization: Record, slug: str, owner: str, name: str) -> ResponseReturnValue:
    team, repository = _must(organization, slug), _repository(organization, f"{owner}/{name}")
    if not caller().may(repository, "administration", "write"):
        raise forbidden()
    held = box().store.first("team_repository", team_id=team["id"], repository_id=repository["id"])
    if held is not None:
        box().store.remove("team_repository", held["id"])
        emit("team", {"action": "removed_from_repository", "team": show(team)}, repository)
    return "", 204


@routes.get("/repos/<owner>/<name>/teams")
@on_repository(administration="read", metadata="read")
def teams_of_repository(repository: Record) -> ResponseReturnValue:
    store = box().store
    held = store.where("team_repository", repository_id=repository["id"])
    return paginate(held, lambda one: show(store.must("team", one["team_id"]), one["permission"]))


def slug_of(name: str) -> str:
    """Return the name as it stands in addresses: lower case, dashes."""
    return re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-")


def _by_slug(organization: Record, slug: str) -> Record | None:
    return box().store.first("team", org_id=organization["id"], slug=slug.lower())


def _must(organization: Record, slug: str) -> Record:
    """Return the team; a secret one exists for its members and the organisation's owners only."""
    team = _by_slug(organization, slug)
    if team is None:
        raise not_found()
    user = caller().user
    if team["privacy"] == "secret" and caller().installation is None and user is not None:
        is_in = box().store.first("team_member", team_id=team["id"], user_id=user["id"]) is not None
        if not is_in and not access.is_owner(user, organization):
            raise not_found()
    return team


def _parent(organization: Record, content: Json) -> int | None:
    number = content.get("parent_team_id")
    if number is None:
        return None
    parent = box().store.get("team", number)
    if parent is None or parent["org_id"] != organization["id"]:
        raise invalid("Team", "parent_team_id")
    return int(number)


def _permission(text: object) -> str:
    if text not in PERMISSIONS:
        raise invalid("Team", "permission")
    return str(text)


def _member(organization: Record, login: object) -> Record:
    """Return the account; one who is no member yet becomes one, as if GitHub's invitation had been accepted."""
    user = account_by_login(str(login))
    if user is None or user["type"] != "User":
        raise not_found()
    enroll(organization, user)
    return user


def _repository(organization: Record, full_name: str) -> Record:
    repository = repository_by_name(*full_name.split("/", 1)) if "/" in full_name else None
    if repository is None or not caller().can_see(repository):
        raise not_found()
    if repository["owner_id"] != organization["id"]:
        raise ApiError(422, "The repository does not belong to this organization.")
    return repository


def _join(organization: Record, team: Record, user: Record, role: str) -> Record:
    store = box().store
    held = store.first("team_member", team_id=team["id"], user_id=user["id"])
    if held is not None:
        return store.change("team_member", held["id"], role=role)
    joined = store.add("team_member", team_id=team["id"], user_id=user["id"], role=role)
    _tell_membership("added", organization, team, user)
    return joined


def _tell_membership(action: str, organization: Record, team: Record, user: Record) -> None:
    payload = {"action": action, "scope": "team", "member": objects.simple_user(user), "team": show(team)}
    emit("membership", payload, organization=organization)


def _give(organization: Record, team: Record, repository: Record, permission: str) -> None:
    store = box().store
    held = store.first("team_repository", team_id=team["id"], repository_id=repository["id"])
    if held is not None:
        store.change("team_repository", held["id"], permission=permission)
        return
    store.add("team_repository", team_id=team["id"], repository_id=repository["id"], permission=permission)
    emit("team", {"action": "added_to_repository", "team": show(team)}, repository)
    emit("team_add", {"team": show(team)}, repository)


def _membership(team: Record, user: Record, held: Record) -> Json:
    url = f"{show(team)['url']}/memberships/{user['login']}"
    return {"url": url, "role": held["role"], "state": "active"}


def _asks_for_repository() -> bool:
    return "application/vnd.github.v3.repository+json" in request.headers.get("Accept", "")
