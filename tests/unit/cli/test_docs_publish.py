"""One site by hand onto a checkout of the branch, and whether what stands there may be deployed."""

import json

import pytest

from waypost.catalog import records
from waypost.catalog.entities import Entity, Origin
from waypost.cli import main

pytest.importorskip("nh3", reason='the sanitiser is not installed: pip install "waypost[docs]"')

from docs.shelving import PAY, book, files_of


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = {"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": {"name": "pay"}, "spec": {}}
    entity = Entity(PAY, "Component", "default", "pay", data, Origin(1, "acme/pay", "catalog-info.yaml"))
    file = tmp_path / "catalog/entities/component/default/00/pay.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(records.write(entity))
    write(tmp_path / "built", PAY)
    (tmp_path / "branch/.git").mkdir(parents=True)
    (tmp_path / "branch/.git/HEAD").write_text("ref")
    return tmp_path


def write(folder, entity, html="<p>Hello</p>"):
    for path, data in files_of(book(("", html)), entity).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def publish(*words):
    return main(["docs", "publish", "built", "--site", "branch", "--catalog", "catalog", *words])


def test_site_is_published_into_a_checkout(folder, capsys):
    assert publish("--entity", "pay", "--commit", "abc", "--committed", "2026-05-01") == 0
    assert "Hello" in (folder / "branch/site/default/component/pay/index.html").read_text()
    assert "2026-05-01" in (folder / "branch/README.md").read_text()
    assert (folder / "branch/.git/HEAD").read_text() == "ref"
    capsys.readouterr()
    assert publish("--entity", "pay", "--commit", "abc", "--committed", "2026-05-01") == 0
    assert "has this already" in capsys.readouterr().out


def test_changed_site_replaces_the_one_before(folder):
    publish("--entity", PAY)
    write(folder / "built", PAY, "<p>Again</p>")
    assert publish("--entity", PAY) == 0
    assert "Again" in (folder / "branch/site/default/component/pay/index.html").read_text()


def test_dry_run_writes_nothing(folder, capsys):
    assert publish("--entity", PAY, "--dry-run") == 0
    assert "would be published" in capsys.readouterr().out
    assert not (folder / "branch/site").exists()


def test_refused_site_gives_exit_code_one_and_the_reason(folder, capsys):
    (folder / "built/waypost_pages.json").write_text("{}")
    assert publish("--entity", PAY, "--format", "json") == 1
    row = json.loads(capsys.readouterr().out)
    assert not row["published"]
    assert "waypost_pages.json cannot be read" in row["reasons"][0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["--entity", "component:default/other"], "is not in the catalog", id="unknown entity"),
        pytest.param(["--entity", "a b"], "--entity", id="no ref"),
        pytest.param(["--entity", PAY, "--catalog", "built"], "no entities", id="no catalog"),
    ],
)
def test_wrong_usage_is_explained(folder, capsys, words, said):
    assert publish(*words) == 2
    assert said in capsys.readouterr().err


def test_site_of_another_entity_is_a_mistake(folder, capsys):
    write(folder / "built", "component:default/shop")
    assert publish("--entity", PAY) == 2
    assert "was built for component:default/shop" in capsys.readouterr().err


def test_folder_without_a_site_is_wrong_usage(folder, capsys):
    assert main(["docs", "publish", "catalog", "--entity", PAY, "--site", "branch", "--catalog", "catalog"]) == 2
    assert "docs build" in capsys.readouterr().err


def test_private_documentation_is_not_deployed_to_public_pages(folder, capsys, monkeypatch):
    publish("--entity", PAY)
    monkeypatch.setenv("GITHUB_OUTPUT", str(folder / "outputs"))
    assert main(["docs", "deployable", "branch", "--catalog", "catalog", "--format", "github"]) == 0
    assert (folder / "outputs").read_text() == "deploy=false\n"
    assert "documentation of acme/pay" in capsys.readouterr().out


def test_private_pages_or_the_setting_let_it_be_deployed(folder, capsys):
    publish("--entity", PAY)
    assert main(["docs", "deployable", "branch", "--catalog", "catalog", "--pages", "private"]) == 0
    (folder / "catalog/waypost.yaml").write_text("docs: {public: true}\n")
    assert main(["docs", "deployable", "branch", "--catalog", "catalog"]) == 0
    assert capsys.readouterr().out.count("\ndeploy: ") == 2


def test_site_that_was_asked_for_and_may_not_be_is_a_problem(folder, capsys):
    publish("--entity", PAY)
    (folder / "catalog/waypost.yaml").write_text("docs: {publish: site}\n")
    assert main(["docs", "deployable", "branch", "--catalog", "catalog", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["deploy"] is False
