"""The environment, read once at the edge and handed down as a value. Names are fixed in README, Reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


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
    token: str = ""  # Actions-only mode: reads the organisation
    github_token: str = ""  # Actions-only mode: writes the catalog repository

    def __repr__(self) -> str:
        return (
            f"Config(api_url={self.api_url!r}, app_id={self.app_id}, database={self.database_path or 'postgresql'!r})"
        )

    @property
    def database_path(self) -> Path | None:
        """The SQLite file, or None for another database."""
        prefix = "sqlite:///"
        return Path(self.database_url.removeprefix(prefix)) if self.database_url.startswith(prefix) else None


def read_config(environment: Mapping[str, str]) -> Config:
    """Read the WAYPOST_* and GITHUB_* variables; raise ConfigError for what cannot be meant."""
    default = Config()
    app_id = environment.get("WAYPOST_APP_ID", "0")
    if not app_id.isdecimal():
        raise ConfigError(f'WAYPOST_APP_ID is "{app_id}": it is the number on the App\'s settings page')
    secrets = environment.get("WAYPOST_WEBHOOK_SECRET", "")
    return Config(
        api_url=environment.get("GITHUB_API_URL", default.api_url).rstrip("/"),
        app_id=int(app_id),
        private_key=_private_key(environment),
        webhook_secrets=tuple(secret.strip() for secret in secrets.split(",") if secret.strip()),
        database_url=environment.get("WAYPOST_DATABASE_URL", default.database_url),
        catalog_repository=environment.get("WAYPOST_CATALOG_REPOSITORY", default.catalog_repository),
        token=environment.get("WAYPOST_TOKEN", ""),
        github_token=environment.get("GITHUB_TOKEN", ""),
    )


def _private_key(environment: Mapping[str, str]) -> str:
    if key := environment.get("WAYPOST_PRIVATE_KEY", ""):
        return key
    path = environment.get("WAYPOST_PRIVATE_KEY_FILE", "")
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"WAYPOST_PRIVATE_KEY_FILE: cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError:  # it holds the bytes of what was read
        raise ConfigError(
            f"WAYPOST_PRIVATE_KEY_FILE: {path} is no private key. Name the .pem file that the App's settings page made"
        ) from None
