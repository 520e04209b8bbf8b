"""Commits listed, shown and compared.

https://docs.github.com/en/rest/commits/commits
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pygit2
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from pygit2.enums import SortMode

from waypost.sandbox import commit_objects, diffs, gitstore
from waypost.sandbox.auth import on_repository
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, conflict, media, not_found, paginate, unprocessable

routes = Blueprint("commits", __name__)

_COMPARED_FILES = 300


@routes.get("/repos/<owner>/<name>/commits")
@on_repository(contents="read")
def list_commits(repository: Record) -> ResponseReturnValue:
    opened = box().git.open(repository["id"])
    ref = request.args.get("sha") or repository["default_branch"]
    tip = gitstore.resolve(opened, ref, repository["default_branch"])
    if tip is None:
        is_empty = not any(True for _ in opened.references)
        raise conflict("Git Repository is empty.") if is_empty else not_found()
    found = list(_matching(history(opened, tip, request.args.get("path", ""))))
    return paginate(found, lambda commit: commit_objects.commit(repository, commit))


@routes.get("/repos/<owner>/<name>/commits/<path:ref>")
@on_repository(contents="read")
def show_commit(repository: Record, ref: str) -> ResponseReturnValue:
    opened = box().git.open(repository["id"])
    commit = gitstore.resolve(opened, ref, repository["default_branch"])
    if commit is None:
        raise unprocessable(f"No commit found for SHA: {ref}")
    wanted = media()
    if wanted == "sha":
        return Response(str(commit.id), content_type="application/vnd.github.v3.sha; charset=utf-8")
    if wanted in ("diff", "patch"):
        text = diffs.text(opened, commit.parents[0] if commit.parents else None, commit)
        return Response(text, content_type=f"application/vnd.github.v3.{wanted}; charset=utf-8")
    return jsonify(commit_objects.full_commit(repository, commit))


@routes.get("/repos/<owner>/<name>/compare/<path:basehead>")
@on_repository(contents="read")
def compare(repository: Record, basehead: str) -> ResponseReturnValue:
    """https://docs.github.com/en/rest/commits/commits#compare-two-commits"""
    opened = box().git.open(repository["id"])
    base, _, head = basehead.partition("...")
    old, new = (gitstore.resolve(opened, name, repository["default_branch"]) for name in (base, head))
    if old is None or new is None:
        raise not_found()
    shared = opened.merge_base(old.id, new.id)
    if shared is None:
        raise ApiError(404, f"No common ancestor between {base} and {head}.")
    if media() in ("diff", "patch"):
        text = diffs.text(opened, opened[shared].peel(pygit2.Commit), new)
        return Response(text, content_type=f"application/vnd.github.v3.{media()}; charset=utf-8")
    return jsonify(_comparison(repository, opened, (base, old), (head, new), opened[shared].peel(pygit2.Commit)))


@routes.get("/repos/<owner>/<name>/tags")
@on_repository(contents="read")
def list_tags(repository: Record) -> ResponseReturnValue:
    opened = box().git.open(repository["id"])
    names = [ref for ref in gitstore.refs(opened) if ref.startswith("refs/tags/")]
    return paginate(sorted(names, reverse=True), lambda ref: _tag(repository, opened, ref))


def history(opened: pygit2.Repository, tip: pygit2.Commit, path: str) -> Iterator[pygit2.Commit]:
    """Yield the commits reachable from one, newest first; with a path, those that changed what is there."""
    for commit in opened.walk(tip.id, SortMode.TIME | SortMode.TOPOLOGICAL):
        if not path or _touches(commit, path):
            yield commit


def _touches(commit: pygit2.Commit, path: str) -> bool:
    here = _id_at(commit, path)
    if not commit.parents:
        return here is not None
    # a merge that took one side as it was has changed nothing
    return all(_id_at(parent, path) != here for parent in commit.parents)


def _id_at(commit: pygit2.Commit, path: str) -> pygit2.Oid | None:
    found = gitstore.entry(commit.tree, path)
    return found.id if found is not None else None


def _matching(commits: Iterator[pygit2.Commit]) -> Iterator[pygit2.Commit]:
    author, since, until = (request.args.get(name, "") for name in ("author", "since", "until"))
    after, before = _moment(since, 0.0), _moment(until, float("inf"))
    for commit in commits:
        if not after <= commit.commit_time <= before:
            continue
        account = commit_objects.account_of(commit.author) if author else None
        if not author or author in (commit.author.email, (account or {}).get("login")):
            yield commit


def _moment(text: str, default: float) -> float:
    try:
        return datetime.fromisoformat(text).timestamp() if text else default
    except ValueError:
        raise unprocessable(f"'{text}' is not a valid date") from None


def _comparison(
    repository: Record,
    opened: pygit2.Repository,
    base: tuple[str, pygit2.Commit],
    head: tuple[str, pygit2.Commit],
    shared: pygit2.Commit,
) -> Json:
    (base_name, old), (head_name, new) = base, head
    ahead, behind = opened.ahead_behind(new.id, old.id)
    name = full_name(repository)
    page, url = f"{box().url}/{name}/compare/{base_name}...{head_name}", f"{api_url()}/repos/{name}/compare"
    walker = opened.walk(new.id, SortMode.TOPOLOGICAL | SortMode.REVERSE)
    walker.hide(old.id)
    commits = list(walker)
    status = "identical" if ahead == behind == 0 else "diverged" if ahead and behind else "ahead" if ahead else "behind"
    answer = paginate(commits, lambda one: commit_objects.commit(repository, one))
    files = diffs.between(opened, shared, new)
    return {
        "url": f"{url}/{base_name}...{head_name}",
        "html_url": page,
        "permalink_url": f"{box().url}/{name}/compare/{str(old.id)[:12]}...{str(new.id)[:12]}",
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "base_commit": commit_objects.commit(repository, old),
        "merge_base_commit": commit_objects.commit(repository, shared),
        "status": status,
        "ahead_by": ahead,
        "behind_by": behind,
        "total_commits": len(commits),
        "commits": answer.get_json(),
        "files": [diffs.show(repository, one, str(new.id)) for one in files[:_COMPARED_FILES]],
    }


def _tag(repository: Record, opened: pygit2.Repository, ref: str) -> Json:
    name, url = ref.removeprefix("refs/tags/"), f"{api_url()}/repos/{full_name(repository)}"
    commit = gitstore.resolve(opened, ref)
    sha = str(commit.id) if commit is not None else ""
    return {
        "name": name,
        "zipball_url": f"{url}/zipball/{ref}",
        "tarball_url": f"{url}/tarball/{ref}",
        "commit": {"sha": sha, "url": f"{url}/commits/{sha}"},
        "node_id": f"REF_{repository['id']}_{ref}",
    }
