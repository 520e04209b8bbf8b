"""The Flask application: which stories it is made of and what happens around every request. Serves nobody itself."""

from __future__ import annotations

import hashlib
import logging
import os
import uuid
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Blueprint, Flask, Response, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from waypost.sandbox import (
    accounts,
    action_secrets,
    actions_settings,
    apps,
    artifact_control,
    artifacts,
    autolinks,
    branches,
    call_log,
    checks,
    comments,
    commit_comments,
    commits,
    contents,
    control,
    creating,
    custom_properties,
    delivery_control,
    deploy_keys,
    environments,
    events,
    exchanges,
    faults,
    forks,
    gitdata,
    hook_deliveries,
    hooks,
    issue_events,
    issues,
    labels,
    members,
    pages,
    property_values,
    protection,
    pull_heads,
    pulls,
    pushes,
    ratelimit,
    refs,
    repositories,
    reviews,
    rulesets,
    run_control,
    runs,
    seals,
    security_settings,
    sending,
    settling,
    sharing,
    sites,
    smart_http,
    statuses,
    teams,
    variables,
    workflow_triggers,
    workflows,
)
from waypost.sandbox.auth import caller, identify
from waypost.sandbox.box import Box, box, open_box
from waypost.sandbox.graphql import endpoint as graphql_endpoint
from waypost.sandbox.web import ApiError, accepts_json, not_found

# One line a story.
BLUEPRINTS: list[Blueprint] = [
    accounts.routes,
    action_secrets.routes,
    actions_settings.routes,
    apps.routes,
    artifact_control.routes,
    artifacts.routes,
    autolinks.routes,
    branches.routes,
    checks.routes,
    comments.routes,
    commit_comments.routes,
    commits.routes,
    contents.routes,
    control.routes,
    creating.routes,
    custom_properties.routes,
    delivery_control.routes,
    deploy_keys.routes,
    environments.routes,
    faults.routes,
    forks.routes,
    gitdata.routes,
    graphql_endpoint.routes,
    hook_deliveries.routes,
    hooks.routes,
    issue_events.routes,
    issues.routes,
    labels.routes,
    members.routes,
    pages.routes,
    property_values.routes,
    protection.routes,
    pulls.routes,
    ratelimit.routes,
    refs.routes,
    repositories.routes,
    reviews.routes,
    rulesets.routes,
    run_control.routes,
    runs.routes,
    seals.routes,
    security_settings.routes,
    settling.routes,
    sharing.routes,
    sites.routes,
    smart_http.routes,
    statuses.routes,
    teams.routes,
    variables.routes,
    workflows.routes,
]

# Neither authenticated, nor charged, nor logged as API: what is not api.github.com.
OUTSIDE = {
    *("artifact_control", "control", "delivery_control", "faults", "git", "pages", "run_control", "seals", "settling"),
    "static",
}
# These take the store's lock themselves, because they wait for git or for the network.
UNLOCKED = {"delivery_control", "git", "run_control"}
# Asking these costs nothing. https://docs.github.com/en/rest/rate-limit/rate-limit
FREE = {"/rate_limit"}

_LOG = logging.getLogger(__name__)


def create_app(root: Path, url: str) -> Flask:
    """Make the application over the sandbox kept in a folder; `url` is where it will be reached."""
    app = Flask("waypost.sandbox", static_folder=None, root_path=str(Path(__file__).parent))
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.extensions["box"] = open_box(root, url)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.before_request(_run_hooks)
    app.before_request(_enter)
    app.after_request(_leave)
    app.teardown_request(_release)
    app.register_error_handler(ApiError, _refused)
    app.register_error_handler(HTTPException, _unrouted)
    app.register_error_handler(Exception, _broken)
    app.wsgi_app = _addresses(app.wsgi_app, app.extensions["box"])  # type: ignore[method-assign, assignment]  # Flask's own way
    app.extensions["box"].before.append(faults.before)
    pushes.LISTENERS[:] = [pull_heads.follow, checks.begin_suites]
    events.LISTENERS[:] = [workflow_triggers.listen]
    app.extensions["box"].recorder = recorder = exchanges.recorder(os.environ)
    if recorder is not None:
        app.wsgi_app = exchanges.recorded(app.wsgi_app, recorder)  # type: ignore[method-assign, assignment]
    sending.sender(app.extensions["box"])
    return app


