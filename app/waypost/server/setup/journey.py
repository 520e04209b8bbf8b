"""Where set-up stands, asked of GitHub each time: so it can be left and taken up again, and believes no address bar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from waypost.catalog.entities import Repository
from waypost.config import Config
from waypost.forge.github import connect
from waypost.forge.protocol import Forges, Installation, Wish
from waypost.forge.registering import Described, describe, writer_of
from waypost.sync.publish import SETTINGS_FILE

STEPS = ("app", "writer", "install", "install-writer", "repository", "scan")


@dataclass(frozen=True, slots=True)
class Standing:
    """The first step that is not done, and what is known by then."""

    step: str
    is_careful: bool = False
    app: Described | None = None
    writer: Described | None = None
    installation: Installation | None = None
    catalog: str = ""  # owner/name, wanted or found
    repository: Repository | None = None

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of this journey, in order."""
        return tuple(step for step in STEPS if self.is_careful or "writer" not in step)


def standing(config: Config, wish: Mapping[str, Any]) -> Standing:
    """Look how far it is. Raises ConfigError and ForgeErrors."""
    if not (config.app_id and config.private_key):
        return Standing("app", is_careful=bool(wish.get("careful")))
    app = describe(config.api_url, config.app_id, config.private_key)
    # an App that may not write has a second one at its side, or lacks it
    is_careful = bool(config.writer_app_id) or app.permissions.get("contents") != "write"
    found = Standing("writer", is_careful, app)
    if is_careful:
        if not (config.writer_app_id and config.writer_private_key):
            return found
        found = replace(found, writer=describe(config.api_url, config.writer_app_id, config.writer_private_key))
    return _after_registering(config, found, wish)


def _after_registering(config: Config, found: Standing, wish: Mapping[str, Any]) -> Standing:
    assert found.app is not None
    forges = connect(replace(config, writer_app_id=0, writer_private_key=""))
    owner, _, name = config.catalog_repository.rpartition("/")
    installation = _installation(forges, owner or found.app.owner)
    if installation is None:
        return replace(found, step="install")
    catalog = f"{owner or installation.account}/{name}"
    found = replace(found, installation=installation, catalog=catalog)
    if found.is_careful and _installation(connect(writer_of(config)), installation.account) is None:
        return replace(found, step="install-writer")
    reading = forges.forge(installation.id).read([Wish(0, catalog, paths=(SETTINGS_FILE,))])[0]
    repository, is_ready = reading.repository, SETTINGS_FILE in reading.blobs or bool(wish.get("as_it_is"))
    if repository is None or not repository.head or not is_ready:
        return replace(found, step="repository", repository=repository)
    return replace(found, step="scan", catalog=repository.full_name, repository=repository)


def _installation(forges: Forges, owner: str) -> Installation | None:
    """The one over the account that owns the App or the catalog; else whichever there is."""
    active = [one for one in forges.installations() if not one.is_suspended]
    ours = [one for one in active if one.account.lower() == owner.lower()]
    return next(iter(ours or active), None)
