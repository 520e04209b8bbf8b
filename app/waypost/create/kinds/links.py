"""What ties a repository to other places: its site, its autolinks, its webhooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from waypost.create.kinds.paths import of
from waypost.create.kinds.same import fulfils
from waypost.forge.creating import Workshop, Write
from waypost.golden.effects import AutolinkExists, PagesEnabled, WebhookExists


def read_pages(workshop: Workshop, effect: PagesEnabled) -> Any:
    return workshop.look(f"{of(effect)}/pages", f"looking at the site of {effect.repository}")


def compare_pages(present: Mapping[str, Any] | None, effect: PagesEnabled) -> list[Write]:
    body: dict[str, Any] = {"build_type": effect.build_type}
    if effect.build_type == "legacy":
        body["source"] = {"branch": effect.branch, "path": effect.path}
    if present is None:
        return [Write("POST", f"{of(effect)}/pages", describe_pages(effect), body)]
    if fulfils(present, body):
        return []
    return [Write("PUT", f"{of(effect)}/pages", describe_pages(effect), body)]


def describe_pages(effect: PagesEnabled) -> str:
    return f"switch on GitHub Pages for {effect.repository}"


def read_autolinks(workshop: Workshop, effect: AutolinkExists) -> list[Any]:
    return workshop.listing(f"{of(effect)}/autolinks", f"looking at the autolinks of {effect.repository}")


def compare_autolink(present: Sequence[Mapping[str, Any]], effect: AutolinkExists) -> list[Write]:
    body = {"key_prefix": effect.prefix, "url_template": effect.url, "is_alphanumeric": effect.is_alphanumeric}
    held = next((link for link in present if link["key_prefix"].lower() == effect.prefix.lower()), None)
    if held is not None and fulfils(held, body):
        return []
    writes = [Write("POST", f"{of(effect)}/autolinks", describe_autolink(effect), body)]
    if held is not None:  # there is no call that changes one
        writes.insert(0, Write("DELETE", f"{of(effect)}/autolinks/{held['id']}", describe_autolink(effect)))
    return writes


def describe_autolink(effect: AutolinkExists) -> str:
    return f"link {effect.prefix}... in {effect.repository}"


def read_hooks(workshop: Workshop, effect: WebhookExists) -> list[Any]:
    return workshop.listing(f"{of(effect)}/hooks?per_page=100", f"looking at the webhooks of {effect.repository}")


def compare_hook(present: Sequence[Mapping[str, Any]], effect: WebhookExists) -> list[Write]:
    insecure = "1" if effect.insecure_ssl else "0"
    config = {"url": effect.url, "content_type": effect.content_type, "insecure_ssl": insecure}
    wanted: dict[str, Any] = {"active": effect.is_active, "events": list(effect.events)}
    held = next((hook for hook in present if hook["config"].get("url") == effect.url), None)
    if held is not None and fulfils(held, {**wanted, "config": config}):
        return []
    secret = {"secret": effect.secret.value} if effect.secret else {}  # cannot be read back: part of every change
    body = {**wanted, "config": {**config, **secret}}
    if held is None:
        return [Write("POST", f"{of(effect)}/hooks", describe_hook(effect), {"name": "web", **body})]
    return [Write("PATCH", f"{of(effect)}/hooks/{held['id']}", describe_hook(effect), body)]


def describe_hook(effect: WebhookExists) -> str:
    return f"have a webhook to {effect.url} in {effect.repository}"
