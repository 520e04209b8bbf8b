"""Blobs, trees, commits, refs and tags, as git has them.

https://docs.github.com/en/rest/git
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime

import pygit2
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from pygit2.enums import FileMode, ObjectType

from waypost.limits import TREE_ENTRIES
from waypost.sandbox import commit_objects, gitstore
from waypost.sandbox.auth import actor, on_repository
from waypost.sandbox.beginnings import author_of
from waypost.sandbox.box import box
from waypost.sandbox.contents import wrapped
from waypost.sandbox.gitstore import Author, Change
from waypost.sandbox.refs import git_address, open_git
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, media, not_found, text_field, unprocessable

routes = Blueprint("gitdata", __name__)

# a recursive listing ends here: https://docs.github.com/en/rest/git/trees#get-a-tree
_TREE_BYTES = 7 * 1024 * 1024
# what git keeps of an entry beside its path: mode, type, id
_ENTRY_BYTES = 60
_MODES = {"100644": FileMode.BLOB, "100755": FileMode.BLOB_EXECUTABLE, "120000": FileMode.LINK,
          "040000": FileMode.TREE, "160000": FileMode.COMMIT}  # fmt: skip


@routes.post("/repos/<owner>/<name>/git/blobs")
@on_repository(contents="write")
def create_blob(repository: Record) -> ResponseReturnValue:
    asked, opened = body(), open_git(repository)
    text = asked.get("content")
    if not isinstance(text, str):
        raise unprocessable('Invalid request.\n\n"content" wasn\'t supplied.')
    try:
        content = base64.b64decode(text) if asked.get("encoding") == "base64" else text.encode()
    except binascii.Error:
        raise unprocessable("content is not valid Base64") from None
    sha = str(opened.create_blob(content))
    return jsonify({"sha": sha, "url": f"{git_address(repository)}/blobs/{sha}"}), 201


@routes.get("/repos/<owner>/<name>/git/blobs/<sha>")
@on_repository(contents="read")
def show_blob(repository: Record, sha: str) -> ResponseReturnValue:
    found = gitstore.find(open_git(repository), sha)
    if not isinstance(found, pygit2.Blob):
        raise not_found()
    if media() == "raw":
        return Response(found.data, content_type="application/vnd.github.v3.raw; charset=utf-8")
    return jsonify(
        {
            "sha": str(found.id),
            "node_id": f"B_{repository['id']}_{found.id}",
            "size": found.size,
            "url": f"{git_address(repository)}/blobs/{found.id}",
            "content": wrapped(found.data),
            "encoding": "base64",
        }
    )


@routes.get("/repos/<owner>/<name>/git/trees/<path:sha>")
@on_repository(contents="read")
def show_tree(repository: Record, sha: str) -> ResponseReturnValue:
    """A tree by its id, or that of a commit, branch or tag. Any value of `recursive` means yes, even 0."""
    opened = open_git(repository, need_commits=True)
    found = gitstore.find(opened, sha) or gitstore.resolve(opened, sha, repository["default_branch"])
    if isinstance(found, pygit2.Commit):
        found = found.tree
    if not isinstance(found, pygit2.Tree):
        raise not_found()
    return jsonify(_tree(repository, found, "recursive" in request.args))


@routes.post("/repos/<owner>/<name>/git/trees")
@on_repository(contents="write")
def create_tree(repository: Record) -> ResponseReturnValue:
    asked, opened = body(), open_git(repository)
    entries = asked.get("tree")
    if not isinstance(entries, list) or not entries:
        raise unprocessable("Invalid tree info")
    base = gitstore.find(opened, str(asked["base_tree"])) if asked.get("base_tree") else None
    if isinstance(base, pygit2.Commit):
        base = base.tree
    if asked.get("base_tree") and not isinstance(base, pygit2.Tree):
        raise not_found()
    changes = dict(_change(opened, entry) for entry in entries)
    made = gitstore.build_tree(opened, base if isinstance(base, pygit2.Tree) else None, changes)
    return jsonify(_tree(repository, opened[made].peel(pygit2.Tree), False)), 201


@routes.get("/repos/<owner>/<name>/git/commits/<sha>")
@on_repository(contents="read")
def show_commit(repository: Record, sha: str) -> ResponseReturnValue:
    found = gitstore.find(open_git(repository), sha)
    if not isinstance(found, pygit2.Commit):
        raise not_found()
    return jsonify(commit_objects.git_commit(repository, found))


@routes.post("/repos/<owner>/<name>/git/commits")
@on_repository(contents="write")
def create_commit(repository: Record) -> ResponseReturnValue:
    asked, opened = body(), open_git(repository)
    message = text_field(asked, "Commit", "message")
    tree = gitstore.find(opened, str(asked.get("tree", "")))
    if not isinstance(tree, pygit2.Tree):
        raise unprocessable("Tree SHA does not exist")
    parents = [gitstore.find(opened, str(one)) for one in asked.get("parents") or ()]
    if not all(isinstance(one, pygit2.Commit) for one in parents):
        raise unprocessable("Parent SHA does not exist or is not a commit object")
    now = box().clock.now()
    author = _person(asked.get("author"), author_of(actor(), now))
    default = commit_objects.web_committer(now) if not asked.get("author") else author
    committer = _person(asked.get("committer"), default)
    made = opened.create_commit(
        None, author.signature(), committer.signature(), message, tree.id, [one.id for one in parents if one]
    )
    shown = commit_objects.git_commit(repository, opened[made].peel(pygit2.Commit))
    return jsonify(shown), 201, {"Location": shown["url"]}


@routes.post("/repos/<owner>/<name>/git/tags")
@on_repository(contents="write")
def create_tag(repository: Record) -> ResponseReturnValue:
    asked, opened = body(), open_git(repository)
    name, message = text_field(asked, "Tag", "tag"), text_field(asked, "Tag", "message")
    target = gitstore.find(opened, text_field(asked, "Tag", "object"))
    if target is None:
        raise unprocessable("Object does not exist")
    tagger = _person(asked.get("tagger"), author_of(actor(), box().clock.now())).signature()
    # libgit2's own way to make a tag makes the ref too, which GitHub leaves to the caller
    lines = [f"object {target.id}", f"type {gitstore.kind(target)}", f"tag {name}"]
    head = "\n".join([*lines, f"tagger {tagger.name} <{tagger.email}> {tagger.time} +0000"])
    made = opened.write(ObjectType.TAG, f"{head}\n\n{message}".encode())
    return jsonify(_tag(repository, opened[made].peel(pygit2.Tag))), 201


@routes.get("/repos/<owner>/<name>/git/tags/<sha>")
@on_repository(contents="read")
def show_tag(repository: Record, sha: str) -> ResponseReturnValue:
    found = gitstore.find(open_git(repository), sha)
    if not isinstance(found, pygit2.Tag):
        raise not_found()
    return jsonify(_tag(repository, found))


def _change(opened: pygit2.Repository, entry: object) -> tuple[str, Change | None]:
    """Read one entry of a tree to be made."""
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str) or not entry["path"].strip("/"):
        raise unprocessable("Must supply a valid tree.path")
    path = entry["path"]
    if any(part in ("", ".", "..") or part.lower() == ".git" for part in path.split("/")):
        raise unprocessable("tree.path contains a malformed path component")
    if "sha" in entry and entry["sha"] is None:
        return path, None
    mode = _MODES.get(str(entry.get("mode")))
    if mode is None:
        raise unprocessable("Must supply a valid tree.mode")
    if isinstance(entry.get("content"), str) and not entry.get("sha"):
        return path, Change(entry["content"].encode(), mode)
    found = gitstore.find(opened, str(entry.get("sha")))
    if found is None and mode != FileMode.COMMIT:
        raise unprocessable(f"tree.sha {entry.get('sha')} is not a valid {entry.get('type', 'blob')}")
    return path, Change(found.id if found is not None else pygit2.Oid(hex=str(entry["sha"])), mode)


def _person(asked: object, default: Author) -> Author:
    if not isinstance(asked, dict):
        return default
    seconds, offset = default.seconds, 0
    if asked.get("date"):
        try:
            moment = datetime.fromisoformat(str(asked["date"]))
        except ValueError:
            raise unprocessable(f"'{asked['date']}' is not a valid date") from None
        seconds, zone = moment.timestamp(), moment.utcoffset()
        offset = int(zone.total_seconds() // 60) if zone is not None else 0
    return Author(str(asked.get("name") or default.name), str(asked.get("email") or default.email), seconds, offset)


def _tree(repository: Record, tree: pygit2.Tree, recursive: bool) -> Json:
    entries: list[Json] = []
    size, truncated = 0, False
    for path, found in _walk(tree, "", recursive):
        shown = _tree_entry(repository, path, found)
        size += len(path) + _ENTRY_BYTES
        if recursive and (len(entries) >= TREE_ENTRIES or size > _TREE_BYTES):
            truncated = True
            break
        entries.append(shown)
    sha = str(tree.id)
    return {"sha": sha, "url": f"{git_address(repository)}/trees/{sha}", "tree": entries, "truncated": truncated}


def _walk(tree: pygit2.Tree, folder: str, recursive: bool) -> Iterator[tuple[str, pygit2.Object]]:
    for found in tree:
        path = f"{folder}{found.name}"
        yield path, found
        if recursive and isinstance(found, pygit2.Tree):
            yield from _walk(found, f"{path}/", True)


def _tree_entry(repository: Record, path: str, found: pygit2.Object) -> Json:
    mode, kind = int(found.filemode or 0), gitstore.kind(found)
    shown: Json = {"path": path, "mode": f"{mode:06o}", "type": kind, "sha": str(found.id)}
    if isinstance(found, pygit2.Blob):
        shown["size"] = found.size
    if kind != "commit":
        shown["url"] = f"{git_address(repository)}/{kind}s/{found.id}"
    return shown


def _tag(repository: Record, tag: pygit2.Tag) -> Json:
    target, sha = tag.get_object(), str(tag.id)
    kind = gitstore.kind(target)
    unsigned = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}
    return {
        "node_id": f"TAG_{repository['id']}_{sha}",
        "sha": sha,
        "url": f"{git_address(repository)}/tags/{sha}",
        "tag": tag.name,
        "message": tag.message.removesuffix("\n"),
        "tagger": commit_objects.person(tag.tagger),
        "object": {"sha": str(target.id), "type": kind, "url": f"{git_address(repository)}/{kind}s/{target.id}"},
        "verification": unsigned,
    }
