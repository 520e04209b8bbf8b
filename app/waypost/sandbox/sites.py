"""GitHub Pages of a repository: whether it has a site, and what that is built from. Nothing is built here.

https://docs.github.com/en/rest/pages/pages
"""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from waypost.sandbox import gitstore
from waypost.sandbox.auth import on_repository, require
from waypost.sandbox.box import api_url, box, full_name, owner_of
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, body, conflict, invalid, not_found, unprocessable

routes = Blueprint("sites", __name__)

_PAGES = "/repos/<owner>/<name>/pages"
_TYPES = ("legacy", "workflow")
_FOLDERS = ("/", "/docs")


@routes.get(_PAGES)
@on_repository(pages="read")
def show(repository: Record) -> ResponseReturnValue:
    return jsonify(_show(repository, _must(repository)))


@routes.post(_PAGES)
@on_repository(pages="write")
def create(repository: Record) -> ResponseReturnValue:
    require(repository, administration="write")  # GitHub wants both
    content = body()
    if repository.get("site") is not None:
        raise conflict("GitHub Pages is already enabled.")
    kind = content.get("build_type", "legacy")
    if kind not in _TYPES:
        raise invalid("Page", "build_type")
    source = _source(repository, content.get("source"), kind == "legacy")
    site = {"build_type": kind, "source": source, "cname": None, "https_enforced": True}
    changed = box().store.change("repository", repository["id"], site=site)
    answer = jsonify(_show(changed, site))
    answer.headers["Location"] = answer.get_json()["url"]
    return answer, 201


@routes.put(_PAGES)
@on_repository(pages="write")
def update(repository: Record) -> ResponseReturnValue:
    require(repository, administration="write")
    content, held = body(), _must(repository)
    simple = ("build_type", "cname", "https_enforced", "public")
    if not content.keys() & {"source", *simple}:
        raise ApiError(400, "Nothing to change: build_type, source, cname, https_enforced or public is needed.")
    changed: Json = {name: content[name] for name in simple if name in content}
    site: Json = {**held, **changed}
    if site["build_type"] not in _TYPES:
        raise invalid("Page", "build_type")
    if "source" in content or site["build_type"] != held["build_type"]:
        asked = content.get("source", held["source"])
        site["source"] = _source(repository, asked, site["build_type"] == "legacy")
    box().store.change("repository", repository["id"], site=site)
    return "", 204


@routes.delete(_PAGES)
@on_repository(pages="write")
def delete(repository: Record) -> ResponseReturnValue:
    require(repository, administration="write")
    _must(repository)
    box().store.change("repository", repository["id"], site=None)
    return "", 204


def _must(repository: Record) -> Json:
    site: Json | None = repository.get("site")
    if site is None:
        raise not_found()
    return site


def _source(repository: Record, asked: object, is_needed: bool) -> Json | None:
    """Return the branch and folder that a site is built from; a workflow needs none."""
    if asked is None:
        if is_needed:
            raise invalid("Page", "source", "missing_field")
        return None
    branch, path = (asked.get("branch"), asked.get("path", "/")) if isinstance(asked, dict) else (None, None)
    if not isinstance(branch, str) or path not in _FOLDERS:
        raise invalid("Page", "source")
    if gitstore.head(box().git.open(repository["id"]), branch) is None:
        raise unprocessable(f"The {branch} branch must exist before GitHub Pages can be built.")
    return {"branch": branch, "path": path}


def _show(repository: Record, site: Json) -> Json:
    login, name = owner_of(repository)["login"].lower(), repository["name"]
    host = f"https://{login}.github.io/"
    shown = {
        "url": f"{api_url()}/repos/{full_name(repository)}/pages",
        "status": None,
        "cname": site["cname"],
        "custom_404": False,
        "html_url": host if name.lower() == f"{login}.github.io" else f"{host}{name}/",
        "build_type": site["build_type"],
        # whatever the repository is: only Enterprise Cloud can keep a site to its readers
        "public": site.get("public", True),
        "https_enforced": site["https_enforced"],
    }
    return shown | ({"source": site["source"]} if site["source"] is not None else {})
