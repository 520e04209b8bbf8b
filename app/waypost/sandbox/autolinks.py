"""Autolinks of a repository: PAY-12 in a comment leads to another tool. Made and removed, never changed.

https://docs.github.com/en/rest/repos/autolinks
"""

from __future__ import annotations

import re

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from waypost.sandbox.auth import on_repository
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, invalid, not_found, text_field

routes = Blueprint("autolinks", __name__)

_PREFIX = re.compile(r"[A-Za-z0-9.\-_+=:/#]*[A-Za-z.\-_+=:/#]")
MOST = 500


@routes.get("/repos/<owner>/<name>/autolinks")
@on_repository(administration="read")
def list_autolinks(repository: Record) -> ResponseReturnValue:
    return jsonify([_show(one) for one in _of(repository)])


@routes.post("/repos/<owner>/<name>/autolinks")
@on_repository(administration="write")
def create_autolink(repository: Record) -> ResponseReturnValue:
    content = body()
    prefix = text_field(content, "KeyLink", "key_prefix")
    template = text_field(content, "KeyLink", "url_template")
    if not _PREFIX.fullmatch(prefix):
        message = "key_prefix must only contain letters, numbers or .-_+=:/# and not end with a number"
        raise invalid("KeyLink", "key_prefix", "custom", message)
    if "<num>" not in template or not template.startswith(("http://", "https://")):
        raise invalid("KeyLink", "url_template", "custom", "url_template must be an address with a <num> token")
    held = _of(repository)
    # two prefixes of which one begins the other would both fit
    if any(one["key_prefix"].startswith(prefix) or prefix.startswith(one["key_prefix"]) for one in held):
        raise invalid("KeyLink", "key_prefix", "already_exists")
    if len(held) >= MOST:
        raise invalid("KeyLink", "key_prefix", "custom", f"A repository has at most {MOST} autolinks")
    link = box().store.add(
        "autolink",
        repository_id=repository["id"],
        key_prefix=prefix,
        url_template=template,
        is_alphanumeric=bool(content.get("is_alphanumeric", True)),
        updated_at=box().clock.stamp(),
    )
    return _show(link), 201, {"Location": f"{api_url()}/repos/{full_name(repository)}/autolinks/{link['id']}"}


@routes.get("/repos/<owner>/<name>/autolinks/<int:number>")
@on_repository(administration="read")
def get_autolink(repository: Record, number: int) -> ResponseReturnValue:
    return _show(_must(repository, number))


@routes.delete("/repos/<owner>/<name>/autolinks/<int:number>")
@on_repository(administration="write")
def delete_autolink(repository: Record, number: int) -> ResponseReturnValue:
    box().store.remove("autolink", _must(repository, number)["id"])
    return "", 204


def _of(repository: Record) -> list[Record]:
    return box().store.where("autolink", repository_id=repository["id"])


def _must(repository: Record, number: int) -> Record:
    link = box().store.get("autolink", number)
    if link is None or link["repository_id"] != repository["id"]:
        raise not_found()
    return link


def _show(link: Record) -> Json:
    return {name: link[name] for name in ("id", "key_prefix", "url_template", "is_alphanumeric", "updated_at")}
