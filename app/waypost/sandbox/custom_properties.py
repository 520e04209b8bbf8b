"""Custom properties of an organisation: which there are and what they may hold. Values are in property_values.py.

https://docs.github.com/en/rest/orgs/custom-properties
"""

from __future__ import annotations

import re

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from waypost.sandbox.auth import on_organization
from waypost.sandbox.box import api_url, box
from waypost.sandbox.events import emit
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, invalid, not_found

routes = Blueprint("custom_properties", __name__)

TYPES = ("string", "single_select", "multi_select", "true_false", "url")
SELECTS = ("single_select", "multi_select")
_EDITORS = ("org_actors", "org_and_repo_actors")
_FIELDS = (
    "value_type",
    "required",
    "default_value",
    "description",
    "allowed_values",
    "values_editable_by",
    "require_explicit_values",
)
# https://docs.github.com/en/organizations/managing-organization-settings/managing-custom-properties-for-repositories-in-your-organization
_NAME = re.compile(r"[A-Za-z0-9_$#-]{1,75}")
MOST_ALLOWED, MOST_AT_ONCE = 200, 100


@routes.get("/orgs/<org>/properties/schema")
@on_organization(organization_custom_properties="read")
def list_definitions(organization: Record) -> ResponseReturnValue:
    return jsonify([show(organization, one) for one in definitions(organization)])


@routes.patch("/orgs/<org>/properties/schema")
@on_organization(organization_custom_properties="admin")
def change_definitions(organization: Record) -> ResponseReturnValue:
    asked = body().get("properties")
    if not isinstance(asked, list) or not 0 < len(asked) <= MOST_AT_ONCE:
        raise invalid("CustomProperty", "properties", "missing_field" if asked is None else "invalid")
    wanted = [(_name(one), _read(one)) for one in asked]
    return jsonify([show(organization, _put(organization, name, fields)) for name, fields in wanted])


@routes.get("/orgs/<org>/properties/schema/<name>")
@on_organization(organization_custom_properties="read")
def get_definition(organization: Record, name: str) -> ResponseReturnValue:
    return jsonify(show(organization, _must(organization, name)))


@routes.put("/orgs/<org>/properties/schema/<name>")
@on_organization(organization_custom_properties="admin")
def put_definition(organization: Record, name: str) -> ResponseReturnValue:
    fields = _read(body())
    return jsonify(show(organization, _put(organization, _name({"property_name": name}), fields)))


@routes.delete("/orgs/<org>/properties/schema/<name>")
@on_organization(organization_custom_properties="admin")
def delete_definition(organization: Record, name: str) -> ResponseReturnValue:
    held, store = _must(organization, name), box().store
    store.remove("property", held["id"])
    for repository in store.where("repository", owner_id=organization["id"]):
        values = dict(repository.get("property_values", {}))
        if values.pop(held["name"], None) is not None:
            store.change("repository", repository["id"], property_values=values)
    payload = {"action": "deleted", "definition": {"property_name": held["name"]}}
    emit("custom_property", payload, organization=organization)
    return "", 204


def definitions(organization: Record) -> list[Record]:
    """Return an organisation's properties by name; a person's account has none."""
    return sorted(box().store.where("property", org_id=organization["id"]), key=lambda one: one["name"])


def definition(organization: Record, name: str) -> Record | None:
    return next((one for one in definitions(organization) if one["name"].lower() == name.lower()), None)


def show(organization: Record, held: Record) -> Json:
    return {
        "property_name": held["name"],
        "url": f"{api_url()}/orgs/{organization['login']}/properties/schema/{held['name']}",
        "source_type": "organization",
        **{field: held[field] for field in _FIELDS},
    }


def _must(organization: Record, name: str) -> Record:
    held = definition(organization, name)
    if held is None:
        raise not_found()
    return held


def _put(organization: Record, name: str, fields: Json) -> Record:
    held = definition(organization, name)
    if held is None:
        made = box().store.add("property", org_id=organization["id"], name=name, **fields)
    elif held["value_type"] != fields["value_type"]:
        raise invalid("CustomProperty", "value_type", "custom", "The type of a property cannot be changed")
    else:
        made = box().store.change("property", held["id"], **fields)
    action = "created" if held is None else "updated"
    emit("custom_property", {"action": action, "definition": show(organization, made)}, organization=organization)
    return made


def _name(asked: Json) -> str:
    name = asked.get("property_name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise invalid("CustomProperty", "property_name", "missing_field" if name is None else "invalid")
    return name


def _read(asked: Json) -> Json:
    """Return the fields of a definition; raise 422 for what contradicts itself."""
    kind, allowed, default = asked.get("value_type"), asked.get("allowed_values"), asked.get("default_value")
    if kind not in TYPES:
        raise invalid("CustomProperty", "value_type", "missing_field" if kind is None else "invalid")
    if (kind in SELECTS) != bool(allowed) or (allowed and len(allowed) > MOST_ALLOWED):
        raise invalid("CustomProperty", "allowed_values", "missing_field" if kind in SELECTS else "invalid")
    if bool(asked.get("required")) != (default is not None):
        # https://docs.github.com/rest/orgs/custom-properties: a required property has a default, another has none
        raise invalid("CustomProperty", "default_value", "missing_field" if asked.get("required") else "invalid")
    if allowed and not {default} - {None} <= set(allowed) and not isinstance(default, list):
        raise invalid("CustomProperty", "default_value")
    if asked.get("values_editable_by") not in (None, *_EDITORS):
        raise invalid("CustomProperty", "values_editable_by")
    return {
        "value_type": kind,
        "required": bool(asked.get("required")),
        "default_value": default,
        "description": asked.get("description"),
        "allowed_values": allowed,
        "values_editable_by": asked.get("values_editable_by") or "org_actors",
        "require_explicit_values": bool(asked.get("require_explicit_values")),
    }
