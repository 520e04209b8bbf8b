"""Labels of a repository and of an issue or pull request.

https://docs.github.com/en/rest/issues/labels
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from waypost.sandbox import objects
from waypost.sandbox.auth import on_repository
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.events import emit
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, invalid, not_found, paginate, text_field

routes = Blueprint("labels", __name__)

# what every new repository has: https://docs.github.com/en/issues/using-labels-and-milestones-to-track-work/managing-labels#about-default-labels
DEFAULTS = (
    ("bug", "d73a4a", "Something isn't working"),
    ("documentation", "0075ca", "Improvements or additions to documentation"),
    ("duplicate", "cfd3d7", "This issue or pull request already exists"),
    ("enhancement", "a2eeef", "New feature or request"),
    ("good first issue", "7057ff", "Good for newcomers"),
    ("help wanted", "008672", "Extra attention is needed"),
    ("invalid", "e4e669", "This doesn't seem right"),
    ("question", "d876e3", "Further information is requested"),
    ("wontfix", "ffffff", "This will not be worked on"),
)
# GitHub picks a colour by itself when none is named
NO_COLOUR = "ededed"


def show(repository: Record, label: Record) -> Json:
    return {
        "id": label["id"],
        "node_id": objects.node_id("LA", label["id"]),
        "url": f"{api_url()}/repos/{full_name(repository)}/labels/{quote(label['name'], safe='')}",
        "name": label["name"],
        "color": label["color"],
        "default": label["default"],
        "description": label["description"],
    }


def of_repository(repository: Record) -> list[Record]:
    """Return a repository's labels; the default ones are made when somebody first asks."""
    store = box().store
    if not repository.get("has_default_labels"):
        store.change("repository", repository["id"], has_default_labels=True)
        for name, color, description in DEFAULTS:
            _add(repository, name, color, description, default=True)
    return store.where("label", repository_id=repository["id"])


def ensure(repository: Record, names: Sequence[Any]) -> list[Record]:
    """Return the labels of these names (or objects with a name), making those that are not there, as GitHub does."""
    found = []
    for given in names:
        name = given.get("name") if isinstance(given, dict) else given
        if not isinstance(name, str) or not name.strip():
            raise invalid("Label", "name")
        label = _named(repository, name) or _add(repository, name, NO_COLOUR, None)
        if label not in found:
            found.append(label)
    return found


@routes.get("/repos/<owner>/<name>/labels")
@on_repository(issues="read", pull_requests="read")
def list_labels(repository: Record) -> ResponseReturnValue:
    return paginate(of_repository(repository), lambda label: show(repository, label))


@routes.post("/repos/<owner>/<name>/labels")
@on_repository(issues="write", pull_requests="write")
def create_label(repository: Record) -> ResponseReturnValue:
    content = body()
    name = _new_name(repository, text_field(content, "Label", "name"))
    label = _add(repository, name, _colour(content) or NO_COLOUR, content.get("description"))
    shown = show(repository, label)
    emit("label", {"action": "created", "label": shown}, repository)
    return shown, 201, {"Location": shown["url"]}


@routes.get("/repos/<owner>/<name>/labels/<path:label>")
@on_repository(issues="read", pull_requests="read")
def get_label(repository: Record, label: str) -> ResponseReturnValue:
    return show(repository, _must(repository, label))


@routes.patch("/repos/<owner>/<name>/labels/<path:label>")
@on_repository(issues="write", pull_requests="write")
def edit_label(repository: Record, label: str) -> ResponseReturnValue:
    old, content = _must(repository, label), body()
    wanted = content.get("new_name") or old["name"]
    name = wanted if wanted.lower() == old["name"].lower() else _new_name(repository, wanted)
    new = {"name": name, "color": _colour(content) or old["color"]}
    new["description"] = content.get("description", old["description"])
    changed = {field: {"from": old[field] or ""} for field in new if new[field] != old[field]}
    shown = show(repository, box().store.change("label", old["id"], **new))
    emit("label", {"action": "edited", "label": shown, "changes": changed}, repository)
    return shown


@routes.delete("/repos/<owner>/<name>/labels/<path:label>")
@on_repository(issues="write", pull_requests="write")
def delete_label(repository: Record, label: str) -> ResponseReturnValue:
    old, store = _must(repository, label), box().store
    store.remove("label", old["id"])
    for issue in store.where("issue", repository_id=repository["id"]):
        if old["id"] in issue["label_ids"]:
            kept = [number for number in issue["label_ids"] if number != old["id"]]
            store.change("issue", issue["id"], label_ids=kept)
    emit("label", {"action": "deleted", "label": show(repository, old)}, repository)
    return "", 204


def listed(repository: Record, labels: Sequence[Record]) -> ResponseReturnValue:
    """Answer the labels that an issue now has."""
    return jsonify([show(repository, label) for label in labels])


def _add(repository: Record, name: str, color: str, description: str | None, default: bool = False) -> Record:
    return box().store.add(
        "label", repository_id=repository["id"], name=name, color=color, description=description, default=default
    )


def _named(repository: Record, name: str) -> Record | None:
    return next((one for one in of_repository(repository) if one["name"].lower() == name.lower()), None)


def _must(repository: Record, name: str) -> Record:
    label = _named(repository, name)
    if label is None:
        raise not_found()
    return label


def _new_name(repository: Record, name: str) -> str:
    if len(name) > 50:
        raise invalid("Label", "name", "custom", "name is too long (maximum is 50 characters)")
    if _named(repository, name) is not None:
        raise invalid("Label", "name", "already_exists")
    return name


def _colour(content: Json) -> str | None:
    colour = content.get("color")
    if colour is None:
        return None
    if not isinstance(colour, str) or not re.fullmatch(r"[0-9a-fA-F]{6}", colour):
        raise invalid("Label", "color")
    return colour.lower()
