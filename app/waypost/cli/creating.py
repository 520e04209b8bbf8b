"""With which credential repositories are created, in which organisation, from which catalog. Makes no call itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from waypost.cli import UsageError
from waypost.config import Config
from waypost.forge.creating import Workshop, Workshops
from waypost.forge.github import connect


def workshops(config: Config, clock: Callable[[], float], sleep: Callable[[float], None]) -> Workshops:
    """Sign in with what may create: WAYPOST_CREATE_TOKEN, the writing App, the App, or whatever token there is.

    Raises ConfigError.
    """
    bare = replace(config, app_id=0, private_key="", writer_app_id=0, writer_private_key="", github_token="")
    if config.create_token:
        return connect(replace(bare, token=config.create_token), clock, sleep)
    if config.writer_app_id and config.writer_private_key:
        key = config.writer_private_key
        return connect(replace(bare, token="", app_id=config.writer_app_id, private_key=key), clock, sleep)
    return connect(config, clock, sleep)


def workshop_of(found: Workshops, organisation: str) -> Workshop:
    """Return the workshop of an organisation; without a name, that of the only one."""
    if organisation:
        return found.workshop(organisation)
    known = found.organisations()
    if len(known) != 1:
        raise UsageError(f"--org: say which organisation: {', '.join(known) or 'the App is installed over none'}")
    return found.workshop(known[0])


def organisation_of(config: Config) -> str:
    """Return the organisation that WAYPOST_CATALOG_REPOSITORY names; "" when it names a repository alone."""
    return config.catalog_repository.rpartition("/")[0]


def catalog_of(config: Config, workshop: Workshop) -> str:
    """Return owner/name of the catalog repository."""
    owner, _, name = config.catalog_repository.rpartition("/")
    return f"{owner or workshop.organisation}/{name}"
