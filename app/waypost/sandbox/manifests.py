"""App manifests: what one may say, what GitHub finds wrong with it, and the code that fetches what was made. No routes.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from waypost.limits import APP_MANIFEST_SECONDS
from waypost.sandbox import beginnings
from waypost.sandbox.box import box
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json

LONGEST_NAME = 34
# https://docs.github.com/en/webhooks/webhook-events-and-payloads: the permission that each event wants
PERMISSION_OF = {
    "check_run": "checks",
    "check_suite": "checks",
    "create": "contents",
    "custom_property": "organization_custom_properties",
    "custom_property_values": "organization_custom_properties",
    "delete": "contents",
    "deployment_status": "deployments",
    "fork": "contents",
    "issue_comment": "issues",
    "issues": "issues",
    "label": "metadata",
    "member": "members",
    "membership": "members",
    "organization": "members",
    "public": "metadata",
    "pull_request": "pull_requests",
    "pull_request_review": "pull_requests",
    "push": "contents",
    "release": "contents",
    "repository": "metadata",
    "repository_dispatch": "contents",
    "status": "statuses",
    "team": "members",
    "team_add": "members",
    "workflow_job": "actions",
    "workflow_run": "actions",
}
PERMISSIONS = {
    *beginnings.PERMISSIONS,
    *("deployments", "environments", "merge_queues", "organization_administration", "organization_hooks", "packages"),
    *("repository_projects", "security_events", "single_file", "vulnerability_alerts", "organization_plan"),
}
_KNOWN = (
    *("name", "url", "hook_attributes", "redirect_url", "callback_urls", "setup_url", "description", "public"),
    *("default_events", "default_permissions", "request_oauth_on_install", "setup_on_update"),
)


class Unusable(Exception):
    """The manifest cannot become an App; holds every reason."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def parse(text: str) -> Json:
    """Read a manifest; raise Unusable."""
    try:
        manifest = json.loads(text)
    except ValueError:
        raise Unusable(["the manifest is not JSON"]) from None
    if not isinstance(manifest, dict):
        raise Unusable(["the manifest is not a JSON object"])
    if reasons := list(_faults(manifest)):
        raise Unusable(reasons)
    return manifest


def name_fault(name: str) -> str:
    """Say what is wrong with the name of a new App; "" when nothing is."""
    slug = beginnings.slug_of(name)
    if not slug:
        return "Name can't be blank"
    if len(name) > LONGEST_NAME:
        return f"Name is too long (maximum is {LONGEST_NAME} characters)"
    if box().store.first("app", slug=slug) or box().store.first("account", key=slug):
        return "Name is already taken"
    return ""


def create(owner: Record, name: str, manifest: Mapping[str, Any]) -> str:
    """Make the App and return the code for its conversion."""
    hook = manifest.get("hook_attributes") or {}
    is_active = bool(hook) and hook.get("active", True)
    secret = secrets.token_hex(20) if hook else ""
    app, private = beginnings.add_app(
        box(),
        owner,
        name,
        {"metadata": "read", **manifest.get("default_permissions", {})},
        manifest.get("default_events", []),
        {
            "url": hook.get("url", ""),
            "content_type": "json",
            "secret": secret,
            "insecure_ssl": "0",
            "active": is_active,
        },
        description=manifest.get("description"),
        external_url=manifest["url"],
        setup_url=manifest.get("setup_url"),
        public=manifest.get("public", False),
    )
    code = secrets.token_hex(20)
    expires = box().clock.now() + APP_MANIFEST_SECONDS
    box().store.put("manifest_code", code, app_id=app["id"], pem=private.decode(), expires=expires)
    return code


def take(code: str) -> Record | None:
    """Return what a code stands for and forget it; None for one that is unknown, used or too old."""
    found = box().store.get("manifest_code", code)
    if found is None:
        return None
    box().store.remove("manifest_code", code)
    return found if found["expires"] > box().clock.now() else None


def _faults(manifest: Json) -> Iterator[str]:
    yield from (f"{name} is not known" for name in manifest if name not in _KNOWN)
    if not _is_address(manifest.get("url")):
        yield "url must be an address that begins with http:// or https://"
    for name in ("redirect_url", "setup_url"):
        if name in manifest and not _is_address(manifest[name]):
            yield f"{name} must be an address that begins with http:// or https://"
    hook = manifest.get("hook_attributes")
    if hook is not None and not (isinstance(hook, dict) and _is_address(hook.get("url"))):
        yield "hook_attributes needs a url"
    permissions, events = manifest.get("default_permissions", {}), manifest.get("default_events", [])
    if not isinstance(permissions, dict):
        yield "default_permissions must be an object"
        return
    for name, level in permissions.items():
        if name not in PERMISSIONS or level not in ("read", "write", "admin"):
            yield f"default_permissions: {name}: {level} is not known"
    for event in events if isinstance(events, list) else ["default_events"]:
        if event not in PERMISSION_OF:
            yield f"default_events: {event} is not known"
        elif PERMISSION_OF[event] not in {"metadata", *permissions}:
            yield f"default_events: {event} is not supported by the permissions: it wants {PERMISSION_OF[event]}"


def _is_address(value: object) -> bool:
    if not isinstance(value, str):
        return False
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.netloc)
