"""Files and folders by path, read and written one at a time.

https://docs.github.com/en/rest/repos/contents
"""

from __future__ import annotations

import base64
import binascii
import posixpath
from urllib.parse import quote

import pygit2
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from pygit2.enums import FileMode

from waypost.sandbox import commit_objects, gitstore, markdown, pushes
from waypost.sandbox.auth import actor, on_repository
from waypost.sandbox.beginnings import author_of
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.gitstore import Author, Change
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, body, conflict, media, not_found, text_field, unprocessable

routes = Blueprint("contents", __name__)

# https://docs.github.com/en/rest/repos/contents#get-repository-content
_INLINE_BYTES, _RAW_BYTES, _FOLDER_ENTRIES = 1024 * 1024, 100 * 1024 * 1024, 1_000
_README_FOLDERS = (".github", "", "docs")


@routes.get("/repos/<owner>/<name>/contents", defaults={"path": ""})
@routes.get("/repos/<owner>/<name>/contents/", defaults={"path": ""})
@routes.get("/repos/<owner>/<name>/contents/<path:path>")
@on_repository(contents="read")
def show(repository: Record, path: str) -> ResponseReturnValue:
    commit, ref = _commit(repository)
    return _answer(repository, commit, ref, _clean(path))


@routes.get("/repos/<owner>/<name>/readme", defaults={"folder": None})
@routes.get("/repos/<owner>/<name>/readme/<path:folder>")
@on_repository(contents="read")
def show_readme(repository: Record, folder: str | None) -> ResponseReturnValue:
    commit, ref = _commit(repository)
    for place in _README_FOLDERS if folder is None else (_clean(folder),):
        tree = gitstore.entry(commit.tree, place)
        names = sorted(one.name or "" for one in tree) if isinstance(tree, pygit2.Tree) else []
        found = next((one for one in names if one.lower() in ("readme.md", "readme", "readme.rst", "readme.txt")), "")
        if found:
            return _answer(repository, commit, ref, posixpath.join(place, found))
    raise not_found()


@routes.put("/repos/<owner>/<name>/contents/<path:path>")
@on_repository(contents="write")
def write(repository: Record, path: str) -> ResponseReturnValue:
    """https://docs.github.com/en/rest/repos/contents#create-or-update-file-contents"""
    asked, path = body(), _clean(path)
    message, text = text_field(asked, "Content", "message"), asked.get("content")
    if not isinstance(text, str):
        raise unprocessable('Invalid request.\n\n"content" wasn\'t supplied.')
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        raise unprocessable("content is not valid Base64") from None
    branch, head = _branch(repository, asked)
    old = gitstore.entry(head.tree, path) if head is not None else None
    _check_sha(path, old, asked.get("sha"))
    mode = old.filemode if isinstance(old, pygit2.Blob) and old.filemode else FileMode.BLOB
    commit = _write(repository, branch, head, path, Change(content, mode), message, asked)
    written = _describe(repository, commit, branch, path)
    written.pop("content"), written.pop("encoding")
    shown = {"content": written, "commit": commit_objects.git_commit(repository, commit)}
    return jsonify(shown), 200 if old is not None else 201


@routes.delete("/repos/<owner>/<name>/contents/<path:path>")
@on_repository(contents="write")
def delete(repository: Record, path: str) -> ResponseReturnValue:
    """https://docs.github.com/en/rest/repos/contents#delete-a-file: the fields may also come in the address."""
    asked, path = {**request.args.to_dict(), **body()}, _clean(path)
    message, sha = text_field(asked, "Content", "message"), asked.get("sha")
    branch, head = _branch(repository, asked)
    old = gitstore.entry(head.tree, path) if head is not None else None
    if head is None or not isinstance(old, pygit2.Blob):
        raise not_found()
    _check_sha(path, old, sha)
    commit = _write(repository, branch, head, path, None, message, asked)
    return jsonify({"content": None, "commit": commit_objects.git_commit(repository, commit)})


def _write(
    repository: Record,
    branch: str,
    head: pygit2.Commit | None,
    path: str,
    change: Change | None,
    message: str,
    asked: Json,
) -> pygit2.Commit:
    opened, now = box().git.open(repository["id"]), box().clock.now()
    author = _person(asked.get("author") or asked.get("committer"), author_of(actor(), now))
    committer = _person(asked.get("committer") or asked.get("author"), commit_objects.web_committer(now))
    changes = {path: change}
    made = gitstore.commit_files(opened, [head] if head is not None else [], changes, message, author, committer)
    try:
        pushes.move(repository, f"refs/heads/{branch}", made)
    except ApiError as error:
        if error.status != 422:
            raise
        is_rule = error.message.startswith("Repository rule violations")
        start = "" if is_rule else f"Could not {'delete' if change is None else 'create'} file: "
        raise conflict(f"{start}{error.message}") from None
    return opened[made].peel(pygit2.Commit)


def _person(asked: object, default: Author) -> Author:
    if not isinstance(asked, dict):
        return default
    if not asked.get("name") or not asked.get("email"):
        raise unprocessable('Invalid request.\n\n"email", "name" weren\'t supplied.')
    return Author(str(asked["name"]), str(asked["email"]), default.seconds)


def _check_sha(path: str, old: pygit2.Object | None, sha: object) -> None:
    """Refuse to overwrite what the caller has not seen."""
    if isinstance(old, pygit2.Tree):
        raise unprocessable(f"{path} is a directory")
    if old is None:
        return
    if not sha:
        raise unprocessable('Invalid request.\n\n"sha" wasn\'t supplied.')
    if sha != str(old.id):
        raise conflict(f"{path} does not match {sha}")


