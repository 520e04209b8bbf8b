"""Issues: open, list, read, edit, close, assign, lock.

https://docs.github.com/en/rest/issues/issues
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import access, issue_events, labels, objects, pull_objects
from waypost.sandbox.auth import actor, on_repository
from waypost.sandbox.box import account_by_login, box, owner_of
from waypost.sandbox.conversations import (
    account,
    add,
    by_number,
    may_triage,
    own_or_triage,
    show_issue,
    take_part,
    text_of,
    touch,
)
from waypost.sandbox.events import emit
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, body, invalid, not_found, paginate

routes = Blueprint("issues", __name__)

_REASONS = ("completed", "not_planned", "duplicate", "reopened", None)


def announce(repository: Record, issue: Record, action: str, **more: Any) -> None:
    """Tell the hooks what became of an issue (of a pull request, its own event does)."""
    if not issue.get("pull_id"):
        emit("issues", {"action": action, "issue": show_issue(repository, issue), **more}, repository)
        return
    pull_objects.announce(repository, box().store.must("pull", issue["pull_id"]), action, **more)


@routes.get("/repos/<owner>/<name>/issues")
@on_repository(issues="read", pull_requests="read")
def list_issues(repository: Record) -> ResponseReturnValue:
    found = _sorted([one for one in box().store.where("issue", repository_id=repository["id"]) if _wanted(one)])
    return paginate(found, lambda issue: show_issue(repository, issue))


@routes.post("/repos/<owner>/<name>/issues")
@on_repository()
def create_issue(repository: Record) -> ResponseReturnValue:
    who, content = take_part(repository, "issues"), body()
    if not repository["has_issues"]:
        raise ApiError(410, "Issues has been disabled in this repository.")
    title = text_of(content, "Issue", "title")
    if not title:
        raise invalid("Issue", "title", "missing_field")
    text = text_of(content, "Issue", "body")
    # labels and assignees of those who may not set them are dropped in silence, as GitHub says it does
    triage = may_triage(repository)
    assignees = _assignable(repository, content) if triage else []
    chosen = labels.ensure(repository, content.get("labels") or []) if triage else []
    issue = add(
        repository,
        title=title,
        body=text,
        user_id=who["id"],
        label_ids=[label["id"] for label in chosen],
        assignee_ids=[one["id"] for one in assignees],
    )
    announce(repository, issue, "opened")
    for label in chosen:
        issue_events.note(issue, "labeled", label)
    shown = show_issue(repository, issue)
    return shown, 201, {"Location": shown["url"]}


@routes.get("/repos/<owner>/<name>/issues/<int:number>")
@on_repository(issues="read", pull_requests="read")
def get_issue(repository: Record, number: int) -> ResponseReturnValue:
    return show_issue(repository, by_number(repository, number))


@routes.patch("/repos/<owner>/<name>/issues/<int:number>")
@on_repository()
def edit_issue(repository: Record, number: int) -> ResponseReturnValue:
    old, content = by_number(repository, number), body()
    take_part(repository, "issues", "pull_requests")
    own_or_triage(repository, old)
    new: dict[str, Any] = {
        "title": text_of(content, "Issue", "title", old["title"]) or old["title"],
        "body": text_of(content, "Issue", "body", old["body"]),
    }
    if "labels" in content and may_triage(repository):
        new["label_ids"] = [label["id"] for label in labels.ensure(repository, content["labels"] or [])]
    if ({"assignees", "assignee"} & content.keys()) and may_triage(repository):
        new["assignee_ids"] = [one["id"] for one in _assignable(repository, content)]
    new |= _state(old, content)
    issue = touch(old, **new)
    _announce_changes(repository, old, issue)
    return show_issue(repository, issue)


@routes.put("/repos/<owner>/<name>/issues/<int:number>/lock")
@on_repository(issues="write", pull_requests="write")
def lock_issue(repository: Record, number: int) -> ResponseReturnValue:
    issue = touch(by_number(repository, number), locked=True)
    announce(repository, issue, "locked")
    return "", 204


@routes.delete("/repos/<owner>/<name>/issues/<int:number>/lock")
@on_repository(issues="write", pull_requests="write")
def unlock_issue(repository: Record, number: int) -> ResponseReturnValue:
    issue = touch(by_number(repository, number), locked=False)
    announce(repository, issue, "unlocked")
    return "", 204


@routes.post("/repos/<owner>/<name>/issues/<int:number>/assignees")
@on_repository(issues="write", pull_requests="write")
def add_assignees(repository: Record, number: int) -> ResponseReturnValue:
    old = by_number(repository, number)
    added = [one["id"] for one in _assignable(repository, body())]
    issue = touch(old, assignee_ids=list(dict.fromkeys([*old["assignee_ids"], *added])))
    _announce_changes(repository, old, issue)
    return show_issue(repository, issue), 201


@routes.delete("/repos/<owner>/<name>/issues/<int:number>/assignees")
@on_repository(issues="write", pull_requests="write")
def remove_assignees(repository: Record, number: int) -> ResponseReturnValue:
    old = by_number(repository, number)
    gone = {one["id"] for one in _assignable(repository, body())}
    issue = touch(old, assignee_ids=[one for one in old["assignee_ids"] if one not in gone])
    _announce_changes(repository, old, issue)
    return show_issue(repository, issue)


@routes.get("/repos/<owner>/<name>/assignees")
@on_repository(issues="read", pull_requests="read")
def list_assignees(repository: Record) -> ResponseReturnValue:
    users = [one for one in box().store.all("account") if one["type"] == "User" and _may_be_assigned(one, repository)]
    return paginate(users, objects.simple_user)


@routes.get("/repos/<owner>/<name>/assignees/<assignee>")
@on_repository(issues="read", pull_requests="read")
def check_assignee(repository: Record, assignee: str) -> ResponseReturnValue:
    user = account_by_login(assignee)
    if user is None or not _may_be_assigned(user, repository):
        raise not_found()
    return "", 204


@routes.get("/repos/<owner>/<name>/issues/<int:number>/labels")
@on_repository(issues="read", pull_requests="read")
def labels_on(repository: Record, number: int) -> ResponseReturnValue:
    issue = by_number(repository, number)
    held = [box().store.must("label", label_id) for label_id in issue["label_ids"]]
    return paginate(held, lambda label: labels.show(repository, label))


@routes.post("/repos/<owner>/<name>/issues/<int:number>/labels")
@on_repository(issues="write", pull_requests="write")
def add_labels(repository: Record, number: int) -> ResponseReturnValue:
    issue = by_number(repository, number)
    added = [label["id"] for label in labels.ensure(repository, _label_names())]
    return _set_labels(repository, issue, list(dict.fromkeys([*issue["label_ids"], *added])))


@routes.put("/repos/<owner>/<name>/issues/<int:number>/labels")
@on_repository(issues="write", pull_requests="write")
def set_labels(repository: Record, number: int) -> ResponseReturnValue:
    wanted = [label["id"] for label in labels.ensure(repository, _label_names())]
    return _set_labels(repository, by_number(repository, number), wanted)


@routes.delete("/repos/<owner>/<name>/issues/<int:number>/labels")
@on_repository(issues="write", pull_requests="write")
def remove_labels(repository: Record, number: int) -> ResponseReturnValue:
    _set_labels(repository, by_number(repository, number), [])
    return "", 204


@routes.delete("/repos/<owner>/<name>/issues/<int:number>/labels/<path:label>")
@on_repository(issues="write", pull_requests="write")
def remove_label(repository: Record, number: int, label: str) -> ResponseReturnValue:
    issue, store = by_number(repository, number), box().store
    kept = [one for one in issue["label_ids"] if store.must("label", one)["name"].lower() != label.lower()]
    if len(kept) == len(issue["label_ids"]):
        raise ApiError(404, "Label does not exist")
    return _set_labels(repository, issue, kept)


def _set_labels(repository: Record, old: Record, label_ids: list[int]) -> ResponseReturnValue:
    issue = touch(old, label_ids=label_ids)
    _announce_changes(repository, old, issue)
    return labels.listed(repository, [box().store.must("label", number) for number in label_ids])


def _label_names() -> list[Any]:
    """Read {"labels": [...]} or the bare list that the API takes too."""
    given = request.get_json(force=True, silent=True)
    names = given.get("labels") if isinstance(given, dict) else given
    if not isinstance(names, list):
        raise invalid("Label", "labels", "missing_field")
    return names


def _wanted(issue: Record) -> bool:
    asked = request.args
    state = asked.get("state", "open")
    if state != "all" and issue["state"] != state:
        return False
    store = box().store
    if "labels" in asked:
        held = {store.must("label", number)["name"].lower() for number in issue["label_ids"]}
        if not {name.strip().lower() for name in asked["labels"].split(",")} <= held:
            return False
    if "creator" in asked and store.must("account", issue["user_id"])["login"].lower() != asked["creator"].lower():
        return False
    if (who := asked.get("assignee", "*")) != "*":
        logins = {store.must("account", number)["login"].lower() for number in issue["assignee_ids"]}
        if (who == "none" and logins) or (who != "none" and who.lower() not in logins):
            return False
    return bool(issue["updated_at"] >= asked.get("since", ""))


def _sorted(issues: list[Record]) -> list[Record]:
    key = {"updated": "updated_at"}.get(request.args.get("sort", "created"), "created_at")
    newest_first = request.args.get("direction", "desc") == "desc"
    return sorted(issues, key=lambda issue: (issue[key], issue["number"]), reverse=newest_first)


def _assignable(repository: Record, content: Json) -> list[Record]:
    """Return the accounts among those named that can be assigned; the others are left out, as GitHub does."""
    names = content.get("assignees") or ([content["assignee"]] if content.get("assignee") else [])
    if not isinstance(names, list):
        raise invalid("Issue", "assignees")
    users = [account_by_login(str(name)) for name in names[:10]]
    return [user for user in users if user is not None and _may_be_assigned(user, repository)]


def _may_be_assigned(user: Record, repository: Record) -> bool:
    if user["type"] != "User":
        return False
    return access.at_least(access.level(user, repository), "write") or access.is_member(user, owner_of(repository))


def _state(old: Record, content: Json) -> dict[str, Any]:
    """Return the fields that opening or closing changes."""
    state, reason = content.get("state", old["state"]), content.get("state_reason")
    if state not in ("open", "closed"):
        raise invalid("Issue", "state")
    if reason not in _REASONS:
        raise invalid("Issue", "state_reason")
    if state == old["state"]:
        return {}
    if state == "open":
        return {"state": "open", "state_reason": "reopened", "closed_at": None, "closed_by_id": None}
    closed = {"state": "closed", "closed_at": box().clock.stamp(), "closed_by_id": actor()["id"]}
    return closed | {"state_reason": None if old.get("pull_id") else reason or "completed"}


def _announce_changes(repository: Record, old: Record, new: Record) -> None:
    changes = {field: {"from": old[field] or ""} for field in ("title", "body") if new[field] != old[field]}
    if changes:
        announce(repository, new, "edited", changes=changes)
    if new["state"] != old["state"]:
        action = "closed" if new["state"] == "closed" else "reopened"
        issue_events.note(new, action)
        announce(repository, new, action)
    for action, label_id in _differences(old["label_ids"], new["label_ids"], "labeled", "unlabeled"):
        label = box().store.must("label", label_id)
        issue_events.note(new, action, label)
        announce(repository, new, action, label=labels.show(repository, label))
    for action, user_id in _differences(old["assignee_ids"], new["assignee_ids"], "assigned", "unassigned"):
        announce(repository, new, action, assignee=account(user_id))


def _differences(old: list[int], new: list[int], added: str, removed: str) -> list[tuple[str, int]]:
    gained = [(added, number) for number in new if number not in old]
    return gained + [(removed, number) for number in old if number not in new]
