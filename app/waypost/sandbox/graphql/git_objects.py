"""What git's objects and refs answer in GraphQL; each carries the repository it is in.

https://docs.github.com/en/graphql/reference/interfaces#gitobject
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pygit2

from waypost.sandbox import commit_objects, commits, gitstore
from waypost.sandbox.auth import caller
from waypost.sandbox.box import box, full_name
from waypost.sandbox.clock import stamp
from waypost.sandbox.graphql.connections import Connection
from waypost.sandbox.graphql.problems import forbidden
from waypost.sandbox.store import Record

# longer texts are cut: https://docs.github.com/en/graphql/reference/objects#blob
_TEXT_BYTES = 512_000
Arguments = Mapping[str, Any]
Resolver = Callable[[Any, Arguments], Any]


class GitNode(NamedTuple):
    """A git object in its repository."""

    repository: Record
    found: Any  # a pygit2 object
    path: str = ""  # of a tree, for the paths of its entries


class RefNode(NamedTuple):
    repository: Record
    name: str
    target: str


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


def _commit_page(node: GitNode) -> str:
    return f"{box().url}/{full_name(node.repository)}/commit/{node.found.id}"


_GIT: dict[str, Resolver] = {
    "id": lambda node, _: f"{gitstore.kind(node.found)[0].upper()}_{node.repository['id']}_{node.found.id}",
    "oid": lambda node, _: str(node.found.id),
    "abbreviatedOid": lambda node, _: str(node.found.id)[:7],
    "commitUrl": lambda node, _: _commit_page(node),
    "repository": lambda node, _: node.repository,
}
RESOLVERS: dict[str, dict[str, Resolver]] = {
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
# fields of a repository that read git
REPOSITORY: dict[str, Resolver] = {
    "isEmpty": _is_empty,
    "defaultBranchRef": lambda record, _: _ref_named(record, f"refs/heads/{record['default_branch']}"),
    "ref": _ref,
    "refs": _refs,
    "object": _object,
}
