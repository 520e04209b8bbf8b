"""No secret shows anywhere in a whole run: outputs, files, pages, what was sent. Only its sealed form travels."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from create import everything
from waypost.sandbox.exchanges import FOLDER

pytestmark = pytest.mark.slow
VALUES = (everything.SECRET, everything.HOOK_SECRET, "bm90IGEga2V5")


def test_no_secret_shows_anywhere(town, capsys, monkeypatch):
    said = "".join(
        "".join(town.run(capsys, monkeypatch, *words)[1:])
        for words in (["--dry-run"], ["--dry-run", "--format", "json"], ["--format", "json"], [], ["--undo"])
    )
    assert "create the repository" in said
    assert [value for value in VALUES if value in said] == []


def test_failure_whose_text_holds_a_secret_is_told_without_it(town, capsys, monkeypatch):
    town.fault(path="*/hooks", method="POST", kind="status", status=422, message=f"no {everything.HOOK_SECRET} here")
    code, out, said = town.run(capsys, monkeypatch)
    assert code == 1
    assert "no *** here" in said
    assert everything.HOOK_SECRET not in out + said


def test_only_the_sealed_form_of_a_secret_travels_and_it_opens_at_the_other_end(town, capsys, monkeypatch):
    assert town.run(capsys, monkeypatch)[0] == 0
    recorded = Path(os.environ[FOLDER]).glob("*.jsonl")
    lines = [line for file in recorded for line in file.read_text().splitlines() if f"/{town.organisation}/pay" in line]
    assert any("encrypted_value" in line for line in lines)
    assert not [line for line in lines if everything.SECRET in line or "bm90IGEga2V5" in line]
    # a webhook's secret is part of its creation, and of nothing else
    assert all('"config"' in line for line in lines if everything.HOOK_SECRET in line)


def test_secrets_are_in_no_file_of_the_repository(town, capsys, monkeypatch):
    assert town.run(capsys, monkeypatch)[0] == 0
    for blob in town.get("pay/git/trees/main?recursive=1")["tree"]:
        if blob["type"] == "blob":
            content = town.get(f"pay/contents/{blob['path']}")["content"]
            assert not [value for value in VALUES if value in _decoded(content)]


def _decoded(content):
    from base64 import b64decode

    return b64decode(content).decode("utf-8", "replace")


def test_secret_as_an_argument_is_refused(town, capsys, monkeypatch):
    code, _, said = town.run(capsys, monkeypatch, "--set", "TOKEN=hunter2hunter2")
    assert code == 1
    assert "TOKEN is a secret: give it by --secret TOKEN" in said


def test_our_own_mistake_is_told_without_the_secret_in_it(town, capsys, monkeypatch):
    from waypost.create import job

    def fail(*words):
        raise ValueError(f"no idea what {everything.SECRET} is")

    monkeypatch.setattr(job, "create", fail)
    with pytest.raises(RuntimeError) as caught:
        town.run(capsys, monkeypatch)
    assert str(caught.value) == "no idea what *** is"
    assert caught.value.__suppress_context__
