"""Registering an App by its manifest, and what it then is: asked of GitHub before anything else can be.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import quote

from waypost.app_file import KeptApp
from waypost.config import Config
from waypost.forge.api import Api
from waypost.forge.credentials import AppCredential, Fixed
from waypost.forge.github import Wire
from waypost.forge.pacing import Pacer
from waypost.forge.protocol import ForgeError, NotFound


class CodeSpent(ForgeError):
    """The code of a manifest was used before, is older than an hour, or never was one."""


class Described(NamedTuple):
    """An App as GitHub shows it to itself."""

    slug: str
    name: str
    owner: str
    permissions: Mapping[str, str]
    is_of_person: bool = False  # not an organisation's


def convert(api_url: str, code: str) -> KeptApp:
    """Fetch what GitHub made from a manifest. It works once, and needs no token: the code is the secret."""
    address = f"/app-manifests/{quote(code, safe='')}/conversions"
    try:
        made = _api(api_url).call(Fixed(""), "POST", address, "fetching the new App").body
    except NotFound:
        raise CodeSpent(
            "GitHub does not know this code: it was used before, or more than an hour has passed. Create the App again"
        ) from None
    return KeptApp(made["id"], made["slug"], made["owner"]["login"], made["pem"], made.get("webhook_secret") or "")


def describe(api_url: str, app_id: int, private_key: str) -> Described:
    """Ask what an App is called and may do; raise NotAllowed when the key is not its."""
    signed = AppCredential(app_id, private_key, time.time)
    shown = _api(api_url, private_key).call(signed, "GET", "/app", "asking for the App").body
    owner = shown["owner"]
    is_of_person = owner.get("type") == "User"
    return Described(shown["slug"], shown["name"], owner["login"], shown["permissions"], is_of_person)


def writer_of(config: Config) -> Config:
    """Return the configuration as the App that writes sees it: its own, alone."""
    if not config.writer_app_id:
        return config
    return replace(
        config,
        app_id=config.writer_app_id,
        private_key=config.writer_private_key,
        writer_app_id=0,
        writer_private_key="",
    )


def _api(api_url: str, *secrets: str) -> Api:
    return Api(Wire(api_url, secrets).send, Pacer(time.time, time.sleep))
