"""Apps, their installations and the tokens they act with.

https://docs.github.com/en/rest/apps/apps and https://docs.github.com/en/rest/apps/installations
"""

from __future__ import annotations

import secrets

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from waypost.limits import INSTALLATION_TOKEN_SECONDS
from waypost.sandbox import installations, manifests, objects
from waypost.sandbox.auth import LEVELS, as_app, caller
from waypost.sandbox.box import account_by_login, box, repository_by_name
from waypost.sandbox.clock import stamp
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, forbidden, not_found, paginate, unprocessable

routes = Blueprint("apps", __name__)

_MOST_REPOSITORIES = 500


@routes.get("/app")
@as_app
def show_app(app: Record) -> ResponseReturnValue:
    return jsonify(objects.app(app))


@routes.get("/apps/<slug>")
def show_app_by_slug(slug: str) -> ResponseReturnValue:
    app = box().store.first("app", slug=slug)
    if app is None:
        raise not_found()
    return jsonify({name: value for name, value in objects.app(app).items() if name != "installations_count"})


@routes.post("/app-manifests/<code>/conversions")
def convert(code: str) -> ResponseReturnValue:
    """Hand out what was made from a manifest, once. https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest"""
    converted = manifests.take(code)
    if converted is None:
        raise not_found()
    app, secret = box().store.must("app", converted["app_id"]), converted["pem"]
    shown = {name: value for name, value in objects.app(app).items() if name != "installations_count"}
    hidden = {"client_secret": app["client_secret"], "webhook_secret": app["hook"]["secret"] or None, "pem": secret}
    return jsonify(shown | hidden), 201


@routes.get("/app/installations")
@as_app
def list_installations(app: Record) -> ResponseReturnValue:
    held = [one for one in box().store.all("installation") if one["app_id"] == app["id"]]
    return paginate(held, objects.installation)


@routes.get("/app/installations/<int:number>")
@as_app
def show_installation(app: Record, number: int) -> ResponseReturnValue:
    return jsonify(objects.installation(_installation(app, number)))


@routes.delete("/app/installations/<int:number>")
@as_app
def uninstall(app: Record, number: int) -> ResponseReturnValue:
    held = _installation(app, number)
    installations.tell("deleted", held)
    box().store.remove("installation", number)
    return "", 204


@routes.put("/app/installations/<int:number>/suspended")
@as_app
def suspend(app: Record, number: int) -> ResponseReturnValue:
    held = _installation(app, number)
    installations.tell("suspend", box().store.change("installation", held["id"], suspended_at=box().clock.stamp()))
    return "", 204


@routes.delete("/app/installations/<int:number>/suspended")
@as_app
def unsuspend(app: Record, number: int) -> ResponseReturnValue:
    held = _installation(app, number)
    installations.tell("unsuspend", box().store.change("installation", held["id"], suspended_at=None))
    return "", 204


@routes.get("/orgs/<login>/installation")
@routes.get("/users/<login>/installation")
@as_app
def show_account_installation(app: Record, login: str) -> ResponseReturnValue:
    account = account_by_login(login)
    held = account and box().store.first("installation", account_id=account["id"], app_id=app["id"])
    if not held:
        raise not_found()
    return jsonify(objects.installation(held))


@routes.get("/repos/<owner>/<name>/installation")
@as_app
def show_repository_installation(app: Record, owner: str, name: str) -> ResponseReturnValue:
    repository = repository_by_name(owner, name)
    if repository is None:
        raise not_found()
    held = box().store.first("installation", account_id=repository["owner_id"], app_id=app["id"])
    if held is None or (held["repository_ids"] is not None and repository["id"] not in held["repository_ids"]):
        raise not_found()
    return jsonify(objects.installation(held))


