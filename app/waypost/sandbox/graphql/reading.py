"""What the queries, accounts and repositories answer in GraphQL: each is its record.

https://docs.github.com/en/graphql/reference/objects
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Any

from flask import g

from waypost.sandbox import gitstore, languages, objects, ratelimit
from waypost.sandbox.auth import caller
from waypost.sandbox.box import account_by_login, box, full_name, owner_of, repository_by_name
from waypost.sandbox.clock import stamp
from waypost.sandbox.graphql import git_objects, people
from waypost.sandbox.graphql.connections import Connection
from waypost.sandbox.graphql.git_objects import Arguments, GitNode, RefNode, Resolver
from waypost.sandbox.graphql.problems import Problem, no_repository, not_found
from waypost.sandbox.store import Record


def _repository(_root: object, a: Arguments) -> Record:
    record = repository_by_name(a["owner"], a["name"])
    if record is None and a.get("followRenames", True):
        moved = box().store.get("redirect", f"{a['owner']}/{a['name']}".lower())
        record = box().store.get("repository", moved["repository_id"]) if moved else None
    if record is None or not caller().can_see(record):
        raise no_repository(f"{a['owner']}/{a['name']}")
    return record


def _organization(_root: object, a: Arguments) -> Record:
    account = account_by_login(a["login"])
    if account is None or account["type"] != "Organization":
        raise not_found("an Organization", "login", a["login"])
    return account


def _user(_root: object, a: Arguments) -> Record:
    account = account_by_login(a["login"])
    if account is None or account["type"] != "User":
        raise not_found("a User", "login", a["login"])
    return account


def _viewer(_root: object, _a: Arguments) -> Record | None:
    return caller().user


def _node(_root: object, a: Arguments) -> Record:
    found = _by_id(a["id"])
    if found is None:
        raise not_found("a node", "global id", a["id"])
    return found


def _nodes(_root: object, a: Arguments) -> list[Record | Problem]:
    return [_by_id(one) or not_found("a node", "global id", one) for one in a["ids"]]


def _by_id(text: str) -> Record | None:
    kind, _, number = text.partition("_")
    try:
        key = int(b64decode(number + "=" * (-len(number) % 4), validate=True))
    except (binascii.Error, ValueError):
        return None
    if kind == "R":
        found = box().store.get("repository", key)
        return found if found is not None and caller().can_see(found) else None
    account = box().store.get("account", key) if kind in ("O", "U", "BOT") else None
    return account if account is not None and objects.account_node(account) == text else None


def _owned(account: Record, a: Arguments) -> Connection:
    """Return the repositories of an account that the caller may see."""
    flags = {"isArchived": "archived", "isFork": "fork"}
    seen = [one for one in box().store.where("repository", owner_id=account["id"]) if caller().can_see(one)]
    for name, field in flags.items():
        if a.get(name) is not None:
            seen = [one for one in seen if one[field] == a[name]]
    if a.get("privacy"):
        seen = [one for one in seen if (one["visibility"] == "public") == (a["privacy"] == "PUBLIC")]
    if a.get("visibility"):
        seen = [one for one in seen if one["visibility"].upper() == a["visibility"]]
    order = a.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    keys = {"NAME": "key", "CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "PUSHED_AT": "pushed_at"}
    field = keys.get(order["field"], "id")
    seen.sort(key=lambda one: (one[field], one["id"]), reverse=order["direction"] == "DESC")
    return Connection("repositories", lambda: seen, a)


def _owned_one(account: Record, a: Arguments) -> Record:
    return _repository(None, {"owner": account["login"], **a})


def _topics(repository: Record, a: Arguments) -> Connection:
    return Connection("repositoryTopics", lambda: [_topic(name) for name in repository["topics"]], a)


def _topic(name: str) -> dict[str, Any]:
    return {"id": f"RT_{name}", "topic": {"id": f"T_{name}", "name": name}, "url": f"{box().url}/topics/{name}"}


def _language(name: str | None) -> dict[str, Any] | None:
    return {"id": f"LANG_{name}", "name": name, "color": None} if name else None


def _languages(repository: Record, a: Arguments) -> Connection:
    return Connection("languages", lambda: [_language(name) for name in languages.languages(repository)], a)


def _rate_limit(_root: object, _a: Arguments) -> dict[str, Any]:
    held = ratelimit.window(caller(), "graphql")
    return {
        "cost": g.cost.points,
        "limit": held.limit,
        "nodeCount": g.cost.nodes,
        "remaining": max(held.limit - held.used, 0),
        "resetAt": stamp(held.reset),
        "used": held.used,
    }


def _page(account: Record) -> str:
    return str(objects.simple_user(account)["html_url"])


_ACCOUNT: dict[str, Resolver] = {
    "id": lambda account, _: objects.account_node(account),
    "databaseId": lambda account, _: account["id"],
    "name": lambda account, _: account.get("name"),
    "url": lambda account, _: _page(account),
    "avatarUrl": lambda account, _: objects.simple_user(account)["avatar_url"],
    "createdAt": lambda account, _: account["created_at"],
    "email": lambda account, _: account.get("email") or ("" if account["type"] == "User" else None),
    "bio": lambda account, _: account.get("description"),
    "repositories": _owned,
    "repository": _owned_one,
}
RESOLVERS: dict[str, dict[str, Resolver]] = {
    "Query": {
        "id": lambda _root, _: "Q",
        "repository": _repository,
        "organization": _organization,
        "user": _user,
        "repositoryOwner": lambda _root, a: account_by_login(a["login"]),
        "viewer": _viewer,
        "node": _node,
        "nodes": _nodes,
        "rateLimit": _rate_limit,
    },
    "Organization": {**_ACCOUNT, **people.ORGANIZATION},
    "User": _ACCOUNT,
    "Bot": _ACCOUNT,
    "Repository": {
        "id": lambda record, _: objects.node_id("R", record["id"]),
        "databaseId": lambda record, _: record["id"],
        "nameWithOwner": lambda record, _: full_name(record),
        "owner": lambda record, _: owner_of(record),
        "url": lambda record, _: f"{box().url}/{full_name(record)}",
        "homepageUrl": lambda record, _: record["homepage"],
        "visibility": lambda record, _: record["visibility"].upper(),
        "isPrivate": lambda record, _: record["visibility"] != "public",
        "isArchived": lambda record, _: record["archived"],
        "isFork": lambda record, _: record["fork"],
        "isTemplate": lambda record, _: record["is_template"],
        "isDisabled": lambda _record, _: False,
        "isInOrganization": lambda record, _: owner_of(record)["type"] == "Organization",
        "createdAt": lambda record, _: record["created_at"],
        "updatedAt": lambda record, _: record["updated_at"],
        "pushedAt": lambda record, _: record["pushed_at"],
        "diskUsage": lambda record, _: record["size"],
        "forkCount": lambda _record, _: 0,
        "stargazerCount": lambda _record, _: 0,
        "primaryLanguage": lambda record, _: _language(languages.primary(record)),
        "languages": _languages,
        "repositoryTopics": _topics,
        **git_objects.REPOSITORY,
    },
    **git_objects.RESOLVERS,
    **people.RESOLVERS,
}


def type_of(value: Any) -> str:
    """Name the schema's type of a value behind an interface."""
    if isinstance(value, GitNode):
        return gitstore.kind(value.found).capitalize()
    if isinstance(value, RefNode):
        return "Ref"
    return str(value["type"]) if "type" in value else "Repository"
