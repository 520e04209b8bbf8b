"""Users and organisations, and the lists of their repositories.

https://docs.github.com/en/rest/users/users and https://docs.github.com/en/rest/orgs/orgs
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import objects
from waypost.sandbox.auth import actor, caller, on_organization, signed_in, visible
from waypost.sandbox.box import account_by_login, api_url, box
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, forbidden, not_found, paginate

routes = Blueprint("accounts", __name__)

_ORDERS: dict[str, Callable[[Record], Any]] = {
    "created": lambda one: (one["created_at"], one["id"]),
    "updated": lambda one: (one["updated_at"], one["id"]),
    "pushed": lambda one: (one["pushed_at"], one["id"]),
    "full_name": lambda one: one["key"],
}
_KINDS: dict[str, Callable[[Record], bool]] = {
    "public": lambda one: one["visibility"] == "public",
    "private": lambda one: one["visibility"] != "public",
    "internal": lambda one: one["visibility"] == "internal",
    "forks": lambda one: one["fork"],
    "sources": lambda one: not one["fork"],
}


@routes.get("/")
def show_root() -> ResponseReturnValue:
    """https://docs.github.com/en/rest/meta/meta#github-api-root"""
    url = api_url()
    return jsonify(
        {
            "current_user_url": f"{url}/user",
            "organization_url": f"{url}/orgs/{{org}}",
            "organization_repositories_url": f"{url}/orgs/{{org}}/repos{{?type,page,per_page,sort}}",
            "rate_limit_url": f"{url}/rate_limit",
            "repository_url": f"{url}/repos/{{owner}}/{{repo}}",
            "user_url": f"{url}/users/{{user}}",
            "user_repositories_url": f"{url}/users/{{user}}/repos{{?type,page,per_page,sort}}",
        }
    )


@routes.get("/meta")
def show_meta() -> ResponseReturnValue:
    """https://docs.github.com/en/rest/meta/meta#get-apiname-meta-information"""
    return jsonify({"verifiable_password_authentication": False, "hooks": ["127.0.0.1/32"], "git": ["127.0.0.1/32"]})


@routes.get("/user")
@signed_in
def show_me() -> ResponseReturnValue:
    if caller().installation is not None:
        raise forbidden()
    me = actor()
    owned = box().store.where("repository", owner_id=me["id"])
    private = sum(1 for one in owned if one["visibility"] != "public")
    more: Json = {
        "private_gists": 0,
        "total_private_repos": private,
        "owned_private_repos": private,
        "disk_usage": sum(one["size"] for one in owned),
        "collaborators": 0,
        "two_factor_authentication": True,
        "plan": {"name": "pro", "space": 976562499, "private_repos": 9999, "collaborators": 0},
    }
    return jsonify({**objects.user(me), **more})


@routes.get("/user/<int:number>")
def show_user_by_id(number: int) -> ResponseReturnValue:
    return jsonify(objects.user(box().store.get("account", number) or _nobody()))


@routes.get("/users/<login>")
def show_user(login: str) -> ResponseReturnValue:
    return jsonify(objects.user(account_by_login(login) or _nobody()))


@routes.get("/users/<login>/repos")
def list_user_repositories(login: str) -> ResponseReturnValue:
    account = account_by_login(login) or _nobody()
    return _list([one for one in _owned(account) if one["visibility"] == "public"], "full_name")


@routes.get("/user/repos")
@signed_in
def list_my_repositories() -> ResponseReturnValue:
    """What the caller owns, works on or sees through an organisation."""
    if caller().installation is not None:
        raise forbidden()
    me, store = actor(), box().store
    owners = {me["id"], *(held["org_id"] for held in store.where("membership", user_id=me["id"]))}
    direct = {held["repository_id"] for held in store.where("collaborator", user_id=me["id"])}
    known = [one for one in store.all("repository") if one["owner_id"] in owners or one["id"] in direct]
    return _list(visible(known), "full_name")


@routes.get("/user/orgs")
@signed_in
def list_my_organizations() -> ResponseReturnValue:
    store = box().store
    held = store.where("membership", user_id=actor()["id"], state="active")
    return paginate([store.must("account", one["org_id"]) for one in held], objects.organization_simple)


@routes.get("/users/<login>/orgs")
def list_organizations(login: str) -> ResponseReturnValue:
    account, store = account_by_login(login) or _nobody(), box().store
    held = store.where("membership", user_id=account["id"], state="active")
    return paginate([store.must("account", one["org_id"]) for one in held], objects.organization_simple)


@routes.get("/organizations")
def list_all_organizations() -> ResponseReturnValue:
    since = request.args.get("since", 0, type=int)
    known = [one for one in box().store.all("account") if one["type"] == "Organization" and one["id"] > since]
    return paginate(known, objects.organization_simple)


@routes.get("/orgs/<org>")
@on_organization()
def show_organization(organization: Record) -> ResponseReturnValue:
    return jsonify(objects.organization(organization))


@routes.patch("/orgs/<org>")
@on_organization(organization_administration="write")
def change_organization(organization: Record) -> ResponseReturnValue:
    content = body()
    fields = ("name", "description", "email", "blog", "default_repository_permission")
    changed = {name: content[name] for name in fields if name in content}
    changed["updated_at"] = box().clock.stamp()
    return jsonify(objects.organization(box().store.change("account", organization["id"], **changed)))


@routes.get("/orgs/<org>/repos")
@on_organization()
def list_organization_repositories(organization: Record) -> ResponseReturnValue:
    return _list(visible(_owned(organization)), "created")


def _owned(account: Record) -> list[Record]:
    return box().store.where("repository", owner_id=account["id"])


def _list(known: list[Record], default: str) -> ResponseReturnValue:
    """Answer as `type` (or `visibility`), `sort` and `direction` ask."""
    kind = request.args.get("type") or request.args.get("visibility", "all")
    sort = request.args.get("sort", default)
    order = _ORDERS.get(sort, _ORDERS[default])
    # newest first, but names from a to z
    direction = request.args.get("direction", "asc" if sort == "full_name" else "desc")
    kept = [one for one in known if _KINDS[kind](one)] if kind in _KINDS else known
    return paginate(sorted(kept, key=order, reverse=direction == "desc"), objects.repository)


def _nobody() -> Record:
    raise not_found()
