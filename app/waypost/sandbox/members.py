"""Who belongs to an organisation, and who else may work in a repository.

https://docs.github.com/en/rest/orgs/members and https://docs.github.com/en/rest/collaborators/collaborators
"""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import access, objects
from waypost.sandbox.auth import caller, on_organization, on_repository, signed_in
from waypost.sandbox.box import account_by_login, api_url, box, owner_of
from waypost.sandbox.events import emit
from waypost.sandbox.store import Record
from waypost.sandbox.team_objects import PERMISSIONS, permissions
from waypost.sandbox.web import ApiError, Json, body, invalid, not_found, paginate

routes = Blueprint("members", __name__)

_API_NAMES = {"read": "pull", "write": "push"}


@routes.get("/orgs/<org>/members")
@on_organization(members="read")
def list_members(organization: Record) -> ResponseReturnValue:
    role = request.args.get("role", "all")
    if role not in ("all", "admin", "member"):
        raise invalid("Member", "role")
    held = [one for one in _active(organization) if role in ("all", one["role"])]
    return paginate(held, lambda one: objects.simple_user(box().store.must("account", one["user_id"])))


@routes.get("/orgs/<org>/members/<login>")
@on_organization(members="read")
def check_member(organization: Record, login: str) -> ResponseReturnValue:
    user = account_by_login(login)
    if user is None or all(one["user_id"] != user["id"] for one in _active(organization)):
        raise not_found()
    return "", 204


@routes.delete("/orgs/<org>/members/<login>")
@on_organization(members="write")
def remove_member(organization: Record, login: str) -> ResponseReturnValue:
    return _remove(organization, login)


@routes.get("/orgs/<org>/memberships/<login>")
@on_organization(members="read")
def get_membership(organization: Record, login: str) -> ResponseReturnValue:
    return _show(organization, *_must(organization, login))


@routes.put("/orgs/<org>/memberships/<login>")
@on_organization(members="write")
def set_membership(organization: Record, login: str) -> ResponseReturnValue:
    """Make somebody a member. GitHub sends an invitation; here it counts as accepted."""
    user, role, store = account_by_login(login), body().get("role", "member"), box().store
    if role not in ("admin", "member"):
        raise invalid("Membership", "role")
    if user is None or user["type"] != "User":
        raise not_found()
    held = store.first("membership", org_id=organization["id"], user_id=user["id"])
    if held is not None:
        return _show(organization, user, store.change("membership", held["id"], role=role, state="active"))
    return _show(organization, user, enroll(organization, user, role))


@routes.delete("/orgs/<org>/memberships/<login>")
@on_organization(members="write")
def remove_membership(organization: Record, login: str) -> ResponseReturnValue:
    return _remove(organization, login)


@routes.get("/user/memberships/orgs/<org>")
@signed_in
def my_membership(org: str) -> ResponseReturnValue:
    user, organization = caller().user, account_by_login(org)
    assert user is not None  # signed_in
    if organization is None:
        raise not_found()
    return _show(organization, *_must(organization, user["login"]))


@routes.get("/repos/<owner>/<name>/collaborators")
@on_repository(metadata="read")
def list_collaborators(repository: Record) -> ResponseReturnValue:
    if caller().installation is None and not caller().may(repository, "contents", "write"):
        raise ApiError(403, "Must have push access to view repository collaborators.")
    asked = request.args
    users = [user for user in box().store.all("account") if user["type"] == "User"]
    direct = {one["user_id"] for one in box().store.where("collaborator", repository_id=repository["id"])}
    if asked.get("affiliation") in ("direct", "outside"):
        users = [user for user in users if user["id"] in direct]
        if asked["affiliation"] == "outside":
            users = [user for user in users if not access.is_member(user, owner_of(repository))]
    wanted = asked.get("permission", "pull")
    if wanted not in PERMISSIONS:
        raise invalid("Collaborator", "permission")
    shown = [user for user in users if _belongs(user, repository, direct)]
    shown = [user for user in shown if access.at_least(access.level(user, repository), wanted)]
    return paginate(shown, lambda user: _collaborator(user, repository))


@routes.get("/repos/<owner>/<name>/collaborators/<login>")
@on_repository(metadata="read")
def check_collaborator(repository: Record, login: str) -> ResponseReturnValue:
    user = account_by_login(login)
    direct = {one["user_id"] for one in box().store.where("collaborator", repository_id=repository["id"])}
    if user is None or not _belongs(user, repository, direct):
        raise not_found()
    return "", 204