@routes.post("/app/installations/<int:number>/access_tokens")
@as_app
def create_token(app: Record, number: int) -> ResponseReturnValue:
    """https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app"""
    held, content = _installation(app, number), body()
    if held["suspended_at"]:
        raise forbidden("This installation has been suspended")
    permissions = _narrowed(held, content.get("permissions"))
    ids = _selected(held, content)
    expires = box().clock.now() + INSTALLATION_TOKEN_SECONDS
    text = _text(app)
    box().store.put("token", text, installation_id=number, permissions=permissions, repository_ids=ids, expires=expires)
    _sweep(number)
    shown: Json = {"token": text, "expires_at": stamp(expires), "permissions": permissions}
    narrowed = ids if ids is not None else held["repository_ids"]
    shown["repository_selection"] = "all" if narrowed is None else "selected"
    if ids is not None:
        shown["repositories"] = [objects.repository(box().store.must("repository", one)) for one in ids]
    return jsonify(shown), 201


@routes.delete("/installation/token")
def revoke_token() -> ResponseReturnValue:
    if caller().installation is None:
        raise forbidden("You must authenticate with an installation access token in order to revoke it.")
    box().store.remove("token", request.headers["Authorization"].partition(" ")[2].strip())
    return "", 204


@routes.get("/installation/repositories")
def list_accessible() -> ResponseReturnValue:
    who = caller()
    if who.installation is None:
        raise forbidden(
            "You must authenticate with an installation access token in order to list repositories for an installation."
        )
    covered = [
        one for one in box().store.where("repository", owner_id=who.installation["account_id"]) if who.covers(one)
    ]
    selection = "all" if who.installation["repository_ids"] is None else "selected"
    return paginate(covered, objects.repository, within="repositories", repository_selection=selection)


def _installation(app: Record, number: int) -> Record:
    held = box().store.get("installation", number)
    if held is None or held["app_id"] != app["id"]:
        raise not_found()
    return held


def _narrowed(held: Record, asked: object) -> dict[str, str]:
    """Return the permissions asked for; more than was granted is refused."""
    granted: dict[str, str] = dict(held["permissions"])
    if not asked:  # PyGithub says {} for everything
        return granted
    if not isinstance(asked, dict) or not all(level in LEVELS for level in asked.values()):
        raise unprocessable("The permissions requested are invalid.")
    for name, level in asked.items():
        if LEVELS[level] > LEVELS[granted.get(name, "none")]:
            raise unprocessable("The permissions requested are not granted to this installation.")
    return {"metadata": "read", **asked}


def _selected(held: Record, content: Json) -> list[int] | None:
    """Return the repositories asked for, by name or number; None for all of the installation."""
    names, numbers = content.get("repositories"), content.get("repository_ids")
    if not names and not numbers:
        return None
    if len(names or ()) + len(numbers or ()) > _MOST_REPOSITORIES:
        raise unprocessable(f"No more than {_MOST_REPOSITORIES} repositories may be selected.")
    store = box().store
    owned = {one["id"]: one for one in store.where("repository", owner_id=held["account_id"])}
    if held["repository_ids"] is not None:
        owned = {number: owned[number] for number in held["repository_ids"] if number in owned}
    by_name = {one["name"].lower(): number for number, one in owned.items()}
    wanted = [by_name.get(str(name).lower()) for name in names or ()] + list(numbers or ())
    known = [number for number in wanted if number in owned]
    if len(known) != len(wanted):
        raise unprocessable(
            "There is at least one repository that does not exist or is not accessible to the parent installation."
        )
    return sorted({number for number in known if number is not None})


def _text(app: Record) -> str:
    """Return a token whose length nobody can rely on, as GitHub's since 2026."""
    signed = ".".join(secrets.token_urlsafe(size) for size in (24, 120 + secrets.randbelow(120), 64))
    return f"ghs_{app['id']}_{signed}"


def _sweep(number: int) -> None:
    """Forget the installation's tokens that expired."""
    now = box().clock.now()
    for token in box().store.where("token", installation_id=number):
        if token["expires"] <= now:
            box().store.remove("token", token["id"])
