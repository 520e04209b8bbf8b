"""From the environment to the ports, for the commands that talk to a forge. Turns what is missing into usage errors."""

from __future__ import annotations

import os

from waypost.cli import UsageError
from waypost.config import Config, ConfigError, read_config, read_environment
from waypost.forge.github import connect
from waypost.forge.installations import ActionsForges, AppForges
from waypost.forge.protocol import Forges
from waypost.live import Live
from waypost.queue import open_queue
from waypost.queue.protocol import Queue, QueueUnavailable


def signed_in() -> tuple[Config, Forges]:
    """Read the configuration and prepare to sign in; no call is made yet."""
    config = configured()
    return config, connected(config)


def configured() -> Config:
    """Read the configuration."""
    try:
        return read_config(os.environ)
    except ConfigError as error:
        raise UsageError(str(error)) from error


def connected(config: Config) -> AppForges | ActionsForges:
    """Prepare to sign in with a configuration."""
    try:
        return connect(config)
    except ConfigError as error:
        raise UsageError(str(error)) from error


def followed() -> Live:
    """Read the environment, and from now on the file that /setup writes."""
    try:
        return Live(read_environment(os.environ))
    except ConfigError as error:
        raise UsageError(str(error)) from error


def opened(config: Config) -> Queue:
    """Open the configured queue and see that it can be written."""
    try:
        queue = open_queue(config.database_url)
        queue.check()
    except (ValueError, QueueUnavailable) as error:
        raise UsageError(str(error)) from error
    return queue
