"""Which doors are open: without a webhook secret nobody can be believed, so only /healthz answers."""

from __future__ import annotations

from flask import Flask, Response, request

from waypost.config import Config
from waypost.server.answers import refuse

OPEN_WITHOUT_SECRET = frozenset({"/healthz"})


def install(app: Flask, config: Config) -> None:
    """Close every other door as long as no secret is configured."""
    if not config.webhook_secrets:
        app.before_request(_closed)


def _closed() -> Response | None:
    if request.path in OPEN_WITHOUT_SECRET:
        return None
    return refuse(
        503,
        "no webhook secret is configured",
        "Set WAYPOST_WEBHOOK_SECRET to the secret on the App's settings page (two, with a comma, while rotating) and"
        " start again",
        retry_after=60,
    )
