"""Deploy keys of a repository: kept and shown. Nobody signs in with them, for the sandbox speaks no SSH.

https://docs.github.com/en/rest/deploy-keys/deploy-keys
"""

from __future__ import annotations

from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from flask import Blueprint
from flask.typing import ResponseReturnValue

from waypost.sandbox.auth import actor, on_repository
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.events import emit
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, invalid, not_found, paginate, text_field

routes = Blueprint("deploy_keys", __name__)


@routes.get("/repos/<owner>/<name>/keys")
@on_repository(administration="read")
def list_keys(repository: Record) -> ResponseReturnValue:
    return paginate(_of(repository), lambda key: _show(repository, key))


@routes.post("/repos/<owner>/<name>/keys")
@on_repository(administration="write")
def create_key(repository: Record) -> ResponseReturnValue:
    content = body()
    text = " ".join(text_field(content, "PublicKey", "key").split()[:2])  # a comment does not count
    try:
        load_ssh_public_key(text.encode())
    except ValueError:
        message = "key is invalid. You must supply a key in OpenSSH public key format"
        raise invalid("PublicKey", "key", "custom", message) from None
    # a key opens one repository of all
    if any(one["key"] == text for one in box().store.all("deploy_key")):
        raise invalid("PublicKey", "key", "custom", "key is already in use")
    key = box().store.add(
        "deploy_key",
        repository_id=repository["id"],
        key=text,
        title=str(content.get("title") or ""),
        read_only=bool(content.get("read_only", False)),
        added_by=actor()["login"],
        created_at=box().clock.stamp(),
    )
    shown = _show(repository, key)
    emit("deploy_key", {"action": "created", "key": shown}, repository)
    return shown, 201, {"Location": shown["url"]}


@routes.get("/repos/<owner>/<name>/keys/<int:number>")
@on_repository(administration="read")
def get_key(repository: Record, number: int) -> ResponseReturnValue:
    return _show(repository, _must(repository, number))


@routes.delete("/repos/<owner>/<name>/keys/<int:number>")
@on_repository(administration="write")
def delete_key(repository: Record, number: int) -> ResponseReturnValue:
    shown = _show(repository, _must(repository, number))
    box().store.remove("deploy_key", number)
    emit("deploy_key", {"action": "deleted", "key": shown}, repository)
    return "", 204


def _of(repository: Record) -> list[Record]:
    return box().store.where("deploy_key", repository_id=repository["id"])


def _must(repository: Record, number: int) -> Record:
    key = box().store.get("deploy_key", number)
    if key is None or key["repository_id"] != repository["id"]:
        raise not_found()
    return key


def _show(repository: Record, key: Record) -> Json:
    return {
        **{name: key[name] for name in ("id", "key", "title", "read_only", "added_by", "created_at")},
        "url": f"{api_url()}/repos/{full_name(repository)}/keys/{key['id']}",
        "verified": True,
        "last_used": None,
        "enabled": True,
    }
