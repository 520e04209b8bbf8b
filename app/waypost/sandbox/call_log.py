"""The latest calls of the API one by one, refused ones too, to see who keeps calling in a storm. Counts nothing."""

from __future__ import annotations

from flask import Response, g, request

from waypost.sandbox.auth import ANONYMOUS, identify
from waypost.sandbox.box import box
from waypost.sandbox.web import ApiError


def note(answer: Response, who: str) -> None:
    """Write one call down."""
    box().log.recent.append(
        {
            "at": box().clock.now(),
            "who": who,
            "method": request.method,
            "path": request.full_path.rstrip("?"),
            "route": request.url_rule.rule if request.url_rule is not None else request.path,
            "status": answer.status_code,
            "charged": g.get("charged", 0),
        }
    )


def note_fault(answer: Response) -> Response:
    """Write down a call that was answered before anybody looked at who made it."""
    with box().store.lock:
        try:
            who = identify().key
        except ApiError:
            who = ANONYMOUS.key
    note(answer, who)
    return answer
