"""Refs: branches and tags as git names them, moved only as GitHub lets them move.

https://docs.github.com/en/rest/git/refs
"""

from __future__ import annotations

import pygit2
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from waypost.sandbox import gitstore, objects, pushes
from waypost.sandbox.auth import on_repository
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, conflict, not_found, paginate, text_field, unprocessable

routes = Blueprint("refs", __name__)


@routes.get("/repos/<owner>/<name>/git/ref/<path:ref>")
@on_repository(contents="read")
def show_ref(repository: Record, ref: str) -> ResponseReturnValue:
    full = _full(ref)
    target = gitstore.target(open_git(repository, need_commits=True), full)
    if target is None:
        raise not_found()
    return jsonify(ref_object(repository, full, target))


@routes.get("/repos/<owner>/<name>/git/refs", defaults={"ref": ""})
@routes.get("/repos/<owner>/<name>/git/refs/<path:ref>")
@routes.get("/repos/<owner>/<name>/git/matching-refs/", defaults={"ref": ""})
@routes.get("/repos/<owner>/<name>/git/matching-refs/<path:ref>")
@on_repository(contents="read")
def list_refs(repository: Record, ref: str) -> ResponseReturnValue:
    start = f"refs/{ref}".removesuffix("/") if ref else "refs/"
    known = gitstore.refs(open_git(repository, need_commits=True))
    found = [(name, target) for name, target in known.items() if name.startswith(start)]
    return paginate(found, lambda pair: ref_object(repository, *pair))


@routes.post("/repos/<owner>/<name>/git/refs")
@on_repository(contents="write")
def create_ref(repository: Record) -> ResponseReturnValue:
    asked = body()
    ref, sha = text_field(asked, "Reference", "ref"), text_field(asked, "Reference", "sha")
    opened = open_git(repository, need_commits=True)
    if not ref.startswith("refs/") or ref.count("/") < 2:
        raise unprocessable("Reference name must start with 'refs/' and contain at least two slashes.")
    if not pygit2.reference_is_valid_name(ref) or ref.startswith("refs/pull/"):
        raise unprocessable(f"'{ref}' is not a valid ref name.")
    _check_target(opened, ref, sha)
    if gitstore.target(opened, ref) is not None:
        raise unprocessable("Reference already exists")
    pushes.move(repository, ref, sha)
    shown = ref_object(repository, ref, sha)
    return jsonify(shown), 201, {"Location": shown["url"]}


@routes.patch("/repos/<owner>/<name>/git/refs/<path:ref>")
@on_repository(contents="write")
def update_ref(repository: Record, ref: str) -> ResponseReturnValue:
    asked, full = body(), _full(ref)
    sha = text_field(asked, "Reference", "sha")
    opened = open_git(repository)
    if gitstore.target(opened, full) is None:
        raise unprocessable("Reference does not exist")
    _check_target(opened, full, sha)
    pushes.move(repository, full, sha, bool(asked.get("force")))
    return jsonify(ref_object(repository, full, sha))


@routes.delete("/repos/<owner>/<name>/git/refs/<path:ref>")
@on_repository(contents="write")
def delete_ref(repository: Record, ref: str) -> ResponseReturnValue:
    full = _full(ref)
    if gitstore.target(open_git(repository), full) is None:
        raise unprocessable("Reference does not exist")
    if full == f"refs/heads/{repository['default_branch']}":
        raise unprocessable("Cannot delete the default branch")
    pushes.move(repository, full, None)
    return "", 204


def ref_object(repository: Record, name: str, target: str) -> Json:
    """The form of a ref in these answers."""
    kind = gitstore.kind(open_git(repository)[target])
    return {
        "ref": name,
        "node_id": objects.node_id("REF", repository["id"]) + name.encode().hex(),
        "url": f"{git_address(repository)}/{name}",
        "object": {"sha": target, "type": kind, "url": f"{git_address(repository)}/{kind}s/{target}"},
    }


def _check_target(opened: pygit2.Repository, ref: str, sha: str) -> None:
    if len(sha) != 40:
        raise unprocessable("The sha parameter must be exactly 40 characters and contain only [0-9a-f].")
    found = gitstore.find(opened, sha)
    if found is None or (ref.startswith("refs/heads/") and not isinstance(found, pygit2.Commit)):
        raise unprocessable("Object does not exist")


def open_git(repository: Record, need_commits: bool = False) -> pygit2.Repository:
    """Open the git behind a repository; refuse an empty one where GitHub does."""
    opened = box().git.open(repository["id"])
    if need_commits and not any(True for _ in opened.references):
        raise conflict("Git Repository is empty.")
    return opened


def git_address(repository: Record) -> str:
    """What the addresses of git data begin with."""
    return f"{api_url()}/repos/{full_name(repository)}/git"


def _full(ref: str) -> str:
    full = f"refs/{ref.removeprefix('refs/')}"
    if not pygit2.reference_is_valid_name(full):
        raise not_found()
    return full
