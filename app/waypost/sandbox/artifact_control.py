"""Control routes for artifacts, and the place where their archives are kept.

POST   /_sandbox/artifacts            {"run": 7, "name": "site", "days": 30, "overwrite": false} and one of
                                      "files": {path: text}, "zip": base64, or nothing: the folder that the stand-in of
                                      actions/upload-artifact filled. Answers {"id", "url"}
POST   /_sandbox/artifacts/<id>       {"expires_in": 0}: seconds from now
GET    /_sandbox/archives/<id>.zip    what an API's redirect leads to, with its signature and without a token
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import secrets
import zipfile
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from waypost.sandbox.artifact_objects import archive, keep, path_of
from waypost.sandbox.box import box, full_name
from waypost.sandbox.clock import stamp
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, body, forbidden, invalid, not_found

routes = Blueprint("artifact_control", __name__, url_prefix="/_sandbox")

_OPEN_SECONDS = 60.0


@routes.post("/artifacts")
def upload() -> ResponseReturnValue:
    content, store = body(), box().store
    run = store.get("workflow_run", int(content.get("run", 0)))
    repository = run and store.get("repository", run["repository_id"])
    if run is None or repository is None:
        raise not_found()
    name = str(content.get("name", ""))
    if not name or set('":<>|*?\r\n\\/') & set(name):
        raise invalid("Artifact", "name")
    made = keep(run, name, _data(run, name, content), int(content.get("days") or 0), bool(content.get("overwrite")))
    page = f"{box().url}/{full_name(repository)}/actions/runs/{run['id']}/artifacts/{made['id']}"
    return jsonify({"id": made["id"], "digest": made["digest"].removeprefix("sha256:"), "url": page}), 201


@routes.post("/artifacts/<int:number>")
def change(number: int) -> ResponseReturnValue:
    if box().store.get("artifact", number) is None:
        raise not_found()
    expires = stamp(box().clock.now() + float(body().get("expires_in", 0)))
    return jsonify(box().store.change("artifact", number, expires_at=expires))


@routes.get("/archives/<int:number>.zip")
def archived(number: int) -> ResponseReturnValue:
    """As a storage does: it knows signatures, and refuses whoever shows it a token besides."""
    until = request.args.get("until", "")
    artifact = box().store.get("artifact", number)
    if artifact is None or not path_of(artifact).is_file():
        raise not_found()
    if request.headers.get("Authorization"):
        raise ApiError(400, "InvalidAuthenticationInfo")
    is_ours = hmac.compare_digest(_signature(number, until), request.args.get("signature", ""))
    if not is_ours or float(until) < box().clock.now():
        raise forbidden("AuthenticationFailed")
    return Response(path_of(artifact).read_bytes(), content_type="application/zip")


def signed_address(artifact: Record) -> str:
    until = f"{box().clock.now() + _OPEN_SECONDS:.0f}"
    query = urlencode({"until": until, "signature": _signature(artifact["id"], until)})
    return f"{box().url}/_sandbox/archives/{artifact['id']}.zip?{query}"


def _signature(number: int, until: str) -> str:
    if box().setting("archive_key") is None:
        box().set("archive_key", secrets.token_hex(16))
    key = bytes.fromhex(box().setting("archive_key"))
    return hmac.new(key, f"{number} {until}".encode(), hashlib.sha256).hexdigest()


def _data(run: Record, name: str, content: Json) -> bytes:
    if "zip" in content:
        return base64.b64decode(content["zip"])
    if "files" in content:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
            for path, text in content["files"].items():
                out.writestr(path, text)
        return made.getvalue()
    return archive(box().root / "artifacts" / str(run["id"]) / name)
