"""Key pairs that secrets are sealed with, and the control route that shows tests what was inside.

https://docs.github.com/en/rest/guides/encrypting-secrets-for-the-rest-api
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from waypost.sandbox import places
from waypost.sandbox.box import box, full_name
from waypost.sandbox.places import Place
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, invalid, unprocessable

routes = Blueprint("seals", __name__, url_prefix="/_sandbox/secrets")


@routes.get("")
def show() -> ResponseReturnValue:
    """{organisation | owner/name | owner/name/environment: {name: value}}: what nobody can ask GitHub for."""
    store = box().store
    found: dict[str, dict[str, str]] = {}
    for secret in store.all("secret"):
        found.setdefault(_title(secret), {})[secret["name"]] = secret["value"]
    return jsonify(found)


def public_key(place: Place) -> Json:
    """Return the key that secrets of this place are sealed with; it is made when somebody first asks."""
    pair = _pair(place)
    public = PrivateKey(bytes.fromhex(pair["private"])).public_key
    return {"key_id": pair["key_id"], "key": b64encode(bytes(public)).decode()}


def opened(place: Place, content: Json) -> str:
    """Open what a request holds; raise 422 for what was sealed with another key or not at all."""
    pair, sealed = _pair(place), content.get("encrypted_value")
    for field in ("encrypted_value", "key_id"):
        if not isinstance(content.get(field), str):
            raise invalid("Secret", field, "missing_field" if field not in content else "invalid")
    if content["key_id"] != pair["key_id"]:
        raise unprocessable("Bad request - key_id is not the id of the current public key")
    try:
        value = SealedBox(PrivateKey(bytes.fromhex(pair["private"]))).decrypt(b64decode(str(sealed), validate=True))
        text = value.decode()
    except (CryptoError, ValueError):
        raise unprocessable("Bad request - encrypted_value is not sealed with the current public key") from None
    places.check_size(text)
    return text


def _pair(place: Place) -> Record:
    held = box().store.get("sealing_key", place.key)
    if held is not None:
        return held
    made = {"key_id": str(secrets.randbits(62)), "private": bytes(PrivateKey.generate()).hex()}
    repository_id = place.repository["id"] if place.repository is not None else None
    return box().store.put("sealing_key", place.key, repository_id=repository_id, **made)


def _title(secret: Record) -> str:
    store = box().store
    if secret["org_id"] is not None:
        return str(store.must("account", secret["org_id"])["login"])
    name = full_name(store.must("repository", secret["repository_id"]))
    if secret["environment_id"] is None:
        return name
    return f"{name}/{store.must('environment', secret['environment_id'])['name']}"
