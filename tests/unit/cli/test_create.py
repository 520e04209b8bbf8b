"""What `waypost create` takes and how it speaks: nothing that people must not see, and a command to go on with."""

from __future__ import annotations

import argparse
import json

import pytest

from waypost.cli import UsageError, create


def parsed(*words):
    parser = argparse.ArgumentParser()
    create.add_arguments(parser)
    return parser.parse_args(["python-service", "--name", "pay", *words])


@pytest.fixture(autouse=True)
def nobody_is_signed_in(monkeypatch):
    for name in ("WAYPOST_APP_ID", "WAYPOST_PRIVATE_KEY", "WAYPOST_PRIVATE_KEY_FILE", "WAYPOST_TOKEN", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WAYPOST_TOKEN", "ghp_x")
    monkeypatch.setenv("WAYPOST_CATALOG_REPOSITORY", "acme/catalog")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["--set", "size"], "--set size: write it as name=value", id="no value"),
        pytest.param(["--set", "=3"], "--set =3: write it as name=value", id="no name"),
        pytest.param(["--secret", "TOKEN=x"], "--secret takes a name only", id="a secret as an argument"),
        pytest.param(["--secret", "NOT_THERE"], "there is no NOT_THERE in the environment", id="no such secret"),
        pytest.param(["--request", "a b"], "--request a b: letters, digits", id="request with a space"),
        pytest.param(["--values", "/nowhere.yaml"], "/nowhere.yaml", id="no such file"),
    ],
)
def test_wrong_usage_says_what_to_write(words, said):
    with pytest.raises(UsageError, match=said):
        create.perform(parsed(*words), lambda: 0.0, lambda seconds: None)


def test_nothing_to_sign_in_with_is_wrong_usage(monkeypatch):
    monkeypatch.delenv("WAYPOST_TOKEN")
    with pytest.raises(UsageError, match="nothing to sign in to GitHub with"):
        create.perform(parsed(), lambda: 0.0, lambda seconds: None)


def test_command_to_go_on_with_holds_everything_but_secrets(monkeypatch):
    words = [
        "--owner",
        "payments",
        "--set",
        "description=Takes money",
        "--secret",
        "TOKEN",
        "--actor",
        "ana",
        "--wait",
        "5",
    ]
    assert create._again(parsed(*words)) == (
        "waypost create python-service --name pay --owner payments --set 'description=Takes money'"
        " --secret TOKEN --actor ana"
    )


KEY = '-----BEGIN KEY-----\nMIIB"quoted"line\nsecondline\n-----END KEY-----\n'


@pytest.mark.parametrize(
    "text",
    [KEY, json.dumps({"error": KEY}), 'no MIIB"quoted"line here', "a secondline"],
    ids=["whole", "in JSON", "its first line", "its second line"],
)
def test_secret_is_taken_out_in_whatever_form_it_shows(text, capsys):
    speak = create._Speaker([KEY])
    speak.result(text)
    speak.people([text])
    said = "".join(capsys.readouterr())
    assert "secondline" not in said
    assert "quoted" not in said
    assert "***" in said
