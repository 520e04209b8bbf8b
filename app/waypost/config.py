"""The environment, read once at the edge and handed down as a value. Names are fixed in README, Reference.

What the environment leaves out is taken from the file that /setup wrote (WAYPOST_APP_FILE).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from waypost import app_file
from waypost.app_file import AppFileError


class ConfigError(Exception):
    """A setting that cannot be used; the text names it and says how to mend it."""


@dataclass(frozen=True, slots=True, repr=False)
class Config:
    """Everything the processes need from outside. Secrets are kept out of `repr`."""

    api_url: str = "https://api.github.com"
    app_id: int = 0
    private_key: str = ""
    webhook_secrets: tuple[str, ...] = ()  # any of them is accepted, while rotating
    database_url: str = "sqlite:///waypost.db"
    catalog_repository: str = "catalog"
    token: str = ""  # Actions-only mode: reads the organisation; or the key of the App `app_id`, which then reads it
    github_token: str = ""  # Actions-only mode: writes the catalog repository
    writer_app_id: int = 0  # the careful variant: a second App that writes; 0: the first one does everything
    writer_private_key: str = ""
    app_file: Path = Path(app_file.NAME)  # where /setup keeps what GitHub gave it
    keeps_secrets: bool = True  # False: /setup shows them once, for the platform's secret environment
    slug: str = ""  # of the App, where the file knows it
    mermaid: Path | None = None  # mermaid.min.js, which draws diagrams on the documentation site
    create_token: str = ""  # creates repositories, where neither the App's key nor `token` is to do so
    actions: str = ""  # OWNER/REPO@REF: where the workflows of a new catalog repository find our actions

    def __repr__(self) -> str:
        return (
            f"Config(api_url={self.api_url!r}, app_id={self.app_id}, database={self.database_path or 'postgresql'!r})"
        )

    @property
    def is_app(self) -> bool:
        """Whether it signs in as an App that does everything, not as a workflow with its tokens."""
        return bool(self.app_id and self.private_key)

    @property
    def has_key_as_token(self) -> bool:
        """Whether the token that reads is the private key of an App: it does not end, as people's tokens do."""
        return self.token.lstrip().startswith("-----BEGIN ")

    @property
    def database_path(self) -> Path | None:
        """The SQLite file, or None for another database."""
        prefix = "sqlite:///"
        return Path(self.database_url.removeprefix(prefix)) if self.database_url.startswith(prefix) else None

    @property
    def web_url(self) -> str:
        """Where people look at GitHub: beside an Enterprise Server's API, else at the API's host without its api."""
        if self.api_url.endswith("/api/v3"):
            return self.api_url.removesuffix("/api/v3")
        return self.api_url.replace("://api.", "://", 1)


def read_config(environment: Mapping[str, str]) -> Config:
    """Read the WAYPOST_* and GITHUB_* variables and the file of /setup; raise ConfigError for what cannot be meant."""
    return with_app_file(read_environment(environment))


def read_environment(environment: Mapping[str, str]) -> Config:
    """Read the variables alone: for processes that follow the file of /setup while they run (live.py)."""
    default = Config()
    secrets = environment.get("WAYPOST_WEBHOOK_SECRET", "")
    config = Config(
        api_url=environment.get("GITHUB_API_URL", default.api_url).rstrip("/"),
        app_id=_number(environment, "WAYPOST_APP_ID"),
        private_key=_private_key(environment, "WAYPOST_PRIVATE_KEY"),
        webhook_secrets=tuple(secret.strip() for secret in secrets.split(",") if secret.strip()),
        database_url=environment.get("WAYPOST_DATABASE_URL", default.database_url),
        catalog_repository=_catalog_repository(environment) or default.catalog_repository,
        token=environment.get("WAYPOST_TOKEN", ""),
        github_token=environment.get("GITHUB_TOKEN", ""),
        writer_app_id=_number(environment, "WAYPOST_WRITER_APP_ID"),
        writer_private_key=_private_key(environment, "WAYPOST_WRITER_PRIVATE_KEY"),
        create_token=environment.get("WAYPOST_CREATE_TOKEN", ""),
        actions=environment.get("WAYPOST_ACTIONS", ""),
    )
    return replace(
        config,
        app_file=_app_file(environment, config),
        keeps_secrets=_keeps_secrets(environment),
        mermaid=_mermaid(environment),
    )


def with_app_file(config: Config) -> Config:
    """Fill in, name by name, what the environment left out and the file of /setup holds."""
    try:
        kept = app_file.read(config.app_file)
    except AppFileError as error:
        raise ConfigError(str(error)) from error
    if (app := kept.get("app")) and config.app_id in (0, app.id):  # the key of one App is of no use to another
        config = replace(
            config,
            app_id=app.id,
            private_key=config.private_key or app.private_key,
            webhook_secrets=config.webhook_secrets or ((app.webhook_secret,) if app.webhook_secret else ()),
            slug=app.slug,
        )
    if (writer := kept.get("writer")) and config.writer_app_id in (0, writer.id):
        config = replace(
            config,
            writer_app_id=writer.id,
            writer_private_key=config.writer_private_key or writer.private_key,
        )
    return config


def _app_file(environment: Mapping[str, str], config: Config) -> Path:
    """Beside the database, where that is a file; else where the process was started."""
    if named := environment.get("WAYPOST_APP_FILE", ""):
        return Path(named)
    database = config.database_path
    return database.with_name(app_file.NAME) if database and database.name else Path(app_file.NAME)


def _keeps_secrets(environment: Mapping[str, str]) -> bool:
    text = environment.get("WAYPOST_SECRETS", "") or "file"
    if text not in ("file", "environment"):
        raise ConfigError(f'WAYPOST_SECRETS is "{text}": write file (the default) or environment')
    return text == "file"


def _mermaid(environment: Mapping[str, str]) -> Path | None:
    path = environment.get("WAYPOST_MERMAID", "")
    if path and not Path(path).is_file():
        raise ConfigError(f"WAYPOST_MERMAID: there is no file {path}. Name mermaid.min.js of the npm package mermaid")
    return Path(path) if path else None


def _catalog_repository(environment: Mapping[str, str]) -> str:
    text = environment.get("WAYPOST_CATALOG_REPOSITORY", "")
    if text and not re.fullmatch(r"([\w-]+/)?(?!\.{1,2}$)[\w.-]+", text, re.ASCII):
        raise ConfigError(f'WAYPOST_CATALOG_REPOSITORY is "{text}": write catalog, or acme/catalog')
    return text


def _number(environment: Mapping[str, str], name: str) -> int:
    text = environment.get(name, "") or "0"
    if not text.isdecimal():
        raise ConfigError(f'{name} is "{text}": it is the number on the App\'s settings page')
    return int(text)


def _private_key(environment: Mapping[str, str], name: str) -> str:
    if key := environment.get(name, ""):
        return key
    path = environment.get(f"{name}_FILE", "")
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{name}_FILE: cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError:  # it holds the bytes of what was read
        raise ConfigError(
            f"{name}_FILE: {path} is no private key. Name the .pem file that the App's settings page made"
        ) from None
