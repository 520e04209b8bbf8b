"""Which doors are open: without a webhook secret nobody can be believed, so only /healthz and /setup answer."""

from __future__ import annotations

from flask import Flask, Response, request

from waypost.live import Live
from waypost.server.answers import refuse

OPEN_WITHOUT_SECRET = frozenset({"/healthz", "/setup"})
SETUP = "/setup/"


def install(app: Flask, live: Live) -> None:
    """Close every other door as long as no secret is configured."""

    @app.before_request
    def closed() -> Response | None:
        if live.now().webhook_secrets or request.path in OPEN_WITHOUT_SECRET or request.path.startswith(SETUP):
            return None
        return refuse(
            503,
            "no webhook secret is configured",
            "Open /setup with the token from the terminal of `waypost serve`, or set WAYPOST_WEBHOOK_SECRET to the"
            " secret on the App's settings page (two, with a comma, while rotating) and start again",
            retry_after=60,
        )
