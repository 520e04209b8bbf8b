"""The App's own webhook, and what was delivered to any hook: listed, read, delivered again.

https://docs.github.com/en/rest/apps/webhooks, https://docs.github.com/en/rest/repos/webhooks#list-deliveries-for-a-repository-webhook
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import deliveries, hooks
from waypost.sandbox.auth import as_app
from waypost.sandbox.box import box
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, body, invalid, not_found

routes = Blueprint("hook_deliveries", __name__)


@routes.get("/app/hook/config")
@as_app
def get_app_config(app: Record) -> ResponseReturnValue:
    return hooks.show_config(app["hook"])


@routes.patch("/app/hook/config")
@as_app
def edit_app_config(app: Record) -> ResponseReturnValue:
    hook = hooks.read_config(body(), {"content_type": "json", **app["hook"]})
    return hooks.show_config(box().store.change("app", app["id"], hook=hook)["hook"])


@routes.get("/app/hook/deliveries")
@as_app
def list_app_deliveries(app: Record) -> ResponseReturnValue:
    return _listed(box().store.where("delivery", app_id=app["id"]))


@routes.get("/app/hook/deliveries/<int:delivery>")
@as_app
def get_app_delivery(app: Record, delivery: int) -> ResponseReturnValue:
    return _show(_must(delivery, app_id=app["id"]))


@routes.post("/app/hook/deliveries/<int:delivery>/attempts")
@as_app
def redeliver_to_app(app: Record, delivery: int) -> ResponseReturnValue:
    deliveries.again(_must(delivery, app_id=app["id"]))
    return jsonify({}), 202


for _base, _guard in (("/repos/<owner>/<name>", hooks.of_repository), ("/orgs/<org>", hooks.of_organization)):

    @_guard("read")
    def _list(owner: Record, number: int) -> ResponseReturnValue:
        return _listed(box().store.where("delivery", hook_id=hooks.must(owner, number)["id"]))

    @_guard("read")
    def _get(owner: Record, number: int, delivery: int) -> ResponseReturnValue:
        return _show(_must(delivery, hook_id=hooks.must(owner, number)["id"]))

    @_guard("write")
    def _again(owner: Record, number: int, delivery: int) -> ResponseReturnValue:
        deliveries.again(_must(delivery, hook_id=hooks.must(owner, number)["id"]))
        return jsonify({}), 202

    _kind = _base.split("/")[1]
    _path = f"{_base}/hooks/<int:number>/deliveries"
    routes.add_url_rule(_path, f"{_kind}_list", _list)
    routes.add_url_rule(f"{_path}/<int:delivery>", f"{_kind}_get", _get)
    routes.add_url_rule(f"{_path}/<int:delivery>/attempts", f"{_kind}_again", _again, methods=["POST"])


def _must(number: int, **owner: int) -> Record:
    delivery = box().store.get("delivery", number)
    field, owner_id = next(iter(owner.items()))
    if delivery is None or delivery[field] != owner_id or delivery["status"] == deliveries.PENDING:
        raise not_found()
    return delivery


def _listed(records: list[Record]) -> Response:
    """Answer a page, newest first. The cursor is opaque to callers, as GitHub's is."""
    wanted = request.args.get("status")
    if wanted not in (None, "success", "failure"):
        raise invalid("Delivery", "status")
    done = [one for one in reversed(records) if one["status"] != deliveries.PENDING]
    done = [one for one in done if wanted is None or (one["status"] == "OK") == (wanted == "success")]
    before = _cursor()
    left = [one for one in done if before is None or one["id"] < before]
    size = request.args.get("per_page", "")
    shown = left[: min(max(int(size), 1), 100) if size.isdecimal() else 30]
    answer = jsonify([_item(one) for one in shown])
    if shown and len(shown) < len(left):
        query = {**request.args, "cursor": f"v1_{shown[-1]['id']}"}
        answer.headers["Link"] = f'<{request.base_url}?{urlencode(query)}>; rel="next"'
    return answer


def _cursor() -> int | None:
    text = request.args.get("cursor")
    if text is None:
        return None
    if not re.fullmatch(r"v1_\d+", text):
        raise ApiError(422, "The cursor is not valid.")
    return int(text[3:])


def _item(delivery: Record) -> Json:
    names = ("id", "guid", "delivered_at", "redelivery", "duration", "status", "status_code", "event", "action")
    shown = {name: delivery[name] for name in names}
    ids = {"installation_id": delivery["installation_id"], "repository_id": delivery["repository_id"]}
    return {**shown, **ids, "throttled_at": None}


def _show(delivery: Record) -> Json:
    target = deliveries.target_of(box(), delivery) or {}
    sent = deliveries.headers(box(), delivery, target, deliveries.encoded(delivery, target))
    response = delivery["response"] or {"headers": None, "payload": None}
    request_shown = {"headers": sent, "payload": json.loads(deliveries.text_of(delivery))}
    return {**_item(delivery), "url": target.get("url", ""), "request": request_shown, "response": response}
