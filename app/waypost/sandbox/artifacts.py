"""What runs uploaded: list, read, delete, and the way to the archive.

https://docs.github.com/en/rest/actions/artifacts
"""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import runs
from waypost.sandbox.artifact_control import signed_address
from waypost.sandbox.artifact_objects import is_expired, remove, show_artifact
from waypost.sandbox.auth import on_repository
from waypost.sandbox.box import box
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, not_found, paginate

routes = Blueprint("artifacts", __name__)

_ALL = "/repos/<owner>/<name>/actions/artifacts"
_ONE = f"{_ALL}/<int:number>"


@routes.get(_ALL)
@on_repository(actions="read")
def list_artifacts(repository: Record) -> ResponseReturnValue:
    return _listed(repository, box().store.where("artifact", repository_id=repository["id"]))


@routes.get("/repos/<owner>/<name>/actions/runs/<int:number>/artifacts")
@on_repository(actions="read")
def list_artifacts_of_run(repository: Record, number: int) -> ResponseReturnValue:
    return _listed(repository, box().store.where("artifact", run_id=runs.must(repository, number)["id"]))


@routes.get(_ONE)
@on_repository(actions="read")
def get_artifact(repository: Record, number: int) -> ResponseReturnValue:
    return show_artifact(repository, _must(repository, number))


@routes.delete(_ONE)
@on_repository(actions="write")
def delete_artifact(repository: Record, number: int) -> ResponseReturnValue:
    remove(_must(repository, number))
    return "", 204


@routes.get(f"{_ONE}/<form>")
@on_repository(actions="read")
def download(repository: Record, number: int, form: str) -> ResponseReturnValue:
    """Lead to the archive, which is kept elsewhere and opens for a minute without a token."""
    artifact = _must(repository, number)
    if form != "zip":
        raise not_found()
    if is_expired(artifact):
        raise ApiError(410, "Artifact has expired")
    return redirect(signed_address(artifact))


def _must(repository: Record, number: int) -> Record:
    artifact = box().store.get("artifact", number)
    if artifact is None or artifact["repository_id"] != repository["id"]:
        raise not_found()
    return artifact


def _listed(repository: Record, found: list[Record]) -> ResponseReturnValue:
    """Answer the newest first; of a name, only those that have exactly that one."""
    name = request.args.get("name")
    wanted = [one for one in reversed(found) if name in (None, one["name"])]
    return paginate(wanted, lambda one: show_artifact(repository, one), within="artifacts")
