"""Webhooks of repositories and organisations: made, changed, pinged, removed.

https://docs.github.com/en/rest/repos/webhooks and https://docs.github.com/en/rest/orgs/webhooks
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint
from flask.typing import ResponseReturnValue

from waypost.sandbox import deliveries
from waypost.sandbox.auth import View, on_organization, on_repository
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, body, invalid, not_found, paginate

routes = Blueprint("hooks", __name__)

# https://docs.github.com/en/webhooks/about-webhooks: 20 per event type; counted here over all types
MOST_HOOKS = 20
_HIDDEN = "********"
_CONFIG = ("url", "content_type", "secret", "insecure_ssl")


def _add_routes(base: str, guard: Callable[[str], Callable[[View], View]]) -> None:
    """The same routes for a repository and for an organisation: `guard` finds the owner and asks for the permission."""

    @guard("read")
    def list_hooks(owner: Record) -> ResponseReturnValue:
        return paginate(_of(owner), lambda hook: show(owner, hook))

    @guard("write")
    def create_hook(owner: Record) -> ResponseReturnValue:
        hook = _create(owner, body())
        _ping(owner, hook)
        shown = show(owner, hook)
        return shown, 201, {"Location": shown["url"]}

    @guard("read")
    def get_hook(owner: Record, number: int) -> ResponseReturnValue:
        return show(owner, must(owner, number))

    @guard("write")
    def edit_hook(owner: Record, number: int) -> ResponseReturnValue:
        return show(owner, _edit(must(owner, number), body()))

    @guard("write")
    def delete_hook(owner: Record, number: int) -> ResponseReturnValue:
        box().store.remove("hook", must(owner, number)["id"])
        return "", 204

    @guard("read")
    def get_config(owner: Record, number: int) -> ResponseReturnValue:
        return show_config(must(owner, number)["config"])

    @guard("write")
    def edit_config(owner: Record, number: int) -> ResponseReturnValue:
        hook = must(owner, number)
        changed = read_config(body(), hook["config"])
        return show_config(box().store.change("hook", hook["id"], config=changed)["config"])

    @guard("write")
    def ping(owner: Record, number: int) -> ResponseReturnValue:
        _ping(owner, must(owner, number))
        return "", 204

    for path, method, view in (
        ("", "GET", list_hooks),
        ("", "POST", create_hook),
        ("/<int:number>", "GET", get_hook),
        ("/<int:number>", "PATCH", edit_hook),
        ("/<int:number>", "DELETE", delete_hook),
        ("/<int:number>/config", "GET", get_config),
        ("/<int:number>/config", "PATCH", edit_config),
        ("/<int:number>/pings", "POST", ping),
    ):
        name = f"{base.split('/')[1]}_{view.__name__}"
        routes.add_url_rule(f"{base}/hooks{path}", name, view, methods=[method])


def of_repository(level: str) -> Callable[[View], View]:
    return on_repository(repository_hooks=level)


def of_organization(level: str) -> Callable[[View], View]:
    return on_organization(organization_hooks=level)


_add_routes("/repos/<owner>/<name>", of_repository)
_add_routes("/orgs/<org>", of_organization)


def must(owner: Record, number: int) -> Record:
    """Return a hook of this repository or organisation, or raise 404."""
    hook = box().store.get("hook", number)
    if hook is None or hook not in _of(owner):
        raise not_found()
    return hook


def address(owner: Record, hook: Record) -> str:
    base = f"orgs/{owner['login']}" if _is_organization(owner) else f"repos/{full_name(owner)}"
    return f"{api_url()}/{base}/hooks/{hook['id']}"


def show(owner: Record, hook: Record) -> Json:
    """GET /repos/{owner}/{repo}/hooks/{hook_id}, or the organisation's."""
    url = address(owner, hook)
    shown = {
        "type": "Organization" if _is_organization(owner) else "Repository",
        "id": hook["id"],
        "name": "web",
        "active": hook["active"],
        "events": hook["events"],
        "config": show_config(hook["config"]),
        "updated_at": hook["updated_at"],
        "created_at": hook["created_at"],
        "url": url,
        "ping_url": f"{url}/pings",
        "deliveries_url": f"{url}/deliveries",
    }
    if not _is_organization(owner):
        shown |= {"test_url": f"{url}/tests", "last_response": _last_response(hook)}
    return shown


