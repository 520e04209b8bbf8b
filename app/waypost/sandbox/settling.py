"""A repository that is new: for some calls or seconds GitHub does not find what it has just made. Off by default.

    POST /_sandbox/settling {"get": {"calls": 2}, "push": {"seconds": 3}}

holds for repositories made from then on through the API: the first two readings of each answer 404, and so does every
push (and clone) in the first three seconds of the sandbox's clock. {} switches it off again.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from waypost.sandbox.box import box
from waypost.sandbox.store import Record
from waypost.sandbox.web import body, invalid

routes = Blueprint("settling", __name__, url_prefix="/_sandbox/settling")

DOORS = ("get", "push")


@routes.get("")
def show() -> ResponseReturnValue:
    return jsonify(box().setting("settling", {}))


@routes.post("")
def change() -> ResponseReturnValue:
    """{door: {calls, seconds}} for the doors `get` and `push`."""
    asked = body()
    for door, wanted in asked.items():
        if door not in DOORS or not isinstance(wanted, dict) or not wanted.keys() <= {"calls", "seconds"}:
            raise invalid("Settling", door)
    box().set("settling", asked)
    return jsonify(asked)


def begin(repository: Record) -> Record:
    """Let a repository that was just made settle, as the sandbox was told."""
    asked: dict[str, Any] = box().setting("settling", {})
    now = box().clock.now()
    doors = {
        door: {"calls": int(wanted.get("calls", 0)), "until": now + float(wanted.get("seconds", 0))}
        for door, wanted in asked.items()
    }
    return box().store.change("repository", repository["id"], settling=doors) if doors else repository


def is_hidden(repository: Record, door: str = "get") -> bool:
    """Tell whether this call does not find the repository yet, and count it."""
    held = repository.get("settling", {}).get(door)
    if held is None or (door == "get" and request.method not in ("GET", "HEAD")):
        return False
    if held["calls"] > 0:
        left = {**repository["settling"], door: {**held, "calls": held["calls"] - 1}}
        box().store.change("repository", repository["id"], settling=left)
        return True
    return bool(box().clock.now() < held["until"])
