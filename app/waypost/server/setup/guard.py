"""What stands before every page of set-up: a session, the form's own token, and words for what fails around us."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from waypost.config import ConfigError
from waypost.forge.protocol import ForgeError
from waypost.queue.protocol import QueueUnavailable
from waypost.server.setup.door import Door, TooManyTries
from waypost.server.setup.pages import COOKIE, HOME, message, with_cookie

log = logging.getLogger("waypost.setup")

View = Callable[..., AnyResponse]
WHERE = (
    "The terminal of `waypost serve` shows the address with the token. It is new at each start and good for one"
    " browser. Where the App exists already: waypost serve --setup"
)


def guard(door: Door) -> Callable[[View], View]:
    """Let a view run for a session only, and a form only with its token; turn what fails around us into pages."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded() -> AnyResponse:
            session = door.session(request.cookies.get(COOKIE, ""))
            if session is None:
                return message(403, "This page is for the person who started the server", WHERE)
            if request.method == "POST" and not door.is_own_form(session, request.form.get("form_token", "")):
                return message(403, "This form is not from here", "Open /setup again and use the form on that page.")
            try:
                return view(session)
            except (ForgeError, ConfigError, QueueUnavailable) as error:
                log.warning("%s", error)
                return message(502, "That did not work", str(error), session, retry=HOME)

        return guarded

    return decorate


def enter(door: Door, token: str) -> AnyResponse:
    """Take the token of an address and send the browser on with a cookie."""
    try:
        cookie = door.enter(token)
    except TooManyTries:
        return message(429, "Too many wrong tokens", f"Wait a minute. {WHERE}")
    if cookie is None and door.session(request.cookies.get(COOKIE, "")) is None:
        return message(403, "This token is wrong or was used already", WHERE)
    response = redirect(HOME, 303)  # so that the token is in no address bar, history or referrer
    return with_cookie(response, cookie) if cookie else response  # type: ignore[arg-type]
