"""The manifest that GitHub makes an App from, for each of the two roles. Pure.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from waypost.forge import needs

LONGEST_NAME = 34  # GitHub's limit
LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|[-_](?=[A-Za-z0-9_]))*").fullmatch
LONGEST_LOGIN = 100
NAMES = {"app": "Waypost", "writer": "Waypost Writer"}


def manifest(role: str, owner: str, address: str, is_careful: bool) -> dict[str, Any]:
    """Return the manifest; `owner` goes into the name, which must be the only one of its kind on GitHub."""
    is_writer = role == "writer"
    return {
        "name": f"{NAMES[role]} {owner}"[:LONGEST_NAME].strip(),
        "url": address,
        "description": "Writes the catalog and creates repositories." if is_writer else "Keeps the catalog.",
        # the writer is told nothing: one App's webhooks are enough
        "hook_attributes": {"url": f"{address}/webhooks", "active": not is_writer},
        "redirect_url": f"{address}/setup/created",
        "setup_url": f"{address}/setup/installed",
        "public": False,
        "default_permissions": needs.asked(*parts(role, is_careful)),
        "default_events": [] if is_writer else needs.events(),
    }


def parts(role: str, is_careful: bool) -> tuple[needs.Part, ...]:
    """Return what an App does: the only one does everything."""
    if role == "writer":
        return ("writer",)
    return ("waypost",) if is_careful else ("waypost", "writer")


def explained(role: str, is_careful: bool) -> Sequence[needs.Need]:
    """Return the needs behind the permissions that are asked for; of two levels the stronger one's, both whys."""
    found: dict[str, needs.Need] = {}
    levels = needs.asked(*parts(role, is_careful))
    for need in needs.PERMISSIONS:
        if need.part not in parts(role, is_careful) or need.is_optional:
            continue
        before = found.get(need.name)
        why = need.why if before is None or before.why == need.why else f"{before.why}; {need.why}"
        without = (
            need.without if before is None or need.without == before.without else f"{before.without}; {need.without}"
        )
        found[need.name] = need._replace(level=levels[need.name], why=why, without=without)
    return [found[name] for name in sorted(found)]


def form_address(web_url: str, organisation: str, state: str) -> str:
    """Where the manifest is posted to."""
    place = f"/organizations/{quote(organisation)}" if organisation else ""
    return f"{web_url}{place}/settings/apps/new?state={quote(state)}"


def clean_address(text: str) -> str:
    """Return the server's address without a slash at the end; raise ValueError with what is wrong with it."""
    parts = urlsplit(text.strip())
    is_more = "@" in parts.netloc or parts.query or parts.fragment
    if parts.scheme not in ("http", "https") or not parts.hostname or is_more:
        raise ValueError(f'"{text}" is no address: write it as https://waypost.example.com')
    if parts.scheme == "http" and not _is_this_machine(parts.hostname):
        raise ValueError(f"{text}: GitHub's deliveries and your secrets need https. Put a proxy with TLS in front")
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def is_local(address: str) -> bool:
    """Say whether only this machine or its own network reaches an address, as far as one can see from it."""
    host = urlsplit(address.strip()).hostname or ""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
