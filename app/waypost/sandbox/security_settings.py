"""Security features that have routes of their own: on, off, and asked for.

https://docs.github.com/en/rest/repos/repos#check-if-vulnerability-alerts-are-enabled-for-a-repository
"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from waypost.sandbox.auth import on_repository
from waypost.sandbox.box import box
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, unprocessable

routes = Blueprint("security_settings", __name__)

_REPOSITORY = "/repos/<owner>/<name>"


@routes.get(f"{_REPOSITORY}/vulnerability-alerts")
@on_repository(administration="read")
def check_alerts(repository: Record) -> ResponseReturnValue:
    if not repository.get("vulnerability_alerts"):
        raise ApiError(404, "Vulnerability alerts are disabled.")
    return "", 204


@routes.put(f"{_REPOSITORY}/vulnerability-alerts")
@on_repository(administration="write")
def enable_alerts(repository: Record) -> ResponseReturnValue:
    return _set(repository, vulnerability_alerts=True)


@routes.delete(f"{_REPOSITORY}/vulnerability-alerts")
@on_repository(administration="write")
def disable_alerts(repository: Record) -> ResponseReturnValue:
    """Updates go with the alerts that they answer."""
    return _set(repository, vulnerability_alerts=False, security_fixes=False)


@routes.get(f"{_REPOSITORY}/automated-security-fixes")
@on_repository(administration="read")
def check_fixes(repository: Record) -> ResponseReturnValue:
    return {"enabled": bool(repository.get("security_fixes")), "paused": False}


@routes.put(f"{_REPOSITORY}/automated-security-fixes")
@on_repository(administration="write")
def enable_fixes(repository: Record) -> ResponseReturnValue:
    if not repository.get("vulnerability_alerts"):
        raise unprocessable("Vulnerability alerts must be enabled to configure Dependabot security updates.")
    return _set(repository, security_fixes=True)


@routes.delete(f"{_REPOSITORY}/automated-security-fixes")
@on_repository(administration="write")
def disable_fixes(repository: Record) -> ResponseReturnValue:
    return _set(repository, security_fixes=False)


@routes.get(f"{_REPOSITORY}/private-vulnerability-reporting")
@on_repository(administration="read")
def check_reporting(repository: Record) -> ResponseReturnValue:
    _require_public(repository)
    return {"enabled": bool(repository.get("private_reporting"))}


@routes.put(f"{_REPOSITORY}/private-vulnerability-reporting")
@on_repository(administration="write")
def enable_reporting(repository: Record) -> ResponseReturnValue:
    _require_public(repository)
    return _set(repository, private_reporting=True)


@routes.delete(f"{_REPOSITORY}/private-vulnerability-reporting")
@on_repository(administration="write")
def disable_reporting(repository: Record) -> ResponseReturnValue:
    _require_public(repository)
    return _set(repository, private_reporting=False)


@routes.get(f"{_REPOSITORY}/immutable-releases")
@on_repository(administration="read")
def check_immutable(repository: Record) -> ResponseReturnValue:
    if not repository.get("immutable_releases"):
        raise ApiError(404, "Immutable releases are not enabled for this repository.")
    return {"enabled": True, "enforced_by_owner": False}


@routes.put(f"{_REPOSITORY}/immutable-releases")
@on_repository(administration="write")
def enable_immutable(repository: Record) -> ResponseReturnValue:
    return _set(repository, immutable_releases=True)


@routes.delete(f"{_REPOSITORY}/immutable-releases")
@on_repository(administration="write")
def disable_immutable(repository: Record) -> ResponseReturnValue:
    return _set(repository, immutable_releases=False)


def _set(repository: Record, **switches: bool) -> ResponseReturnValue:
    box().store.change("repository", repository["id"], **switches)
    return "", 204


def _require_public(repository: Record) -> None:
    # https://docs.github.com/en/code-security/security-advisories: strangers report to public repositories only
    if repository["visibility"] != "public":
        raise unprocessable("Private vulnerability reporting is only available for public repositories.")
