"""Faults on demand: answers that GitHub gives on its bad days, late answers, and connections that break.

    POST /_sandbox/faults {"path": "/repos/acme/*", "method": "GET", "kind": "status", "status": 503, "count": 2}

`path` and `method` are patterns ("*" by default; several methods with commas; WRITE for whatever changes something),
`count` is how often (null: until removed), `after` lets that many requests pass first, so that the n-th write is
{"method": "WRITE", "after": n - 1, "count": 1}. The first fault that fits holds. Kinds:

- status     an error of that number, with `message` if one is given (what a plan does not have is refused so)
- latency    `seconds` late, then as usual
- drop       the connection breaks and nothing is done
- lose       it is done, and then the connection breaks: the caller cannot know
- kill       the process `pid` is killed with it still to do; with `done`: when it is done and the answer is not sent
- secondary  the secondary rate limit: 403 or 429 (`status`) with `retry_after`, which may be null
"""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from fnmatch import fnmatch

from flask import Blueprint, Response, after_this_request, jsonify, request
from flask.typing import ResponseReturnValue

from waypost.sandbox.box import Box, box
from waypost.sandbox.call_log import note_fault
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, body, invalid, not_found

routes = Blueprint("faults", __name__, url_prefix="/_sandbox/faults")

KINDS = ("status", "latency", "drop", "lose", "kill", "secondary")
WRITE = "WRITE"
# these make nothing that anybody sees
_NO_WRITES = ("/git-upload-pack", "/access_tokens", "/markdown")
_TEXTS = {500: "Server Error", 502: "Server Error", 503: "Service Unavailable", 504: "We couldn't respond in time."}
_SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
    "If you reach out to GitHub Support for help, please include the request ID."
)
_SECONDARY_PAGE = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"


@routes.get("")
def list_faults() -> ResponseReturnValue:
    return jsonify(box().store.all("fault"))


@routes.post("")
def add_fault() -> ResponseReturnValue:
    content = body()
    if content.get("kind", "status") not in KINDS:
        raise invalid("Fault", "kind")
    if content.get("kind") == "kill" and not (isinstance(content.get("pid"), int) and content["pid"] > 1):
        raise invalid("Fault", "pid", "missing_field" if "pid" not in content else "invalid")
    fault = box().store.add(
        "fault",
        path=str(content.get("path", "*")),
        method=str(content.get("method", "*")).upper(),
        kind=content.get("kind", "status"),
        status=int(content.get("status", 429 if content.get("kind") == "secondary" else 503)),
        seconds=float(content.get("seconds", 0)),
        message=content.get("message"),
        retry_after=content.get("retry_after"),
        pid=content.get("pid"),
        done=bool(content.get("done", False)),
        count=content.get("count"),
        after=int(content.get("after", 0)),
        hits=0,
    )
    return jsonify(fault), 201


@routes.delete("")
def remove_faults() -> ResponseReturnValue:
    for fault in box().store.all("fault"):
        box().store.remove("fault", fault["id"])
    return "", 204


@routes.delete("/<int:number>")
def remove_fault(number: int) -> ResponseReturnValue:
    if box().store.get("fault", number) is None:
        raise not_found()
    box().store.remove("fault", number)
    return "", 204


def before() -> ResponseReturnValue | None:
    """Run before each request, without the store's lock: a late answer must not make others late."""
    if request.path.startswith("/_sandbox"):
        return None
    fault = _next(box())
    if fault is None:
        return None
    if fault["kind"] == "latency":
        time.sleep(fault["seconds"])
        return None
    if fault["kind"] == "kill":
        return _kill(fault)
    if fault["kind"] == "lose":
        after_this_request(_break_off)
        return None
    if fault["kind"] == "drop":
        return _break_off(Response(status=502))
    refused = _secondary(fault) if fault["kind"] == "secondary" else _error(fault["status"], fault.get("message"))
    return note_fault(refused)


def _next(sandbox: Box) -> Record | None:
    """Return the fault that this request meets, and count it down."""
    with sandbox.store.lock:
        for fault in sandbox.store.all("fault"):
            if not (fnmatch(request.path, fault["path"]) and _has_method(fault["method"])):
                continue
            if fault["after"] > 0:
                sandbox.store.change("fault", fault["id"], after=fault["after"] - 1)
                continue
            hits = fault["hits"] + 1
            if fault["count"] is not None and hits >= fault["count"]:
                sandbox.store.remove("fault", fault["id"])
            else:
                sandbox.store.change("fault", fault["id"], hits=hits)
            return fault
    return None


def _has_method(wanted: str) -> bool:
    return any(_is_write() if one == WRITE else fnmatch(request.method, one) for one in wanted.split(","))


def _is_write() -> bool:
    if request.method in ("GET", "HEAD", "OPTIONS") or request.path.endswith(_NO_WRITES):
        return False
    if request.path.endswith("/graphql"):
        asked = request.get_json(force=True, silent=True)
        return isinstance(asked, dict) and str(asked.get("query", "")).lstrip().startswith("mutation")
    return True


def _kill(fault: Record) -> Response | None:
    """Kill the caller as the kernel would: now, or when its wish is done."""
    if fault["done"]:
        after_this_request(lambda answer: _killed(fault["pid"], answer))
        return None
    return _killed(fault["pid"], Response(status=502))


def _killed(pid: int, answer: Response) -> Response:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:  # it went first
        pass
    return _break_off(answer)


def _error(status: int, message: str | None) -> Response:
    """Answer as GitHub's front does on its bad days: 502 and 504 with a page, others with JSON."""
    if message:
        return ApiError(status, message).response()
    text = _TEXTS.get(status, "Server Error")
    if status in (502, 504):
        return Response(f"<html><body><h1>{text}</h1></body></html>\n", status, content_type="text/html")
    return Response(json.dumps({"message": text}), status, content_type="application/json; charset=utf-8")


def _secondary(fault: Record) -> Response:
    answer = ApiError(fault["status"], _SECONDARY, documentation_url=_SECONDARY_PAGE).response()
    if fault["retry_after"] is not None:
        answer.headers["Retry-After"] = str(fault["retry_after"])
    return answer


def _break_off(answer: Response) -> Response:
    """Close the caller's connection; what is then written goes nowhere."""
    connection = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:  # the caller went first
            pass
    return answer
