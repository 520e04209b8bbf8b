"""The App's secrets in a file: for its owner only, whole or not at all, and never quoted."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from waypost import app_file
from waypost.app_file import AppFileError, KeptApp
from waypost.config import ConfigError, read_config, read_environment
from waypost.live import Live

APP = KeptApp(7, "waypost", "acme", "-----BEGIN A", "hush")
WRITER = KeptApp(8, "waypost-writer", "acme", "-----BEGIN B")


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {"WAYPOST_DATABASE_URL": f"sqlite:///{folder}/waypost.db", **more}


def test_what_was_written_is_read_again(tmp_path):
    app_file.write(tmp_path / "kept.json", {"app": APP, "writer": WRITER})
    assert app_file.read(tmp_path / "kept.json") == {"app": APP, "writer": WRITER}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_the_file_is_for_its_owner_only_whatever_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        app_file.write(tmp_path / "kept.json", {"app": APP})
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "kept.json").stat().st_mode) == 0o600


def test_a_file_that_others_could_read_is_replaced_by_one_they_cannot(tmp_path):
    (tmp_path / "kept.json").write_text("{}")
    (tmp_path / "kept.json").chmod(0o644)
    app_file.write(tmp_path / "kept.json", {"app": APP})
    assert stat.S_IMODE((tmp_path / "kept.json").stat().st_mode) == 0o600


def test_nothing_is_left_beside_the_file(tmp_path):
    app_file.write(tmp_path / "kept.json", {"app": APP})
    assert app_file.why_unwritable(tmp_path / "kept.json") == ""
    assert [path.name for path in tmp_path.iterdir()] == ["kept.json"]


def test_a_folder_that_is_not_there_is_named_before_anybody_goes_to_github(tmp_path):
    assert app_file.why_unwritable(tmp_path / "none" / "kept.json") == "No such file or directory"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("hush-hush", id="no JSON"),
        pytest.param('["hush-hush"]', id="a list"),
        pytest.param('{"app": "hush-hush"}', id="an App that is a text"),
        pytest.param('{"app": {"private_key": "hush-hush"}}', id="without a number"),
        pytest.param('{"app": {"id": "hush-hush"}}', id="a number that is a text"),
        pytest.param('{"app": {"id": 1, "private_key": 5}}', id="a key that is a number"),
    ],
)
def test_a_file_of_another_form_is_named_and_not_quoted(tmp_path, text):
    (tmp_path / "kept.json").write_text(text)
    with pytest.raises(AppFileError, match=r"kept\.json: is not what /setup wrote") as caught:
        app_file.read(tmp_path / "kept.json")
    assert "hush-hush" not in str(caught.value)


def test_the_configuration_reads_the_file_beside_the_database(tmp_path):
    app_file.write(tmp_path / "waypost-app.json", {"app": APP, "writer": WRITER})
    config = read_config(environment(tmp_path))
    assert (config.app_id, config.private_key, config.webhook_secrets) == (7, "-----BEGIN A", ("hush",))
    assert (config.writer_app_id, config.writer_private_key) == (8, "-----BEGIN B")
    assert not [secret for secret in ("hush", "BEGIN") if secret in repr(config)]


def test_the_environment_wins_name_by_name(tmp_path):
    app_file.write(tmp_path / "waypost-app.json", {"app": APP})
    config = read_config(environment(tmp_path, WAYPOST_WEBHOOK_SECRET="new,old"))
    assert (config.app_id, config.private_key, config.webhook_secrets) == (7, "-----BEGIN A", ("new", "old"))


def test_the_file_of_another_app_than_the_environment_names_is_left_alone(tmp_path):
    app_file.write(tmp_path / "waypost-app.json", {"app": APP})
    config = read_config(environment(tmp_path, WAYPOST_APP_ID="9"))
    assert (config.app_id, config.private_key, config.webhook_secrets) == (9, "", ())


def test_another_place_for_the_file_can_be_named(tmp_path):
    app_file.write(tmp_path / "elsewhere.json", {"app": APP})
    assert read_config(environment(tmp_path, WAYPOST_APP_FILE=str(tmp_path / "elsewhere.json"))).app_id == 7


def test_a_broken_file_is_a_word_about_the_configuration(tmp_path):
    (tmp_path / "waypost-app.json").write_text("{")
    with pytest.raises(ConfigError, match=r"waypost-app\.json: is not what /setup wrote"):
        read_config(environment(tmp_path))


@pytest.mark.parametrize(
    ("api", "web"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://ghes.example.com/api/v3", "https://ghes.example.com"),
        ("https://api.acme.ghe.com", "https://acme.ghe.com"),
        ("http://127.0.0.1:4000", "http://127.0.0.1:4000"),
    ],
)
def test_the_web_address_follows_from_the_api_address(api, web):
    assert read_config({"GITHUB_API_URL": api}).web_url == web


def test_a_second_app_can_come_from_the_environment(tmp_path):
    config = read_config(environment(tmp_path, WAYPOST_WRITER_APP_ID="8", WAYPOST_WRITER_PRIVATE_KEY="-----BEGIN B"))
    assert (config.writer_app_id, config.writer_private_key) == (8, "-----BEGIN B")


def test_a_place_for_secrets_that_is_not_known_is_named(tmp_path):
    assert read_config(environment(tmp_path, WAYPOST_SECRETS="environment")).keeps_secrets is False
    with pytest.raises(ConfigError, match='WAYPOST_SECRETS is "vault": write file'):
        read_config(environment(tmp_path, WAYPOST_SECRETS="vault"))


def test_a_running_process_sees_the_file_come_and_change(tmp_path):
    live = Live(read_environment(environment(tmp_path)))
    assert live.now().app_id == 0
    app_file.write(tmp_path / "waypost-app.json", {"app": APP})
    assert live.now().app_id == 7
    app_file.write(tmp_path / "waypost-app.json", {"app": WRITER})
    assert live.now().app_id == 8


def test_a_running_process_keeps_what_it_knew_when_the_file_breaks(tmp_path, caplog):
    app_file.write(tmp_path / "waypost-app.json", {"app": APP})
    live = Live(read_environment(environment(tmp_path)))
    assert live.now().app_id == 7
    (tmp_path / "waypost-app.json").write_text("hush, no JSON")
    assert live.now().app_id == 7
    assert "is not what /setup wrote" in caplog.text
    assert "hush" not in caplog.text


def test_a_running_process_lets_the_environment_win(tmp_path):
    live = Live(read_environment(environment(tmp_path, WAYPOST_WEBHOOK_SECRET="mine")))
    app_file.write(tmp_path / "waypost-app.json", {"app": APP})
    assert live.now().webhook_secrets == ("mine",)
