"""What each field of the schema answers. A repository or account is its record; git objects carry their repository.

https://docs.github.com/en/graphql/reference/objects
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pygit2
from flask import g

from waypost.sandbox import commit_objects, commits, gitstore, languages, objects, ratelimit
from waypost.sandbox.auth import caller
from waypost.sandbox.box import account_by_login, box, full_name, owner_of, repository_by_name
from waypost.sandbox.clock import stamp
from waypost.sandbox.graphql.connections import Connection
from waypost.sandbox.graphql.problems import Problem, forbidden, no_repository, not_found
from waypost.sandbox.store import Record

# longer texts are cut: https://docs.github.com/en/graphql/reference/objects#blob
_TEXT_BYTES = 512_000
Arguments = Mapping[str, Any]


class GitNode(NamedTuple):
    """A git object in its repository."""

    repository: Record
    found: Any  # a pygit2 object
    path: str = ""  # of a tree, for the paths of its entries


class RefNode(NamedTuple):
    repository: Record
    name: str
    target: str


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


def _git(repository: Record) -> pygit2.Repository:
    """Open the repository, if its contents may be read."""
    if not caller().may(repository, "contents", "read"):
        raise forbidden()
    return box().git.open(repository["id"])


def _object(repository: Record, a: Arguments) -> GitNode | None:
    """Find what `branch:path`, a commit id, a branch or a tag names."""
    opened = _git(repository)
    if a.get("oid"):
        found = gitstore.find(opened, a["oid"])
        return GitNode(repository, found) if found is not None else None
    revision, colon, path = (a.get("expression") or "").partition(":")
    commit = gitstore.resolve(opened, revision, repository["default_branch"])
    if not colon:
        named = commit or gitstore.find(opened, revision)
        return GitNode(repository, named) if named is not None else None
    tree = commit.tree if commit is not None else gitstore.find(opened, revision)
    inside = gitstore.entry(tree, path) if isinstance(tree, pygit2.Tree) else None
    return GitNode(repository, inside, path.strip("/")) if inside is not None else None


def _ref(repository: Record, a: Arguments) -> RefNode | None:
    asked = a["qualifiedName"]
    names = [asked] if asked.startswith("refs/") else [f"refs/heads/{asked}", f"refs/tags/{asked}", f"refs/{asked}"]
    return next((found for name in names if (found := _ref_named(repository, name)) is not None), None)


def _ref_named(repository: Record, name: str) -> RefNode | None:
    target = gitstore.target(_git(repository), name) if pygit2.reference_is_valid_name(name) else None
    return RefNode(repository, name, target) if target is not None else None


def _refs(repository: Record, a: Arguments) -> Connection:
    start = a["refPrefix"]
    wanted = (a.get("query") or "").lower()
    found = [
        RefNode(repository, name, target)
        for name, target in gitstore.refs(_git(repository)).items()
        if name.startswith(start) and wanted in name.removeprefix(start).lower()
    ]
    if a.get("direction") == "DESC":
        found.reverse()
    return Connection("refs", lambda: found, a)


def _topics(repository: Record, a: Arguments) -> Connection:
    return Connection("repositoryTopics", lambda: [_topic(name) for name in repository["topics"]], a)


def _topic(name: str) -> dict[str, Any]:
    return {"id": f"RT_{name}", "topic": {"id": f"T_{name}", "name": name}, "url": f"{box().url}/topics/{name}"}


def _language(name: str | None) -> dict[str, Any] | None:
    return {"id": f"LANG_{name}", "name": name, "color": None} if name else None


def _languages(repository: Record, a: Arguments) -> Connection:
    return Connection("languages", lambda: [_language(name) for name in languages.languages(repository)], a)


def _is_empty(repository: Record, _a: Arguments) -> bool:
    return not any(True for _ in _git(repository).references)


def _history(node: GitNode, a: Arguments) -> Connection:
    opened = box().git.open(node.repository["id"])
    path = (a.get("path") or "").strip("/")
    return Connection(
        "history", lambda: (GitNode(node.repository, one) for one in commits.history(opened, node.found, path)), a
    )


def _parents(node: GitNode, a: Arguments) -> Connection:
    return Connection("parents", lambda: [GitNode(node.repository, one) for one in node.found.parents], a)


def _file(node: GitNode, a: Arguments) -> dict[str, Any] | None:
    found = gitstore.entry(node.found.tree, a["path"])
    return _entry(node.repository, found, a["path"].strip("/")) if found is not None and found.name else None


def _entries(node: GitNode, _a: Arguments) -> list[dict[str, Any]]:
    folder = f"{node.path}/" if node.path else ""
    return [_entry(node.repository, one, folder + (one.name or "")) for one in node.found]


def _entry(repository: Record, found: pygit2.Object, path: str) -> dict[str, Any]:
    name, kind = found.name or "", gitstore.kind(found)
    return {
        "name": name,
        "nameRaw": name,
        "path": path,
        "pathRaw": path,
        "extension": f".{name.rpartition('.')[2]}" if "." in name else "",
        "mode": int(found.filemode or 0),
        "type": kind,
        "oid": str(found.id),
        "size": found.size if isinstance(found, pygit2.Blob) else 0,
        "object": GitNode(repository, found, path) if kind != "commit" else None,
        "repository": repository,
    }


def _text(node: GitNode, _a: Arguments) -> str | None:
    if node.found.is_binary:
        return None
    return str(node.found.data[:_TEXT_BYTES].decode("utf-8", "replace"))


def _actor(signature: pygit2.Signature) -> dict[str, Any]:
    return {
        "name": signature.name,
        "email": signature.email,
        "date": stamp(signature.time),
        "user": _as_user(commit_objects.account_of(signature)),
    }


def _as_user(account: Record | None) -> Record | None:
    return account if account is not None and account["type"] == "User" else None


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


def _commit_page(node: GitNode) -> str:
    return f"{box().url}/{full_name(node.repository)}/commit/{node.found.id}"


Resolver = Callable[[Any, Arguments], Any]

_GIT: dict[str, Resolver] = {
    "id": lambda node, _: f"{gitstore.kind(node.found)[0].upper()}_{node.repository['id']}_{node.found.id}",
    "oid": lambda node, _: str(node.found.id),
    "abbreviatedOid": lambda node, _: str(node.found.id)[:7],
    "commitUrl": lambda node, _: _commit_page(node),
    "repository": lambda node, _: node.repository,
}
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
    "Organization": _ACCOUNT,
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
        "isEmpty": _is_empty,
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
        "defaultBranchRef": lambda record, _: _ref_named(record, f"refs/heads/{record['default_branch']}"),
        "ref": _ref,
        "refs": _refs,
        "object": _object,
    },
    "Ref": {
        "id": lambda ref, _: f"REF_{ref.repository['id']}_{ref.name}",
        "name": lambda ref, _: ref.name.split("/", 2)[2],
        "prefix": lambda ref, _: "/".join(ref.name.split("/", 2)[:2]) + "/",
        "target": lambda ref, _: GitNode(ref.repository, box().git.open(ref.repository["id"])[ref.target]),
    },
    "Blob": {
        **_GIT,
        "byteSize": lambda node, _: node.found.size,
        "isBinary": lambda node, _: node.found.is_binary,
        "isTruncated": lambda node, _: node.found.size > _TEXT_BYTES,
        "text": _text,
    },
    "Tree": {**_GIT, "entries": _entries},
    "Tag": {
        **_GIT,
        "name": lambda node, _: node.found.name,
        "message": lambda node, _: node.found.message.removesuffix("\n"),
        "tagger": lambda node, _: _actor(node.found.tagger) if node.found.tagger else None,
        "target": lambda node, _: GitNode(node.repository, node.found.get_object()),
    },
    "Commit": {
        **_GIT,
        "url": lambda node, _: _commit_page(node),
        "message": lambda node, _: commit_objects.message(node.found),
        "messageHeadline": lambda node, _: commit_objects.message(node.found).partition("\n")[0],
        "messageBody": lambda node, _: commit_objects.message(node.found).partition("\n")[2].strip("\n"),
        "committedDate": lambda node, _: stamp(node.found.committer.time),
        "authoredDate": lambda node, _: stamp(node.found.author.time),
        "author": lambda node, _: _actor(node.found.author),
        "committer": lambda node, _: _actor(node.found.committer),
        "tree": lambda node, _: GitNode(node.repository, node.found.tree),
        "parents": _parents,
        "history": _history,
        "file": _file,
    },
}


def type_of(value: Any) -> str:
    """Name the schema's type of a value behind an interface."""
    if isinstance(value, GitNode):
        return gitstore.kind(value.found).capitalize()
    if isinstance(value, RefNode):
        return "Ref"
    return str(value["type"]) if "type" in value else "Repository"
