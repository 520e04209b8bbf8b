"""What happened to an issue, told one by one: labels set and taken off, closed, opened again. No other events.

https://docs.github.com/en/rest/issues/events
"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from waypost.sandbox import objects
from waypost.sandbox.auth import actor, caller, on_repository
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.conversations import account, by_number, made_by_app
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, paginate

routes = Blueprint("issue_events", __name__)


def note(issue: Record, event: str, label: Record | None = None) -> None:
    """Keep an event; a label is kept as it is now, for it may be renamed or deleted."""
    app = caller().app
    box().store.add(
        "issue_event",
        issue_id=issue["id"],
        event=event,
        actor_id=actor()["id"],
        app_id=app["id"] if app else None,
        created_at=box().clock.stamp(),
        label={"name": label["name"], "color": label["color"]} if label else None,
    )


@routes.get("/repos/<owner>/<name>/issues/<int:number>/events")
@on_repository(issues="read", pull_requests="read")
def list_events(repository: Record, number: int) -> ResponseReturnValue:
    found = box().store.where("issue_event", issue_id=by_number(repository, number)["id"])
    return paginate(found, lambda event: _show(repository, event))


def _show(repository: Record, event: Record) -> Json:
    shown = {
        "id": event["id"],
        "node_id": objects.node_id("LE", event["id"]),
        "url": f"{api_url()}/repos/{full_name(repository)}/issues/events/{event['id']}",
        "actor": account(event["actor_id"]),
        "event": event["event"],
        "commit_id": None,
        "commit_url": None,
        "created_at": event["created_at"],
        "performed_via_github_app": made_by_app(event),
    }
    return {**shown, "label": event["label"]} if event["label"] else shown
