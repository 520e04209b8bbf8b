"""The environment is read once, with a clear word about what cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from waypost.config import ConfigError, read_config


def test_an_empty_environment_gives_the_documented_defaults() -> None:
    config = read_config({})
    assert (config.api_url, config.database_url, config.catalog_repository) == (
        "https://api.github.com",
        "sqlite:///waypost.db",
        "catalog",
    )
    assert config.webhook_secrets == ()


def test_two_webhook_secrets_are_accepted_while_rotating() -> None:
    assert read_config({"WAYPOST_WEBHOOK_SECRET": "old, new,"}).webhook_secrets == ("old", "new")


def test_an_app_id_that_is_no_number_is_named() -> None:
    with pytest.raises(ConfigError, match='WAYPOST_APP_ID is "waypost"'):
        read_config({"WAYPOST_APP_ID": "waypost"})


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read .*key\.pem"):
        read_config({"WAYPOST_PRIVATE_KEY_FILE": str(tmp_path / "key.pem")})


def test_a_key_file_that_is_no_text_is_named_and_not_quoted(tmp_path: Path) -> None:
    key = tmp_path / "key.der"
    key.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"key\.der is no private key") as caught:
        read_config({"WAYPOST_PRIVATE_KEY_FILE": str(key)})
    assert "xff" not in str(caught.value)


def test_secrets_do_not_show_in_repr() -> None:
    config = read_config(
        {
            "WAYPOST_WEBHOOK_SECRET": "hush",
            "WAYPOST_TOKEN": "ghp_x",
            "WAYPOST_PRIVATE_KEY": "-----BEGIN",
            "GITHUB_TOKEN": "ghs_y",
        }
    )
    assert not [secret for secret in ("hush", "ghp_x", "BEGIN", "ghs_y") if secret in repr(config)]


@pytest.mark.parametrize("name", ["catalog", "acme/catalog", "acme/.portal_2"])
def test_a_catalog_repository_is_a_name_with_or_without_its_owner(name: str) -> None:
    assert read_config({"WAYPOST_CATALOG_REPOSITORY": name}).catalog_repository == name


@pytest.mark.parametrize("name", ["a/b/c", "acme/", "/catalog", "https://github.com/acme/catalog", "my catalog", ".."])
def test_a_catalog_repository_that_no_repository_can_be_called_is_named(name: str) -> None:
    with pytest.raises(ConfigError, match=r"WAYPOST_CATALOG_REPOSITORY is .* write catalog, or acme/catalog"):
        read_config({"WAYPOST_CATALOG_REPOSITORY": name})


def test_drawing_program_must_be_there(tmp_path):
    (tmp_path / "mermaid.min.js").write_text("draw()")
    assert read_config({"WAYPOST_MERMAID": str(tmp_path / "mermaid.min.js")}).mermaid.name == "mermaid.min.js"
    assert read_config({}).mermaid is None
    with pytest.raises(ConfigError, match="WAYPOST_MERMAID: there is no file"):
        read_config({"WAYPOST_MERMAID": str(tmp_path / "mermade.js")})
