"""Values of custom properties: what each repository says, within what its organisation allows.

https://docs.github.com/en/rest/repos/custom-properties and https://docs.github.com/en/rest/orgs/custom-properties
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from waypost.sandbox import access
from waypost.sandbox.auth import caller, on_organization, on_repository, visible
from waypost.sandbox.box import box, full_name, owner_of, repository_by_name
from waypost.sandbox.custom_properties import definition, definitions
from waypost.sandbox.events import emit
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, forbidden, invalid, paginate

routes = Blueprint("property_values", __name__)

Values = Mapping[str, Any]
_LONGEST, MOST_AT_ONCE = 75, 30


@routes.get("/repos/<owner>/<name>/properties/values")
@on_repository()
def list_values(repository: Record) -> ResponseReturnValue:
    return jsonify(_listed(values(repository)))


@routes.patch("/repos/<owner>/<name>/properties/values")
@on_repository(repository_custom_properties="write")
def change_values(repository: Record) -> ResponseReturnValue:
    asked = _asked(body())
    wanted = read(owner_of(repository), asked)
    for name in wanted:
        held = definition(owner_of(repository), name)
        if held is not None and held["values_editable_by"] == "org_actors" and not _speaks_for(owner_of(repository)):
            raise forbidden(f"The property {name} may only be changed by the organization.")
    assign(repository, wanted)
    return "", 204


@routes.get("/orgs/<org>/properties/values")
@on_organization(organization_custom_properties="read")
def list_by_repository(organization: Record) -> ResponseReturnValue:
    found = visible(box().store.where("repository", owner_id=organization["id"]))
    return paginate(found, _show)


@routes.patch("/orgs/<org>/properties/values")
@on_organization(organization_custom_properties="write")
def change_many(organization: Record) -> ResponseReturnValue:
    content = body()
    names, wanted = content.get("repository_names"), read(organization, _asked(content))
    if not isinstance(names, list) or not 0 < len(names) <= MOST_AT_ONCE:
        raise invalid("CustomPropertyValues", "repository_names", "missing_field" if names is None else "invalid")
    found = [repository_by_name(organization["login"], str(name)) for name in names]
    repositories = [one for one in found if one is not None and caller().can_see(one)]
    if len(repositories) != len(names):
        raise invalid("CustomPropertyValues", "repository_names", "missing")
    for repository in repositories:
        assign(repository, wanted)
    return "", 204


def values(repository: Record) -> Json:
    """Return what a repository says for every property of its organisation: its own word, the default, or None."""
    said = repository.get("property_values", {})
    return {one["name"]: said.get(one["name"], one["default_value"]) for one in definitions(owner_of(repository))}


def read(organization: Record, asked: Values, is_creation: bool = False) -> Values:
    """Return the values under the properties' own names; raise 422 for what the organisation does not allow."""
    wanted = {}
    for name, value in asked.items():
        held = definition(organization, name)
        if held is None:
            raise invalid("CustomPropertyValues", name, "custom", f"The property {name} does not exist.")
        if value is not None and not _fits(held, value):
            raise invalid("CustomPropertyValues", held["name"], "custom", _complaint(held))
        wanted[held["name"]] = value
    for held in definitions(organization) if is_creation else ():
        if held["require_explicit_values"] and wanted.get(held["name"]) is None:
            raise invalid("CustomPropertyValues", held["name"], "missing_field", "An explicit value is required.")
    return wanted


def assign(repository: Record, wanted: Values) -> Record:
    """Set values (None goes back to the default) and tell what changed."""
    before = values(repository)
    said = {**repository.get("property_values", {}), **wanted}
    kept = {name: value for name, value in said.items() if value is not None}
    changed = box().store.change("repository", repository["id"], property_values=kept)
    after = values(changed)
    moved = [name for name in after if after[name] != before.get(name)]
    if moved:
        payload = {
            "action": "updated",
            "new_property_values": _listed({name: after[name] for name in moved}),
            "old_property_values": _listed({name: before.get(name) for name in moved}),
        }
        emit("custom_property_values", payload, repository=changed)
    return changed


def _asked(content: Json) -> Values:
    given = content.get("properties")
    if not isinstance(given, list) or not all(isinstance(one, dict) and "property_name" in one for one in given):
        raise invalid("CustomPropertyValues", "properties", "missing_field" if given is None else "invalid")
    return {str(one["property_name"]): one.get("value") for one in given}


def _fits(held: Record, value: object) -> bool:
    kind, allowed = held["value_type"], held["allowed_values"] or ()
    if kind == "multi_select":
        return isinstance(value, list) and bool(value) and set(map(str, value)) <= set(allowed)
    if not isinstance(value, str) or not value:
        return False
    if kind == "single_select":
        return value in allowed
    if kind == "true_false":
        return value in ("true", "false")
    if kind == "url":
        return urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).netloc)
    return len(value) <= _LONGEST and value.isascii() and value.isprintable() and '"' not in value


def _complaint(held: Record) -> str:
    if held["allowed_values"]:
        return f"The value must be one of: {', '.join(held['allowed_values'])}"
    kind = {"true_false": '"true" or "false"', "url": "an http(s) address"}.get(held["value_type"])
    return f"The value must be {kind or f'printable text of at most {_LONGEST} characters'}."


def _speaks_for(organization: Record) -> bool:
    who = caller()
    if who.installation is not None:
        return who.has("organization_custom_properties", "write")
    return who.user is not None and access.is_owner(who.user, organization)


def _show(repository: Record) -> Json:
    return {
        "repository_id": repository["id"],
        "repository_name": repository["name"],
        "repository_full_name": full_name(repository),
        "properties": _listed(values(repository)),
    }


def _listed(said: Values) -> list[Json]:
    return [{"property_name": name, "value": value} for name, value in said.items()]