def _branch(repository: Record, asked: Json) -> tuple[str, pygit2.Commit | None]:
    """Return the branch to write and its head; only the first commit of all may make a branch."""
    opened = box().git.open(repository["id"])
    branch = str(asked.get("branch") or repository["default_branch"]).removeprefix("refs/heads/")
    head = gitstore.head(opened, branch)
    if head is None and any(name.startswith("refs/heads/") for name in opened.references):
        raise ApiError(404, f"Branch {branch} not found")
    return branch, head


def _commit(repository: Record) -> tuple[pygit2.Commit, str]:
    """Return the commit that `ref` names, and how the caller wrote it."""
    opened = box().git.open(repository["id"])
    ref = request.args.get("ref") or repository["default_branch"]
    commit = gitstore.resolve(opened, ref, repository["default_branch"])
    if commit is None:
        is_empty = not any(name.startswith("refs/heads/") for name in opened.references)
        raise ApiError(404, "This repository is empty." if is_empty else f"No commit found for the ref {ref}")
    return commit, ref


def _clean(path: str) -> str:
    parts = path.strip("/").split("/")
    if any(part in (".", "..") or part.lower() == ".git" for part in parts) or (path.strip("/") and "" in parts):
        raise unprocessable("path contains a malformed path component")
    return "/".join(parts)


def _answer(repository: Record, commit: pygit2.Commit, ref: str, path: str) -> ResponseReturnValue:
    found = gitstore.entry(commit.tree, path)
    wanted = media()
    if found is None:
        raise not_found()
    if isinstance(found, pygit2.Tree):
        entries = [_entry(repository, ref, posixpath.join(path, one.name or ""), one) for one in found]
        if wanted != "object":
            return jsonify(entries[:_FOLDER_ENTRIES])
        shown = _entry(repository, ref, path, found)
        answer = jsonify({**shown, "entries": entries[:_FOLDER_ENTRIES]})
        answer.content_type = "application/vnd.github.v3.object; charset=utf-8"
        return answer
    if isinstance(found, pygit2.Blob) and wanted in ("raw", "html"):
        return _as_text(repository, found, path, wanted)
    return jsonify(_describe(repository, commit, ref, path))


def _as_text(repository: Record, found: pygit2.Blob, path: str, wanted: str) -> Response:
    if found.size > _RAW_BYTES:
        raise forbidden_size()
    if wanted == "raw":
        return Response(found.data, content_type="application/vnd.github.v3.raw; charset=utf-8")
    rendered = markdown.render(found.data.decode("utf-8", "replace"))
    return Response(rendered, content_type="application/vnd.github.v3.html; charset=utf-8")


def forbidden_size() -> ApiError:
    error = {"resource": "Blob", "field": "data", "code": "too_large"}
    return ApiError(403, "This API returns blobs up to 100 MB in size. The requested blob is too large.", [error])


def _describe(repository: Record, commit: pygit2.Commit, ref: str, path: str) -> Json:
    """One file, link or submodule. A link to a file in the same repository is answered with that file."""
    found = gitstore.entry(commit.tree, path)
    assert found is not None
    shown = _entry(repository, ref, path, found)
    if not isinstance(found, pygit2.Blob):
        return shown
    if found.filemode == FileMode.LINK:
        target = gitstore.entry(
            commit.tree, posixpath.normpath(posixpath.join(posixpath.dirname(path), shown["target"]))
        )
        if not isinstance(target, pygit2.Blob) or target.filemode == FileMode.LINK:
            return shown
        shown = _entry(repository, ref, path, found) | {"type": "file", "size": target.size}
        shown.pop("target")
        found = target
    if found.size > _RAW_BYTES:
        raise forbidden_size()
    is_inline = found.size <= _INLINE_BYTES
    shown["content"] = wrapped(found.data) if is_inline else ""
    shown["encoding"] = "base64" if is_inline else "none"
    return shown


def wrapped(content: bytes) -> str:
    """Write base64 in lines of 60, as GitHub does."""
    text = base64.b64encode(content).decode()
    return "".join(text[start : start + 60] + "\n" for start in range(0, len(text), 60))


def _entry(repository: Record, ref: str, path: str, found: pygit2.Object) -> Json:
    """What a folder's listing says of each entry."""
    name, quoted = full_name(repository), quote(path)
    kind = {FileMode.TREE: "dir", FileMode.LINK: "symlink", FileMode.COMMIT: "submodule"}.get(
        FileMode(found.filemode or FileMode.TREE), "file"
    )
    url = f"{api_url()}/repos/{name}/contents/{quoted}?ref={quote(ref)}"
    folder = "tree" if kind == "dir" else "blob"
    git_url = None if kind == "submodule" else f"{api_url()}/repos/{name}/git/{folder}s/{found.id}"
    page = f"{box().url}/{name}/{folder}/{quote(ref)}/{quoted}"
    shown: Json = {
        "name": posixpath.basename(path),
        "path": path,
        "sha": str(found.id),
        "size": found.size if isinstance(found, pygit2.Blob) else 0,
        "url": url,
        "html_url": page,
        "git_url": git_url,
        "download_url": f"{box().url}/{name}/raw/{quote(ref)}/{quoted}" if isinstance(found, pygit2.Blob) else None,
        "type": kind,
        "_links": {"self": url, "git": git_url, "html": page},
    }
    if kind == "symlink" and isinstance(found, pygit2.Blob):
        shown["target"] = found.data.decode("utf-8", "replace")
    if kind == "submodule":
        shown["submodule_git_url"] = None
    return shown