@routes.get("/repos/<owner>/<name>/collaborators/<login>/permission")
@on_repository(metadata="read")
def get_permission(repository: Record, login: str) -> ResponseReturnValue:
    user = account_by_login(login)
    if user is None:
        raise not_found()
    level = access.level(user, repository)
    # this route knows four words only; role_name has them all
    word = {"triage": "read", "maintain": "write"}.get(level, level)
    return {"permission": word, "role_name": level, "user": _collaborator(user, repository)}


@routes.put("/repos/<owner>/<name>/collaborators/<login>")
@on_repository(administration="write")
def add_collaborator(repository: Record, login: str) -> ResponseReturnValue:
    """Let somebody in. GitHub invites those who are not in the organisation; here that counts as accepted."""
    user, permission, store = account_by_login(login), body().get("permission", "push"), box().store
    if user is None or user["type"] != "User":
        raise not_found()
    if permission not in PERMISSIONS:
        raise invalid("Collaborator", "permission")
    held = store.first("collaborator", repository_id=repository["id"], user_id=user["id"])
    if held is not None:
        store.change("collaborator", held["id"], permission=permission)
        return "", 204
    store.add("collaborator", repository_id=repository["id"], user_id=user["id"], permission=permission)
    emit("member", {"action": "added", "member": objects.simple_user(user)}, repository)
    return "", 204


@routes.delete("/repos/<owner>/<name>/collaborators/<login>")
@on_repository(administration="write")
def remove_collaborator(repository: Record, login: str) -> ResponseReturnValue:
    user = account_by_login(login)
    held = user and box().store.first("collaborator", repository_id=repository["id"], user_id=user["id"])
    if user is not None and held:
        box().store.remove("collaborator", held["id"])
        emit("member", {"action": "removed", "member": objects.simple_user(user)}, repository)
    return "", 204


def enroll(organization: Record, user: Record, role: str = "member") -> Record:
    """Make somebody a member and tell who listens; nothing happens to one who is a member already."""
    store = box().store
    held = store.first("membership", org_id=organization["id"], user_id=user["id"])
    if held is not None:
        return held
    added = store.add("membership", org_id=organization["id"], user_id=user["id"], role=role, state="active")
    _tell("member_added", organization, user, added)
    return added


def _active(organization: Record) -> list[Record]:
    return [one for one in box().store.where("membership", org_id=organization["id"]) if one["state"] == "active"]


def _must(organization: Record, login: str) -> tuple[Record, Record]:
    user = account_by_login(login)
    held = user and box().store.first("membership", org_id=organization["id"], user_id=user["id"])
    if user is None or not held:
        raise not_found()
    return user, held


def _remove(organization: Record, login: str) -> ResponseReturnValue:
    """Take somebody out of the organisation and of all its teams."""
    user, held = _must(organization, login)
    store = box().store
    teams = {team["id"] for team in store.where("team", org_id=organization["id"])}
    for one in store.where("team_member", user_id=user["id"]):
        if one["team_id"] in teams:
            store.remove("team_member", one["id"])
    store.remove("membership", held["id"])
    _tell("member_removed", organization, user, held)
    return "", 204


def _show(organization: Record, user: Record, held: Record) -> Json:
    url = f"{api_url()}/orgs/{organization['login']}"
    return {
        "url": f"{url}/memberships/{user['login']}",
        "state": held["state"],
        "role": held["role"],
        "organization_url": url,
        "organization": objects.organization_simple(organization),
        "user": objects.simple_user(user),
    }


def _tell(action: str, organization: Record, user: Record, held: Record) -> None:
    shown = _show(organization, user, held)
    membership = {name: shown[name] for name in ("url", "state", "role", "organization_url", "user")}
    emit("organization", {"action": action, "membership": membership}, organization=organization)


def _belongs(user: Record, repository: Record, direct: set[int]) -> bool:
    """Tell whether somebody was let in: by name, by a team or as a member; not as one of the public."""
    owner = owner_of(repository)
    if user["id"] in direct or user["id"] == owner["id"]:
        return True
    return any(one["user_id"] == user["id"] for one in _active(owner)) and access.level(user, repository) != "none"


def _collaborator(user: Record, repository: Record) -> Json:
    level = access.level(user, repository)
    if level == "none":
        return {**objects.simple_user(user), "permissions": dict.fromkeys(PERMISSIONS, False), "role_name": level}
    held = permissions(_API_NAMES.get(level, level))
    return {**objects.simple_user(user), "permissions": held, "role_name": level}
