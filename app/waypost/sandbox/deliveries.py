"""Deliveries of webhooks: recorded, signed and sent from a thread, never in the request that caused them.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import hashlib
import hmac
import json
import queue
import threading
import urllib.error
import urllib.request
import uuid

from waypost.limits import WEBHOOK_ANSWER_SECONDS
from waypost.sandbox.box import Box, box
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json


def post(hook: Record, event: str, payload: Json) -> Record:
    """Deliver to a repository's or an organisation's hook."""
    return _queue(event, payload, hook_id=hook["id"], app_id=None, installation_id=None)


def post_to_app(app: Record, installation: Record, event: str, payload: Json) -> Record | None:
    """Deliver to an App; one without a webhook address hears nothing."""
    if not app["hook"].get("url"):
        return None
    return _queue(event, payload, hook_id=None, app_id=app["id"], installation_id=installation["id"])


def signature(secret: str, body: bytes) -> str:
    """Return the X-Hub-Signature-256 header."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _queue(event: str, payload: Json, **target: int | None) -> Record:
    delivery = box().store.add(
        "delivery",
        guid=str(uuid.uuid4()),
        event=event,
        action=payload.get("action"),
        repository_id=payload.get("repository", {}).get("id"),
        redelivery=False,
        delivered_at=None,
        status_code=0,
        status="pending",
        payload=payload,
        **target,
    )
    sender(box()).put(int(delivery["id"]))
    return delivery


_SENDERS: dict[int, queue.SimpleQueue[int]] = {}
_GUARD = threading.Lock()


def sender(sandbox: Box) -> queue.SimpleQueue[int]:
    """Return the queue of deliveries to send, with a thread that empties it."""
    with _GUARD:
        if id(sandbox) not in _SENDERS:
            _SENDERS[id(sandbox)] = queue.SimpleQueue()
            threading.Thread(target=_send_all, args=(sandbox, _SENDERS[id(sandbox)]), daemon=True).start()
        return _SENDERS[id(sandbox)]


def _send_all(sandbox: Box, waiting: queue.SimpleQueue[int]) -> None:
    while True:
        number = waiting.get()
        with sandbox.store.lock:
            delivery = sandbox.store.get("delivery", number)
            target = delivery and _target(sandbox, delivery)
        if not delivery or not target:
            continue
        status = _send(delivery, target)
        with sandbox.store.lock:
            sandbox.store.change(
                "delivery", number, status_code=status, status="OK" if 200 <= status < 300 else "failed",
                delivered_at=sandbox.clock.stamp(),
            )  # fmt: skip
            sandbox.store.commit()


def _target(sandbox: Box, delivery: Record) -> Record | None:
    if delivery["app_id"] is not None:
        app = sandbox.store.get("app", delivery["app_id"])
        return app["hook"] if app else None
    hook = sandbox.store.get("hook", delivery["hook_id"])
    return hook["config"] if hook else None


def _send(delivery: Record, target: Record) -> int:
    body = json.dumps(delivery["payload"], separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/sandbox",
        "X-GitHub-Delivery": delivery["guid"],
        "X-GitHub-Event": delivery["event"],
    }
    if target.get("secret"):
        headers["X-Hub-Signature-256"] = signature(target["secret"], body)
    request = urllib.request.Request(target["url"], data=body, headers=headers, method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=WEBHOOK_ANSWER_SECONDS) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
