"""Deliveries of webhooks: recorded and signed here, sent by sending.py, never in the request that caused them.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries and
https://docs.github.com/en/rest/apps/webhooks
"""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
import zlib
from base64 import b64decode, b64encode
from urllib.parse import urlencode

from waypost.limits import REDELIVERY_SECONDS
from waypost.sandbox import sending
from waypost.sandbox.box import Box, box
from waypost.sandbox.clock import seconds_of
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json

# older ones are forgotten, so that a storm cannot fill the memory
KEPT = 20_000
PENDING = "pending"


def post(hook: Record, event: str, payload: Json) -> Record | None:
    """Deliver to a repository's or an organisation's hook."""
    return _record(event, payload, hook_id=hook["id"], app_id=None, installation_id=None)


def post_to_app(app: Record, installation: Record, event: str, payload: Json) -> Record | None:
    """Deliver to an App; one without a webhook address hears nothing."""
    if not app["hook"].get("url") or not app["hook"].get("active", True):
        return None
    return _record(event, payload, hook_id=None, app_id=app["id"], installation_id=installation["id"])


def _record(event: str, payload: Json, **target: int | None) -> Record | None:
    fate = sending.fate(box(), event, payload.get("action"))
    if fate.is_lost:
        return None
    repository = payload.get("repository", {})
    return _add(
        fate,
        guid=str(uuid.uuid4()),
        event=event,
        action=payload.get("action"),
        repository_id=repository.get("id"),
        redelivery=False,
        packed=packed(payload),
        **target,
    )


def again(old: Record) -> Record:
    """Deliver once more under the same GUID; raise 422 for what is too old."""
    if seconds_of(old["delivered_at"]) < box().clock.now() - REDELIVERY_SECONDS:
        raise ApiError(422, "Delivery is too old to be redelivered.")
    kept = {name: old[name] for name in ("guid", "event", "action", "repository_id", "packed")}
    target = {name: old[name] for name in ("hook_id", "app_id", "installation_id")}
    return _add(sending.SENT, redelivery=True, **kept, **target)


def _add(fate: sending.Fate, **fields: object) -> Record:
    store, sender = box().store, sending.sender(box())
    outcome = {"status": PENDING, "status_code": 0, "duration": 0.0, "response": None}
    delivery = store.add("delivery", delivered_at=box().clock.stamp(), **outcome, **fields)
    store.remove("delivery", delivery["id"] - KEPT)
    if fate.is_dropped:
        return store.change("delivery", delivery["id"], status_code=502, status="failed to connect to host")
    for _ in range(fate.times):
        sender.put(delivery["id"], fate.delay)
    return delivery


def target_of(sandbox: Box, delivery: Record) -> Record | None:
    """Return where a delivery goes (url, secret, content_type), or None when that hook is gone."""
    if delivery["app_id"] is not None:
        app = sandbox.store.get("app", delivery["app_id"])
        return app["hook"] if app is not None and app["hook"].get("url") else None
    hook = sandbox.store.get("hook", delivery["hook_id"])
    return hook["config"] if hook is not None else None


def packed(payload: Json) -> str:
    """Pack a payload for the store: thousands are kept, and each is some 15 kB that say much the same."""
    text = json.dumps(payload, separators=(",", ":"))
    return b64encode(zlib.compress(text.encode(), 1)).decode()


def text_of(delivery: Record) -> str:
    """Return the payload, the same text for every attempt."""
    return unpacked(delivery["packed"])


def unpacked(text: str) -> str:
    """Return the text of a packed payload."""
    return zlib.decompress(b64decode(text)).decode()


def encoded(delivery: Record, target: Record) -> bytes:
    """Return the body as it is sent and signed."""
    text = text_of(delivery)
    return (urlencode({"payload": text}) if target.get("content_type") == "form" else text).encode()


def headers(sandbox: Box, delivery: Record, target: Record, content: bytes) -> dict[str, str]:
    """Return the headers that go with a body."""
    kind, number = _installation_target(sandbox, delivery)
    form = target.get("content_type") == "form"
    found = {
        "Accept": "*/*",
        "Content-Type": "application/x-www-form-urlencoded" if form else "application/json",
        "User-Agent": "GitHub-Hookshot/a1b2c3d",
        "X-GitHub-Delivery": delivery["guid"],
        "X-GitHub-Event": delivery["event"],
        "X-GitHub-Hook-ID": str(delivery["hook_id"] or delivery["app_id"]),
        "X-GitHub-Hook-Installation-Target-ID": str(number),
        "X-GitHub-Hook-Installation-Target-Type": kind,
    }
    if target.get("secret"):
        found["X-Hub-Signature-256"] = signature(target["secret"], content)
    return found


def signature(secret: str, content: bytes) -> str:
    """Return the X-Hub-Signature-256 header."""
    return "sha256=" + hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def _installation_target(sandbox: Box, delivery: Record) -> tuple[str, int]:
    if delivery["app_id"] is not None:
        return "integration", delivery["app_id"]
    hook = sandbox.store.get("hook", delivery["hook_id"]) or {}
    if hook.get("org_id") is not None:
        return "organization", hook["org_id"]
    return "repository", hook.get("repository_id") or 0
