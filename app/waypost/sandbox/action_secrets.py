"""Secrets of Actions: of an organisation, a repository and an environment. They come sealed and are never shown.

https://docs.github.com/en/rest/actions/secrets
"""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from waypost.sandbox import places, seals
from waypost.sandbox.auth import on_repository
from waypost.sandbox.box import box
from waypost.sandbox.places import Place
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, paginate

routes = Blueprint("action_secrets", __name__)


def list_secrets(place: Place) -> ResponseReturnValue:
    return paginate(places.of("secret", place), lambda one: _show(place, one), within="secrets")


def get_public_key(place: Place) -> ResponseReturnValue:
    return seals.public_key(place)


def get_secret(place: Place, secret: str) -> ResponseReturnValue:
    return _show(place, places.must("secret", place, secret))


def put_secret(place: Place, secret: str) -> ResponseReturnValue:
    content, now, store = body(), box().clock.stamp(), box().store
    name, held = places.checked_name("Secret", secret), places.find("secret", place, secret)
    value = seals.opened(place, content)
    shared = places.sharing(place, content, held)
    if held is not None:
        store.change("secret", held["id"], value=value, **shared, updated_at=now)
        return "", 204
    store.add("secret", **place.fields, name=name, value=value, **shared, created_at=now, updated_at=now)
    return jsonify({}), 201


def delete_secret(place: Place, secret: str) -> ResponseReturnValue:
    box().store.remove("secret", places.must("secret", place, secret)["id"])
    return "", 204


places.add_routes(
    routes,
    "secrets",
    {
        ("GET", ""): ("read", list_secrets),
        ("GET", "/public-key"): ("read", get_public_key),
        ("GET", "/<secret>"): ("read", get_secret),
        ("PUT", "/<secret>"): ("write", put_secret),
        ("DELETE", "/<secret>"): ("write", delete_secret),
    },
    repository_permission="secrets",
    organization_permission="organization_secrets",
)


@routes.get("/repos/<owner>/<name>/actions/organization-secrets")
@on_repository(secrets="read")
def list_shared(repository: Record) -> ResponseReturnValue:
    found = places.shared_with("secret", repository)
    return paginate(found, lambda one: _show(Place(repository), one), within="secrets")


def _show(place: Place, held: Record) -> Json:
    """The value is not among what is shown, and nothing else may add it."""
    shown = {name: held[name] for name in ("name", "created_at", "updated_at")}
    return shown | places.show_sharing("secrets", place, held)
