"""`waypost docs collect`, told as people call it; the organisation is in memory."""

from __future__ import annotations

import pytest

from unit.sync.test_collecting import packed, site
from unit.sync.world import World, component
from waypost.cli import docs_collect, main
from waypost.docs.artifacts import artifact_of
from waypost.docs.limits import BRANCH
from waypost.forge.protocol import NotAllowed, Unavailable

pytest.importorskip("material", reason='MkDocs is not installed: pip install "waypost[docs]"')

PAY = "component:default/pay"


@pytest.fixture
def forge(monkeypatch, tmp_path):
    """acme has a catalog, in which pay has documentation; its last run has built it."""
    world = World(tmp_path)
    text = component("pay").replace("name:", "annotations: {backstage.io/techdocs-ref: 'dir:.'}\n  name:")
    head = world.forge.create("pay", {"catalog-info.yaml": text}).head
    assert world.sweep() == ""
    world.forge.artifacts().upload("acme/pay", artifact_of(PAY), packed(site(PAY, "How to pay")), head)
    for name in ("GITHUB_TOKEN", "WAYPOST_TOKEN"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("WAYPOST_CATALOG_REPOSITORY", "acme/catalog")
    for name in ("WAYPOST_APP_ID", "WAYPOST_PRIVATE_KEY", "WAYPOST_PRIVATE_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(docs_collect, "connected", lambda config: world.forges)
    return world.forge


def test_what_was_built_is_on_the_site(forge, capsys):
    assert main(["docs", "collect"]) == 0
    assert capsys.readouterr().out == "acme/catalog: 1 repository asked; 1 site placed\n"
    assert b"How to pay" in forge.files("catalog", BRANCH)["site/default/component/pay/index.html"]


def test_a_dry_run_writes_nothing(forge, capsys):
    before = forge.files("catalog", BRANCH)
    assert main(["docs", "collect", "--dry-run"]) == 0
    assert "1 site would be placed" in capsys.readouterr().out
    assert forge.files("catalog", BRANCH) == before


def test_diagrams_are_drawn_with_the_program_that_was_named(forge, tmp_path):
    (tmp_path / "mermaid.min.js").write_text("// draws\n")
    assert main(["docs", "collect", "--mermaid", str(tmp_path / "mermaid.min.js")]) == 0
    assert main(["docs", "collect", "--mermaid", str(tmp_path / "gone.js")]) == 2


def test_another_organisation_is_a_mistake(forge, capsys):
    assert main(["docs", "collect", "--org", "other"]) == 2
    assert "none of those that can be seen: acme" in capsys.readouterr().err


def test_no_catalog_is_said(forge, capsys):
    forge.delete("catalog")
    assert main(["docs", "collect"]) == 1
    assert "acme/catalog is not there, or may not be seen" in capsys.readouterr().err


def answers(forge, error):
    def named(full_name, name):
        raise error

    forge.artifacts().named = named


def test_a_token_that_may_not_read_runs_is_told_what_it_lacks(forge, capsys):
    answers(forge, NotAllowed("looking for it: GitHub answered 403"))
    assert main(["docs", "collect", "--format", "github"]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("::error")]
    assert "WAYPOST_TOKEN may not read workflow runs. Give it Actions: read" in line


def test_an_outage_is_no_success(forge, capsys):
    answers(forge, Unavailable("GitHub answered 502"))
    assert main(["docs", "collect"]) == 1
    assert "not every repository was asked: GitHub answered 502" in capsys.readouterr().err


def test_one_organisation_in_trouble_keeps_no_other_waiting(forge, capsys, monkeypatch):
    forges = docs_collect.connected(None)
    forges.install("beta")  # it has no catalog repository
    monkeypatch.setenv("WAYPOST_CATALOG_REPOSITORY", "catalog")
    monkeypatch.setattr(docs_collect, "_accounts", lambda forges, organisation: [(2, "beta"), (1, "acme")])
    assert main(["docs", "collect"]) == 1
    shown = capsys.readouterr()
    assert "beta/catalog is not there" in shown.err
    assert "acme/catalog: 1 repository asked; 1 site placed" in shown.out
