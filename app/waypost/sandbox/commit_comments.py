"""Comments on commits.

https://docs.github.com/en/rest/commits/comments
"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from waypost.sandbox import gitstore, objects
from waypost.sandbox.auth import actor, on_repository
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.conversations import account, author_association, reactions
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, not_found, paginate, text_field

routes = Blueprint("commit_comments", __name__)

_COMMIT = "/repos/<owner>/<name>/commits/<sha>/comments"


@routes.get("/repos/<owner>/<name>/comments")
@on_repository(contents="read")
def list_comments(repository: Record) -> ResponseReturnValue:
    found = box().store.where("commit_comment", repository_id=repository["id"])
    return paginate(found, lambda comment: show(repository, comment))


@routes.get(_COMMIT)
@on_repository(contents="read")
def list_comments_of_commit(repository: Record, sha: str) -> ResponseReturnValue:
    found = box().store.where("commit_comment", repository_id=repository["id"])
    wanted = [comment for comment in found if comment["commit_id"] == sha]
    return paginate(wanted, lambda comment: show(repository, comment))


@routes.post(_COMMIT)
@on_repository(contents="read")
def create_comment(repository: Record, sha: str) -> ResponseReturnValue:
    commit = gitstore.resolve(box().git.open(repository["id"]), sha, repository["default_branch"])
    if commit is None:
        raise not_found()
    now = box().clock.stamp()
    comment = box().store.add(
        "commit_comment",
        repository_id=repository["id"],
        commit_id=str(commit.id),
        body=text_field(body(), "CommitComment", "body"),
        user_id=actor()["id"],
        created_at=now,
        updated_at=now,
    )
    shown = show(repository, comment)
    return shown, 201, {"Location": shown["url"]}


def show(repository: Record, comment: Record) -> Json:
    name, store = full_name(repository), box().store
    url = f"{api_url()}/repos/{name}/comments/{comment['id']}"
    return {
        "url": url,
        "html_url": f"{box().url}/{name}/commit/{comment['commit_id']}#commitcomment-{comment['id']}",
        "id": comment["id"],
        "node_id": objects.node_id("CC", comment["id"]),
        "user": account(comment["user_id"]),
        "position": None,
        "line": None,
        "path": None,
        "commit_id": comment["commit_id"],
        "created_at": comment["created_at"],
        "updated_at": comment["updated_at"],
        "author_association": author_association(repository, store.must("account", comment["user_id"])),
        "body": comment["body"],
        "reactions": reactions(url, comment),
    }
