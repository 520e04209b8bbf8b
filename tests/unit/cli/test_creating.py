"""Who creates, by what is set; and how a command speaks in a run."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from waypost.cli.creating import catalog_of, organisation_of, workshops
from waypost.cli.verdicts import MOST_SUMMARY
from waypost.cli.workflow_run import actor, add_markdown, complain, run_url
from waypost.config import Config, ConfigError
from waypost.forge.installations import ActionsForges, AppForges


@pytest.fixture(scope="module")
def key():
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain
    ).decode()


def signing(**fields):
    config = Config(**{"catalog_repository": "acme/catalog", "github_token": "ghs_own", "token": "ghp_reads"} | fields)
    return workshops(config, lambda: 0.0, lambda seconds: None)


def test_token_for_creating_goes_before_everything_else(key):
    found = signing(create_token="ghp_creates", app_id=1, private_key=key, writer_app_id=2, writer_private_key=key)
    assert isinstance(found, ActionsForges)


def test_app_that_writes_creates_and_needs_no_other(key):
    found = signing(writer_app_id=2, writer_private_key=key)
    assert isinstance(found, AppForges)
    assert (found.app.id, found.writer.id) == (2, 2)


def test_app_creates_where_there_is_no_second_one(key):
    found = signing(app_id=1, private_key=key)
    assert isinstance(found, AppForges)
    assert found.writer.id == 1


def test_token_that_reads_is_all_that_is_left():
    assert isinstance(signing(), ActionsForges)


def test_half_of_an_app_is_named(key):
    with pytest.raises(ConfigError, match="WAYPOST_WRITER_PRIVATE_KEY"):
        signing(writer_app_id=2)
    with pytest.raises(ConfigError, match="WAYPOST_WRITER_APP_ID"):
        signing(writer_private_key=key)


@pytest.mark.parametrize(
    ("named", "organisation", "catalog"),
    [("acme/portal", "acme", "acme/portal"), ("portal", "", "other/portal")],
)
def test_catalog_repository_is_in_its_own_organisation_or_in_the_one_at_hand(named, organisation, catalog):
    class Workshop:
        organisation = "other"

    config = Config(catalog_repository=named)
    assert (organisation_of(config), catalog_of(config, Workshop())) == (organisation, catalog)


@pytest.fixture
def in_run(monkeypatch, tmp_path):
    for name, value in {
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "acme/catalog",
        "GITHUB_RUN_ID": "7",
        "GITHUB_ACTOR": "ana",
        "GITHUB_TRIGGERING_ACTOR": "bob",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "summary"


def test_address_of_the_run_is_told_for_its_own_repository_only(in_run, monkeypatch):
    assert run_url("Acme/Catalog") == "https://github.com/acme/catalog/actions/runs/7"
    assert run_url("acme/other") == ""
    monkeypatch.delenv("GITHUB_RUN_ID")
    assert run_url("acme/catalog") == ""


def test_who_started_the_run_again_asks(in_run, monkeypatch):
    assert actor() == "bob"
    monkeypatch.delenv("GITHUB_TRIGGERING_ACTOR")
    assert actor() == "ana"


def test_summary_is_added_to_and_never_longer_than_github_shows(in_run):
    add_markdown("One ghp_0123456789abcdefghij")
    add_markdown("é" * MOST_SUMMARY)
    add_markdown("No room")
    text = in_run.read_bytes()
    assert text.startswith(b"One ***\n")
    assert len(text) <= MOST_SUMMARY + 1
    assert b"No room" not in text


def test_error_of_a_run_is_one_line_without_secrets(capsys):
    complain("One 100%\ntwo ghp_0123456789abcdefghij")
    assert capsys.readouterr().out == "::error title=Waypost::One 100%25%0Atwo ***\n"
