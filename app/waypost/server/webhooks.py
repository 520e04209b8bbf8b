"""POST /webhooks: check the signature, name the keys, store, answer 202. Nothing else happens here.

What is answered with 2xx is on disk, or is of no concern to us: `ping` and events that we do not read are not stored.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from waypost.config import Config
from waypost.live import Live
from waypost.queue.protocol import Delivery, Queue, QueueUnavailable
from waypost.server.answers import answer, refuse
from waypost.server.body import read_body
from waypost.server.metrics import Figures
from waypost.server.signature import is_signed
from waypost.sync.events import ACCEPTED, HANDLERS, marks

log = logging.getLogger("waypost.webhooks")

JSON = "application/json"
RETRY_AFTER_SECONDS = 10
_GUID = re.compile(r"[0-9A-Za-z-]{1,100}").fullmatch  # GitHub's GUID, and what people make up in tests
_EVENT = re.compile(r"[a-z0-9_]{1,100}").fullmatch  # projects_v2_item
_LARGEST_ID = 2**63 - 1
LONGEST = 100  # of an unchecked header in the log
COUNTED = frozenset((*HANDLERS, *ACCEPTED))  # by name; each is a series for ever
# Made once: nothing in them depends on the request, and nobody changes them.
_ACCEPTED = Response(status=202)
del _ACCEPTED.headers["Content-Type"]
_IGNORED = answer(202, {"status": "ignored", "why": "this event changes nothing in the catalog"})
_PONG = answer(200, {"status": "pong"})


class Refused(Exception):
    """A delivery that we do not take: status, what is wrong, how to mend it."""

    def __init__(self, status: int, error: str, fix: str) -> None:
        super().__init__(error)
        self.status, self.error, self.fix = status, error, fix


def routes(live: Live, queue: Queue, figures: Figures) -> Blueprint:
    """Make the route, with the secrets that count at that moment."""
    blueprint = Blueprint("webhooks", __name__)

    @blueprint.post("/webhooks")
    def receive() -> Response:
        started = time.perf_counter()
        event, id = request.headers.get("X-GitHub-Event", ""), request.headers.get("X-GitHub-Delivery", "")
        try:
            response = _take(event, id, live.now(), queue)
        except Refused as why:
            log.warning(why.error, extra={"delivery": id[:LONGEST], "event": event[:LONGEST]})
            response = refuse(why.status, why.error, why.fix)
        except QueueUnavailable as error:
            log.error("not stored: %s", error, extra={"delivery": id, "event": event})
            fix = "Redeliver it later; our log says why it could not be stored"
            response = refuse(503, "the delivery was not stored", fix, RETRY_AFTER_SECONDS)
        figures.answered(event if event in COUNTED else "other", response.status_code, time.perf_counter() - started)
        return response

    return blueprint


def _take(event: str, id: str, config: Config, queue: Queue) -> Response:
    body = _body()
    _check_signature(body, [secret.encode() for secret in config.webhook_secrets])
    _check_headers(event, id)
    payload = _parse(body)
    if event == "ping":
        return _PONG
    if event not in HANDLERS:
        return _IGNORED
    delivery = Delivery(id, event, _action(payload), _installation(payload), body)
    try:
        queue.receive(delivery, marks(event, payload, config))
    except (ValueError, OverflowError) as error:
        raise Refused(
            400, "the payload holds a value that cannot be stored", f"Send what GitHub sends: {error}"
        ) from error
    return _ACCEPTED


def _body() -> bytes:
    try:
        return read_body(request)
    except RequestEntityTooLarge as error:
        raise Refused(413, "the body is larger than 25 MB", "Send what GitHub sends; it never sends more") from error
    except (ClientDisconnected, OSError) as error:
        raise Refused(400, "the body ended early", "Send as many bytes as Content-Length says") from error


def _check_signature(body: bytes, secrets: list[bytes]) -> None:
    header = request.headers.get("X-Hub-Signature-256")
    if header is None:
        raise Refused(
            401,
            "the delivery is not signed: there is no X-Hub-Signature-256",
            "Set the webhook's secret on GitHub to the one in WAYPOST_WEBHOOK_SECRET (SHA-1 alone is not enough)",
        )
    if not is_signed(body, header, secrets):
        raise Refused(
            401,
            "the signature does not match",
            "Set the webhook's secret on GitHub to the one in WAYPOST_WEBHOOK_SECRET; a proxy must not change the body",
        )


def _check_headers(event: str, id: str) -> None:
    if not _EVENT(event):
        raise Refused(
            400, "X-GitHub-Event is missing or not the name of an event", "Send it as GitHub does, like: push"
        )
    if not _GUID(id):
        raise Refused(400, "X-GitHub-Delivery is missing or not a GUID", "Send it as GitHub does: letters, digits, -")
    if request.environ.get("CONTENT_TYPE") != JSON and request.mimetype != JSON:
        raise Refused(
            415,
            f'the content type is "{request.mimetype}"',
            "Choose application/json in the webhook's settings on GitHub",
        )


def _parse(body: bytes) -> Mapping[str, Any]:
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        payload = _parse_leniently(body)
    if not isinstance(payload, dict):
        raise Refused(400, "the body is not a JSON object", "Send what GitHub sends")
    return payload


def _parse_leniently(body: bytes) -> object:
    """Parse what orjson is too strict for, such as half a surrogate pair where a text was cut."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "the body is not JSON", f"Send what GitHub sends: {error}") from error


def _action(payload: Mapping[str, Any]) -> str:
    action = payload.get("action")
    return action if isinstance(action, str) and _EVENT(action) else ""


def _installation(payload: Mapping[str, Any]) -> int:
    installation = payload.get("installation")
    number = installation.get("id") if isinstance(installation, dict) else None
    return number if isinstance(number, int) and 0 < number <= _LARGEST_ID else 0