def _addresses(inner: WSGIApplication, sandbox: Box) -> WSGIApplication:
    """Understand the other two ways to write an address: Enterprise Server's prefix, and a repository by its number."""

    def rewritten(environment: WSGIEnvironment, start: StartResponse) -> object:
        path: str = environment["PATH_INFO"]
        if path == "/api/graphql":
            path = "/graphql"
        elif path.startswith("/api/v3/") or path == "/api/v3":
            environment["SCRIPT_NAME"], path = "/api/v3", path.removeprefix("/api/v3") or "/"
        if path.startswith("/repositories/"):
            number, _, rest = path.removeprefix("/repositories/").partition("/")
            with sandbox.store.lock:
                found = sandbox.store.get("repository", int(number)) if number.isdecimal() else None
                if found is not None:
                    path = f"/repos/{found['key']}" + (f"/{rest}" if rest else "")
        environment["PATH_INFO"] = path
        return inner(environment, start)

    return rewritten  # type: ignore[return-value]


def _run_hooks() -> ResponseReturnValue | None:
    request.environ[exchanges.IS_API] = request.blueprint not in OUTSIDE
    for hook in box().before:
        answer = hook()
        if answer is not None:
            return answer
    return None


def _enter() -> None:
    if request.blueprint in UNLOCKED:
        return
    box().store.lock.acquire()
    g.locked = True
    if request.blueprint in OUTSIDE:
        return
    g.is_api = True
    g.caller = identify()
    if request.path in FREE:
        g.window = ratelimit.window(caller(), "core")
    elif request.path == "/graphql":  # charged by what the query costs, when that is known
        g.window = ratelimit.window(caller(), "graphql")
    else:
        ratelimit.charge()
        ratelimit.limit_writing()
    if not accepts_json():
        raise ApiError(415, "Unsupported 'Accept' header: Must accept 'application/json'.")


def _leave(answer: Response) -> Response:
    if g.get("is_api"):
        _validate_cache(answer)
        ratelimit.add_headers(answer)
        _add_headers(answer)
        _log(answer)
    if g.get("locked"):
        box().store.commit()
    return answer


def _release(_error: BaseException | None) -> None:
    if g.pop("locked", False):
        box().store.lock.release()


def _validate_cache(answer: Response) -> None:
    """Name the answer by its content, and say 304 for free to who has it already.

    https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
    """
    if request.method not in ("GET", "HEAD") or answer.status_code != 200:
        return
    mark = hashlib.sha256(answer.get_data()).hexdigest()
    answer.headers["ETag"] = f'W/"{mark}"'
    answer.headers["Cache-Control"] = "private, max-age=60, s-maxage=60" if caller().key != "anonymous" else "public, max-age=60, s-maxage=60"  # fmt: skip  # noqa: E501
    answer.headers["Vary"] = "Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding, Accept, X-Requested-With"
    asked = request.headers.get("If-None-Match", "")
    since = request.headers.get("If-Modified-Since")
    if (asked and (mark in asked or asked == "*")) or (
        not asked and since and since == answer.headers.get("Last-Modified")
    ):
        answer.status_code = 304
        answer.set_data(b"")
        answer.headers.pop("Content-Type", None)
        answer.headers.pop("Content-Length", None)
        if caller().key != "anonymous":
            ratelimit.refund()


def _add_headers(answer: Response) -> None:
    answer.headers["X-GitHub-Request-Id"] = uuid.uuid4().hex[:20].upper()
    answer.headers["X-GitHub-Media-Type"] = "github.v3; format=json"
    answer.headers.setdefault(
        "Access-Control-Expose-Headers", "ETag, Link, Location, Retry-After, X-RateLimit-Remaining"
    )
    if answer.content_type == "application/json":
        answer.headers["Content-Type"] = "application/json; charset=utf-8"
    if caller().scopes:
        answer.headers["X-OAuth-Scopes"] = ", ".join(caller().scopes)
        answer.headers["X-Accepted-OAuth-Scopes"] = "repo"


def _log(answer: Response) -> None:
    route = request.url_rule.rule if request.url_rule is not None else request.path
    box().log.calls[caller().key, request.method, route, bool(g.get("charged"))] += 1
    call_log.note(answer, caller().key)


def _refused(error: ApiError) -> Response:
    return error.response()


def _unrouted(error: HTTPException) -> Response:
    # GitHub answers 404 also for a method that an address does not have
    known = (error.code or 500) not in (404, 405)
    return (ApiError(error.code or 500, error.name) if known else not_found()).response()


def _broken(error: Exception) -> Response:
    _LOG.error("%s %s", request.method, request.path, exc_info=error)
    return ApiError(500, "Server Error").response()