def show_config(config: Record) -> Json:
    """Show where a hook goes; the secret is never shown."""
    shown = {name: config[name] for name in ("content_type", "insecure_ssl", "url") if config.get(name)}
    return shown | ({"secret": _HIDDEN} if config.get("secret") else {})


def read_config(content: Json, old: Record) -> Json:
    """Return the configuration that a request asks for; what it does not name stays."""
    given = {name: str(content[name]) for name in _CONFIG if content.get(name) is not None}
    if given.get("secret") == _HIDDEN:
        del given["secret"]
    config = {"content_type": "form", "insecure_ssl": "0", "url": "", "secret": "", **old, **given}
    if not config["url"].startswith(("http://", "https://")):
        raise invalid("Hook", "url", "custom", "url must be a valid http(s) address")
    if config["content_type"] not in ("json", "form"):
        raise invalid("Hook", "content_type")
    return config


def _of(owner: Record) -> list[Record]:
    field = "org_id" if _is_organization(owner) else "repository_id"
    return box().store.where("hook", **{field: owner["id"]})


def _is_organization(owner: Record) -> bool:
    return owner.get("type") == "Organization"


def _create(owner: Record, content: Json) -> Record:
    if content.get("name", "web") != "web":
        raise invalid("Hook", "name")
    config = content.get("config")
    if not isinstance(config, dict):
        raise invalid("Hook", "config", "missing_field")
    held = _of(owner)
    wanted = read_config(config, {})
    if any(hook["config"]["url"] == wanted["url"] for hook in held):
        raise ApiError(422, "Validation Failed", [{"resource": "Hook", "code": "custom",
                       "message": "Hook already exists on this repository"}])  # fmt: skip
    if len(held) >= MOST_HOOKS:
        message = f"The hook cannot be added: the limit of {MOST_HOOKS} is reached"
        raise ApiError(422, "Validation Failed", [{"resource": "Hook", "code": "custom", "message": message}])
    now, is_organization = box().clock.stamp(), _is_organization(owner)
    return box().store.add(
        "hook",
        repository_id=None if is_organization else owner["id"],
        org_id=owner["id"] if is_organization else None,
        config=wanted,
        events=_events(content.get("events", ["push"])),
        active=bool(content.get("active", True)),
        created_at=now,
        updated_at=now,
    )


def _edit(hook: Record, content: Json) -> Record:
    events = _events(content["events"]) if "events" in content else list(hook["events"])
    events = list(dict.fromkeys([*events, *content.get("add_events", [])]))
    return box().store.change(
        "hook",
        hook["id"],
        config=read_config(content.get("config") or {}, hook["config"]),
        events=[name for name in events if name not in content.get("remove_events", [])],
        active=bool(content.get("active", hook["active"])),
        updated_at=box().clock.stamp(),
    )


def _events(names: object) -> list[str]:
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise invalid("Hook", "events")
    return list(dict.fromkeys(names))


def _ping(owner: Record, hook: Record) -> None:
    zen = "Keep it logically awesome."
    deliveries.post(hook, "ping", {"zen": zen, "hook_id": hook["id"], "hook": show(owner, hook)})


def _last_response(hook: Record) -> Json:
    sent = [one for one in box().store.where("delivery", hook_id=hook["id"]) if one["status"] != deliveries.PENDING]
    if not sent:
        return {"code": None, "status": "unused", "message": None}
    last = sent[-1]
    is_fine = last["status"] == "OK"
    return {"code": last["status_code"], "status": "active" if is_fine else "invalid", "message": last["status"]}
