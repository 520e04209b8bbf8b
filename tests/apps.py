"""A further App in a sandbox, registered and installed as people do it: from a manifest, by two clicks."""

from __future__ import annotations

import json
import time
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import requests

from waypost.forge.credentials import AppCredential


class Registered(NamedTuple):
    id: int
    slug: str
    private_key: str
    installation: int


def register(sandbox, organisation, name, permissions, events=(), hook=""):
    """Make an App of that organisation and install it on all its repositories."""
    manifest = {
        "name": name,
        "url": "http://localhost/",
        "redirect_url": "http://localhost/created",
        "public": False,
        "default_permissions": dict(permissions),
        "default_events": list(events),
    }
    if hook:
        manifest["hook_attributes"] = {"url": hook, "active": True}
    address = f"{sandbox.url}/organizations/{organisation}/settings/apps/manifest"
    answer = _click(sandbox, address, {"manifest": json.dumps(manifest), "name": name, "state": "s"})
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    made = requests.post(f"{sandbox.url}/app-manifests/{code}/conversions", timeout=30).json()
    _click(sandbox, f"{sandbox.url}/apps/{made['slug']}/installations", {"account": organisation})
    headers = {"Authorization": f"Bearer {AppCredential(made['id'], made['pem'], time.time).token()}"}
    found = requests.get(f"{sandbox.url}/orgs/{organisation}/installation", headers=headers, timeout=30).json()
    return Registered(made["id"], made["slug"], made["pem"], found["id"])


def _click(sandbox, address, form):
    answer = requests.post(address, data=form, headers={"Origin": sandbox.url}, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text
    return answer
