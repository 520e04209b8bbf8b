"""How every answer looks: JSON with what to do, headers that keep a browser from guessing, no stack trace."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("waypost.server")

HEADERS = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)
EMPTY = ("Content-Length", "0")


def answer(status: int, body: Mapping[str, object], retry_after: int = 0) -> Response:
    """Answer with JSON; `retry_after` in seconds."""
    response = Response(json.dumps(body) + "\n", status, content_type="application/json")
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def refuse(status: int, error: str, fix: str, retry_after: int = 0) -> Response:
    """Say what is wrong and what to do about it."""
    return answer(status, {"error": error, "fix": fix}, retry_after)


def install(app: Flask) -> None:
    """Answer every error as JSON and give every answer its headers."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _our_fault)
    app.wsgi_app = _with_headers(app.wsgi_app)  # type: ignore[assignment, method-assign]


def _with_headers(app: WSGIApplication) -> WSGIApplication:
    """Add HEADERS where the answer has none of its own; below Flask, where it costs next to nothing."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        def start_with_headers(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            if EMPTY not in headers:  # where there is nothing to show, there is nothing to guard
                own = {name for name, _ in headers}
                headers = headers + [header for header in HEADERS if header[0] not in own]
            return start(status, headers, *error)

        return app(environ, start_with_headers)

    return answer


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    fixes = {
        404: "The addresses are POST /webhooks, GET /healthz, /readyz and /metrics",
        405: f"Use {' or '.join(sorted(getattr(error, 'valid_methods', None) or ['POST']))}",
        413: "A webhook has at most 25 MB; GitHub never sends more",
    }
    response = refuse(status, error.name.lower(), fixes.get(status, "See that the request is complete and well-formed"))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _our_fault(error: Exception) -> Response:
    log.error("request failed", exc_info=error, extra={"path": request.path})
    return refuse(500, "internal error", "That is our fault. The log says more")
