"""Variables of Actions: of an organisation, a repository and an environment.

https://docs.github.com/en/rest/actions/variables
"""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from waypost.sandbox import places
from waypost.sandbox.auth import on_repository
from waypost.sandbox.box import box
from waypost.sandbox.places import Place
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, conflict, invalid, paginate

routes = Blueprint("variables", __name__)


def list_variables(place: Place) -> ResponseReturnValue:
    return paginate(places.of("variable", place), lambda one: _show(place, one), within="variables")


def create_variable(place: Place) -> ResponseReturnValue:
    content, now = body(), box().clock.stamp()
    name, value = places.checked_name("Variable", content.get("name")), _value(content)
    if places.find("variable", place, name) is not None:
        raise conflict("Already exists - Variable already exists")
    shared = places.sharing(place, content, None)
    box().store.add("variable", **place.fields, name=name, value=value, **shared, created_at=now, updated_at=now)
    return jsonify({}), 201


def get_variable(place: Place, variable: str) -> ResponseReturnValue:
    return _show(place, places.must("variable", place, variable))


def change_variable(place: Place, variable: str) -> ResponseReturnValue:
    held, content = places.must("variable", place, variable), body()
    name = places.checked_name("Variable", content.get("name", held["name"]))
    other = places.find("variable", place, name)
    if other is not None and other["id"] != held["id"]:
        raise conflict("Already exists - Variable already exists")
    value = _value(content) if "value" in content else held["value"]
    shared = places.sharing(place, content, held)
    box().store.change("variable", held["id"], name=name, value=value, **shared, updated_at=box().clock.stamp())
    return "", 204


def delete_variable(place: Place, variable: str) -> ResponseReturnValue:
    box().store.remove("variable", places.must("variable", place, variable)["id"])
    return "", 204


places.add_routes(
    routes,
    "variables",
    {
        ("GET", ""): ("read", list_variables),
        ("POST", ""): ("write", create_variable),
        ("GET", "/<variable>"): ("read", get_variable),
        ("PATCH", "/<variable>"): ("write", change_variable),
        ("DELETE", "/<variable>"): ("write", delete_variable),
    },
    repository_permission="actions_variables",
    organization_permission="organization_actions_variables",
)


@routes.get("/repos/<owner>/<name>/actions/organization-variables")
@on_repository(actions_variables="read")
def list_shared(repository: Record) -> ResponseReturnValue:
    found = places.shared_with("variable", repository)
    return paginate(found, lambda one: _show(Place(repository), one), within="variables")


def _value(content: Json) -> str:
    value = content.get("value")
    if not isinstance(value, str):
        raise invalid("Variable", "value", "missing_field" if value is None else "invalid")
    places.check_size(value)
    return value


def _show(place: Place, held: Record) -> Json:
    shown = {name: held[name] for name in ("name", "value", "created_at", "updated_at")}
    return shown | places.show_sharing("variables", place, held)
