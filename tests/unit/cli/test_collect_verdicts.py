"""How a look for documentation is told, and what is not told."""

from __future__ import annotations

import json

import pytest

from waypost.cli.collect_verdicts import show
from waypost.docs.central.values import Failure, Refusal
from waypost.forge.protocol import RateLimited

pytest.importorskip("material", reason='MkDocs is not installed: pip install "waypost[docs]"')

from waypost.sync.collecting import Outcome

PAY = "component:default/pay"


def outcome(**more):
    refused = Refusal(3, "acme/evil", 9, "waypost-docs", f"{PAY} belongs to acme/pay")
    hidden = Refusal(4, "acme/secret", 8, "waypost-docs", "it holds no pages", is_hidden=True)
    failed = Failure(5, "acme/odd", "the archive is broken\n::error::pwned")
    return Outcome(asked=4, placed=[PAY], refusals=[refused, hidden], failures=[failed], commits=["c1"], **more)


def test_text_sums_up_and_names_what_was_refused(capsys):
    show("acme/catalog", outcome(), "text", False)
    shown = capsys.readouterr()
    assert shown.out == "acme/catalog: 4 repositories asked; 1 site placed\n"
    assert f"acme/evil: {PAY} belongs to acme/pay" in shown.err


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_nothing_is_said_of_a_repository_that_is_hidden(form, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    show("acme/catalog", outcome(), form, False)
    shown = capsys.readouterr()
    summary = (tmp_path / "summary").read_text() if form == "github" else ""
    assert "acme/secret" not in shown.out + shown.err + summary
    assert "acme/evil" in shown.out + shown.err


def test_github_has_remarks_a_summary_and_outputs(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    show("acme/catalog", outcome(removed=["component:default/old"]), "github", False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"::warning title=Waypost::acme/evil: {PAY} belongs to acme/pay"
    assert not any(line.startswith("::error") for line in lines)  # nobody's text becomes a command
    assert (tmp_path / "outputs").read_text().split() == ["commit=c1", "placed=1", "removed=1", "refused=2"]
    assert "1 site placed, 1 removed" in (tmp_path / "summary").read_text()


def test_what_was_not_asked_is_an_error(capsys):
    show("acme/catalog", outcome(error=RateLimited("the quota is spent", 1.0)), "github", False)
    assert "::error title=Waypost::not every repository was asked: the quota is spent" in capsys.readouterr().out


def test_json_is_one_object(capsys):
    show("acme/catalog", outcome(), "json", True)
    row = json.loads(capsys.readouterr().out)
    assert (row["catalog"], row["asked"], row["placed"], row["error"]) == ("acme/catalog", 4, [PAY], "")
    assert len(row["refused"]) == 2


def test_a_dry_run_says_what_would_be(capsys):
    show("acme/catalog", outcome(), "text", True)
    assert "1 site would be placed" in capsys.readouterr().out


def test_no_news_is_said(capsys):
    show("acme/catalog", Outcome(asked=1), "text", False)
    assert capsys.readouterr().out == "acme/catalog: 1 repository asked; no news\n"
