"""GitHub behind the port, by PyGithub: the only module that imports it.

PyGithub carries the requests; its own throttling and retrying stay off, because `pacing` knows the installation's
limits and a worker thread must not sleep through an outage. No token reaches an error's text or a log.
"""

from __future__ import annotations

import atexit
import json
import logging
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from github import Github

from waypost.config import Config, ConfigError
from waypost.forge.api import Answer, Send
from waypost.forge.app import App
from waypost.forge.installations import ActionsForges, AppForges
from waypost.forge.protocol import Unavailable
from waypost.forge.redact import RedactingFilter, redact

# https://docs.github.com/en/rest/about-the-rest-api/api-versions
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
TIMEOUT_SECONDS = 30  # GitHub itself ends a request after 10 s


def connect(
    config: Config,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    mirrors: Path | None = None,
) -> AppForges | ActionsForges:
    """Return GitHub as the configuration allows to see it: as an App, or with the tokens of a workflow.

    `mirrors` is the folder for clones of catalog repositories, a cache; by default beside the database, or a
    temporary one. Raises ConfigError when there is nothing to sign in with. Makes no call yet.
    """
    if urlsplit(config.api_url).scheme not in ("http", "https"):
        raise ConfigError(f'GITHUB_API_URL is "{config.api_url}": it begins with https://, as https://api.github.com')
    _check_halves(config)
    secrets = (config.private_key, config.writer_private_key, config.token, config.github_token)
    logging.getLogger("github.Requester").addFilter(RedactingFilter(secrets))
    send = Wire(config.api_url, secrets).send
    folder = mirrors or _mirrors(config.database_path)
    if config.app_id and config.private_key:
        _check_key(config.private_key, "WAYPOST_PRIVATE_KEY")
        app = App(send, config.app_id, config.private_key, clock, sleep)
        return AppForges(send, app, _writer(config, send, clock, sleep), folder, clock, sleep)
    if not (config.token or config.github_token):
        raise ConfigError(
            "nothing to sign in to GitHub with: set GITHUB_TOKEN to a token of your own, WAYPOST_APP_ID and"
            " WAYPOST_PRIVATE_KEY (or WAYPOST_PRIVATE_KEY_FILE) for the App, or in a workflow WAYPOST_TOKEN and"
            " GITHUB_TOKEN"
        )
    owner, slash, _ = config.catalog_repository.partition("/")
    if not slash:
        raise ConfigError(
            f'WAYPOST_CATALOG_REPOSITORY is "{config.catalog_repository}": without an App it must name the organisation'
            f" too, as acme/{config.catalog_repository}"
        )
    reading, writing = config.token or config.github_token, config.github_token or config.token
    reader = App(send, config.app_id, config.token, clock, sleep) if config.has_key_as_token else reading
    return ActionsForges(send, owner, reader, writing, folder, clock, sleep)


def _writer(config: Config, send: Send, clock: Callable[[], float], sleep: Callable[[float], None]) -> App | None:
    """The second App of the careful variant, if there is one."""
    if not config.writer_app_id:
        return None
    _check_key(config.writer_private_key, "WAYPOST_WRITER_PRIVATE_KEY")
    return App(send, config.writer_app_id, config.writer_private_key, clock, sleep)


def _check_halves(config: Config) -> None:
    """Raise ConfigError for an App with half of what it needs: tokens must not silently take its place."""
    apps = [("WRITER_", config.writer_app_id, config.writer_private_key)]
    if config.has_key_as_token and not config.private_key:
        _check_key_as_token(config)
    else:
        apps.insert(0, ("", config.app_id, config.private_key))
    for which, number, key in apps:
        if bool(number) != bool(key):
            name = f"WAYPOST_{which}PRIVATE_KEY"
            lacking = f"{name} (or {name}_FILE)" if number else f"WAYPOST_{which}APP_ID"
            or_token = " Or take WAYPOST_APP_ID away: WAYPOST_TOKEN holds a token" if number and config.token else ""
            raise ConfigError(f"{lacking} is missing: an App needs its number and its key.{or_token}".rstrip("."))
    if config.writer_app_id and not config.app_id:
        raise ConfigError(
            "WAYPOST_APP_ID and WAYPOST_PRIVATE_KEY are missing: WAYPOST_WRITER_APP_ID names a second App, and the"
            " second App alone reads nothing"
        )


def _check_key_as_token(config: Config) -> None:
    """An App's key in the place of the token that reads: it needs the App's number, and a token that writes."""
    if not config.app_id:
        raise ConfigError(
            "WAYPOST_APP_ID is missing: WAYPOST_TOKEN holds a private key, and that needs the number of its App"
        )
    if not config.github_token:
        raise ConfigError(
            "GITHUB_TOKEN is missing: the App whose key is in WAYPOST_TOKEN only reads. In a workflow, hand on"
            " github.token; a server has the key in WAYPOST_PRIVATE_KEY"
        )
    _check_key(config.token, "WAYPOST_TOKEN")


def _check_key(text: str, name: str) -> None:
    try:
        load_pem_private_key(text.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it asks for a passphrase
        file = "" if name == "WAYPOST_TOKEN" else f" (or what {name}_FILE names)"
        raise ConfigError(
            f"{name}{file} is no private key: a key is the whole .pem file that the App's settings page made, from"
            " -----BEGIN RSA PRIVATE KEY----- to its end"
        ) from None


def _mirrors(database: Path | None) -> Path:
    if database is not None and database.name != ":memory:":
        return database.with_name(f"{database.name}-mirrors")
    folder = Path(tempfile.mkdtemp(prefix="waypost-mirrors-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class Wire:
    """Sends one request with one token and returns whatever came back; raises Unavailable when nothing did."""

    def __init__(self, api_url: str, secrets: tuple[str, ...] = ()) -> None:
        self._url, self._secrets = api_url, secrets
        self._local = threading.local()

    def send(self, verb: str, address: str, token: str, headers: Mapping[str, str], body: Any = None) -> Answer:
        """`address` is a path, a whole address below the API's, or "graphql"; without a token nobody signs."""
        requester = self._github().requester
        sent = {**HEADERS, **headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        where = requester.graphql_url if address == "graphql" else address
        try:
            status, answered, text = requester.requestJson(verb, where, headers=sent, input=body)
        except requests.Timeout as error:
            raise Unavailable(f"{self._host} did not answer within {TIMEOUT_SECONDS} seconds") from error
        except (requests.RequestException, RuntimeError) as error:  # RuntimeError: a redirect to another host
            text = f"{self._host} cannot be reached: {_reason(error)}. Look at the network and at GITHUB_API_URL"
            raise Unavailable(redact(text, self._secrets)) from None
        return Answer(status, answered, _parse(text))

    @property
    def _host(self) -> str:
        return urlsplit(self._url).netloc

    def _github(self) -> Github:
        # One for each thread: PyGithub keeps the request it is about to send on its connection.
        if not hasattr(self._local, "github"):
            self._local.github = Github(
                base_url=self._url,
                timeout=TIMEOUT_SECONDS,
                user_agent="waypost",
                retry=None,
                seconds_between_requests=0,
                seconds_between_writes=0,
            )
        found: Github = self._local.github
        return found


def _reason(error: Exception) -> str:
    """Take what happened out of what urllib3 wraps around it."""
    inner = getattr(error.args[0], "reason", None) if error.args else None
    return re.sub(r"^HTTPS?Connection\(.*?\): ", "", str(inner or error))


def _parse(text: str) -> Any:
    """Return the JSON of a body, or None: a proxy between us and GitHub answers in HTML."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None
