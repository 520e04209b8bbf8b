"""Budgets: what each caller has left this hour, and the headers that say so.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

from collections import deque

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue

from waypost.sandbox.auth import Caller, caller
from waypost.sandbox.box import Box, Window, box
from waypost.sandbox.web import ApiError, Json

routes = Blueprint("ratelimit", __name__)

RESOURCES = ("core", "graphql", "search")
_SEARCH_LIMIT = 30
_HOUR = 3_600.0
_DOCUMENTATION = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"
_SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
    "If you reach out to GitHub Support for help, please include the request ID."
)


def resource() -> str:
    """Return which budget this request is charged to."""
    if request.path == "/graphql":
        return "graphql"
    return "search" if request.path.startswith("/search/") else "core"


def window(who: Caller, name: str) -> Window:
    """Return a caller's budget, begun anew when its hour is over."""
    found, now = box().windows.get((who.key, name)), box().clock.now()
    if found is None or found.reset <= now:
        found = Window(_limit(who, name), 0, now + (60 if name == "search" else _HOUR))
        box().windows[who.key, name] = found
    return found


def charge(points: int = 1) -> None:
    """Take from the caller's budget; raise 403 when it is spent."""
    held = window(caller(), resource())
    g.window = held
    if held.used + points > held.limit:
        error = ApiError(403, _exceeded(caller()), documentation_url=_DOCUMENTATION)
        if resource() == "graphql":
            error.extra["errors"] = [{"type": "RATE_LIMITED", "message": _exceeded(caller())}]
            error.status = (
                200  # https://docs.github.com/en/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api
            )
        raise error
    held.used += points
    g.charged = points


def refund() -> None:
    """Give back what an unchanged answer (304) does not cost."""
    if g.get("charged"):
        g.window.used -= g.charged
        g.charged = 0


def limit_writing() -> None:
    """Raise the secondary limit's 403 when a caller makes content too fast; off unless a control route set it."""
    allowed = box().setting("content_per_minute")
    if not allowed or request.method not in ("POST", "PUT", "PATCH", "DELETE"):
        return
    now, made = box().clock.now(), box().writes.setdefault(caller().key, deque())
    while made and made[0] <= now - 60:
        made.popleft()
    if len(made) >= allowed:
        raise secondary_limit(max(1, int(made[0] + 60 - now)))
    made.append(now)


def secondary_limit(retry_after: int, status: int = 403) -> ApiError:
    """Return the answer of the secondary limits."""
    return ApiError(status, _SECONDARY, headers={"Retry-After": str(retry_after)}, documentation_url=_DOCUMENTATION)


def add_headers(answer: Response) -> None:
    """Tell the caller what is left."""
    held: Window | None = g.get("window")
    if held is None:
        return
    answer.headers["X-RateLimit-Limit"] = str(held.limit)
    answer.headers["X-RateLimit-Remaining"] = str(max(held.limit - held.used, 0))
    answer.headers["X-RateLimit-Reset"] = str(int(held.reset))
    answer.headers["X-RateLimit-Used"] = str(held.used)
    answer.headers["X-RateLimit-Resource"] = resource()


@routes.get("/rate_limit")
def show_rate_limit() -> ResponseReturnValue:
    """https://docs.github.com/en/rest/rate-limit/rate-limit: asking costs nothing."""
    shown = {name: _show(window(caller(), name)) for name in RESOURCES}
    return jsonify({"resources": shown, "rate": shown["core"]})


def _show(held: Window) -> Json:
    remaining = max(held.limit - held.used, 0)
    return {"limit": held.limit, "used": held.used, "remaining": remaining, "reset": int(held.reset)}


def _limit(who: Caller, name: str) -> int:
    asked = box().setting("limits", {})
    for key in (who.key, "*"):
        if name in asked.get(key, {}):
            return int(asked[key][name])
    if name == "search":
        return _SEARCH_LIMIT
    if who.key == "anonymous":
        return 60 if name == "core" else 0
    return 5_000 if who.installation is None else _installation_limit(box(), who)


def _installation_limit(sandbox: Box, who: Caller) -> int:
    """5,000, and 50 more for each repository beyond 20, up to 12,500."""
    assert who.installation is not None
    held = sandbox.store.where("repository", owner_id=who.installation["account_id"])
    return min(5_000 + 50 * max(len(held) - 20, 0), 12_500)


def _exceeded(who: Caller) -> str:
    if who.installation is not None:
        return f"API rate limit exceeded for installation ID {who.installation['id']}."
    if who.user is not None:
        return f"API rate limit exceeded for user ID {who.user['id']}."
    better = "But here's the good news: Authenticated requests get a higher rate limit."
    return f"API rate limit exceeded for 127.0.0.1. ({better} Check out the documentation for more details.)"
