"""What the comment about a preview says, and whose it is."""

from __future__ import annotations

import pytest

from waypost.cli import main
from waypost.cli.docs_comment import body, marker


def test_comment_says_how_to_look_at_it():
    said = body("component:default/pay", 5, 1, "https://github.com/acme/pay/actions/runs/1/artifacts/2")
    assert "documentation of `component:default/pay` builds: 5 pages, 1 warning on the lines" in said
    assert "[Download it](https://github.com/acme/pay/actions/runs/1/artifacts/2)" in said
    assert "open `index.html`" in said


def test_each_entity_has_a_comment_of_its_own():
    assert len({marker(""), marker("component:default/pay"), marker("component:default/pay-api")}) == 3


@pytest.mark.parametrize("entity", ["a --> @acme/all", "component:default/<b>", "x`y"])
def test_what_is_no_name_is_never_repeated(entity, capsys, monkeypatch):
    monkeypatch.delenv("GITHUB_EVENT_PATH", raising=False)
    assert main(["docs", "comment", f"--entity={entity}", "--pages=1", "--url=https://github.com/x"]) == 0
    assert "this is no run of a pull request" in capsys.readouterr().err
