"""Comments on issues and pull requests, and the reactions to them.

https://docs.github.com/en/rest/issues/comments and https://docs.github.com/en/rest/reactions/reactions
"""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import objects
from waypost.sandbox.auth import actor, caller, on_repository
from waypost.sandbox.box import box
from waypost.sandbox.conversations import (
    REACTIONS,
    account,
    by_number,
    may_triage,
    own_or_triage,
    show_comment,
    show_issue,
    take_part,
    text_of,
    touch,
)
from waypost.sandbox.events import emit
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, forbidden, invalid, not_found, paginate

routes = Blueprint("comments", __name__)

_ISSUES = "/repos/<owner>/<name>/issues"


@routes.get(f"{_ISSUES}/comments")
@on_repository(issues="read", pull_requests="read")
def list_all_comments(repository: Record) -> ResponseReturnValue:
    return _listed(repository, box().store.where("comment", repository_id=repository["id"]))


@routes.get(f"{_ISSUES}/<int:number>/comments")
@on_repository(issues="read", pull_requests="read")
def list_comments(repository: Record, number: int) -> ResponseReturnValue:
    issue = by_number(repository, number)
    return _listed(repository, box().store.where("comment", issue_id=issue["id"]))


@routes.post(f"{_ISSUES}/<int:number>/comments")
@on_repository()
def create_comment(repository: Record, number: int) -> ResponseReturnValue:
    issue = by_number(repository, number)
    who = take_part(repository, "issues", "pull_requests")
    if issue["locked"] and not may_triage(repository):
        raise forbidden("Unable to create comment because issue is locked.")
    text = text_of(body(), "IssueComment", "body")
    if not text or not text.strip():
        raise invalid("IssueComment", "body", "missing_field" if text is None else "unprocessable")
    now, app = box().clock.stamp(), caller().app
    comment = box().store.add(
        "comment",
        repository_id=repository["id"],
        issue_id=issue["id"],
        body=text,
        user_id=who["id"],
        app_id=app["id"] if app else None,
        created_at=now,
        updated_at=now,
    )
    touch(issue)
    shown = _announce(repository, comment, "created")
    return shown, 201, {"Location": shown["url"]}


@routes.get(f"{_ISSUES}/comments/<int:comment>")
@on_repository(issues="read", pull_requests="read")
def get_comment(repository: Record, comment: int) -> ResponseReturnValue:
    return show_comment(repository, _must(repository, comment))


@routes.patch(f"{_ISSUES}/comments/<int:comment>")
@on_repository()
def edit_comment(repository: Record, comment: int) -> ResponseReturnValue:
    old = _must(repository, comment)
    take_part(repository, "issues", "pull_requests")
    own_or_triage(repository, old)
    text = text_of(body(), "IssueComment", "body")
    if not text or not text.strip():
        raise invalid("IssueComment", "body", "missing_field" if text is None else "unprocessable")
    new = box().store.change("comment", old["id"], body=text, updated_at=box().clock.stamp())
    return _announce(repository, new, "edited", changes={"body": {"from": old["body"]}})


@routes.delete(f"{_ISSUES}/comments/<int:comment>")
@on_repository()
def delete_comment(repository: Record, comment: int) -> ResponseReturnValue:
    old = _must(repository, comment)
    take_part(repository, "issues", "pull_requests")
    own_or_triage(repository, old)
    _announce(repository, old, "deleted")
    box().store.remove("comment", old["id"])
    return "", 204


@routes.get(f"{_ISSUES}/comments/<int:comment>/reactions")
@on_repository(issues="read", pull_requests="read")
def list_comment_reactions(repository: Record, comment: int) -> ResponseReturnValue:
    return _reactions(_must(repository, comment))


@routes.post(f"{_ISSUES}/comments/<int:comment>/reactions")
@on_repository()
def react_to_comment(repository: Record, comment: int) -> ResponseReturnValue:
    return _react(repository, "comment", _must(repository, comment))


@routes.get(f"{_ISSUES}/<int:number>/reactions")
@on_repository(issues="read", pull_requests="read")
def list_issue_reactions(repository: Record, number: int) -> ResponseReturnValue:
    return _reactions(by_number(repository, number))


@routes.post(f"{_ISSUES}/<int:number>/reactions")
@on_repository()
def react_to_issue(repository: Record, number: int) -> ResponseReturnValue:
    return _react(repository, "issue", by_number(repository, number))


def _listed(repository: Record, comments: list[Record]) -> ResponseReturnValue:
    since = request.args.get("since", "")
    found = [comment for comment in comments if comment["updated_at"] >= since]
    if request.args.get("direction") == "desc":
        found.reverse()
    return paginate(found, lambda comment: show_comment(repository, comment))


def _must(repository: Record, number: int) -> Record:
    comment = box().store.get("comment", number)
    if comment is None or comment["repository_id"] != repository["id"]:
        raise not_found()
    return comment


def _announce(repository: Record, comment: Record, action: str, **more: Json) -> Json:
    issue = box().store.must("issue", comment["issue_id"])
    shown = show_comment(repository, comment)
    payload = {"action": action, "issue": show_issue(repository, issue), "comment": shown, **more}
    emit("issue_comment", payload, repository)
    return shown


def _react(repository: Record, kind: str, record: Record) -> ResponseReturnValue:
    """Add a reaction: 201, or 200 when this account has given it before."""
    take_part(repository, "issues", "pull_requests")
    content = body().get("content")
    if content not in REACTIONS:
        raise invalid("Reaction", "content", "missing_field" if content is None else "invalid")
    given = list(record.get("reactions", ()))
    mine = next((one for one in given if (one["user_id"], one["content"]) == (actor()["id"], content)), None)
    if mine is not None:
        return _reaction(mine), 200
    store = box().store
    added = {
        "id": store.next_id("reaction"),
        "user_id": actor()["id"],
        "content": content,
        "created_at": box().clock.stamp(),
    }
    store.change(kind, record["id"], reactions=[*given, added])
    return _reaction(added), 201


def _reactions(record: Record) -> ResponseReturnValue:
    wanted = request.args.get("content")
    found = [one for one in record.get("reactions", ()) if wanted in (None, one["content"])]
    return paginate(found, _reaction)


def _reaction(one: Record) -> Json:
    return {
        "id": one["id"],
        "node_id": objects.node_id("REA", one["id"]),
        "user": account(one["user_id"]),
        "content": one["content"],
        "created_at": one["created_at"],
    }
