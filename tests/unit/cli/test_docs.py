import json
import subprocess
import sys

import pytest

from waypost.cli import main

pytest.importorskip("mkdocs", reason='MkDocs is not installed: pip install "waypost[docs]"')
pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pay").mkdir()
    (tmp_path / "pay/README.md").write_text("# Pay\n\n[gone](gone.md)\n")
    (tmp_path / "pay/catalog-info.yaml").write_text("kind: Component\nmetadata: {name: pay, namespace: money}\n")
    return tmp_path


def test_site_is_written_and_its_warnings_are_shown(folder, capsys):
    assert main(["docs", "build", "pay", "--out", "site"]) == 0
    shown = capsys.readouterr()
    assert 'README.md:3  "gone.md" is not in the documentation.' in shown.out
    assert shown.out.splitlines()[-1].startswith("site: 1 page, ")
    assert shown.err == ""
    metadata = json.loads((folder / "site/techdocs_metadata.json").read_text())
    assert metadata["site_name"] == "pay"
    assert metadata["entity"] == "component:money/pay"


def test_json_is_one_object(folder, capsys):
    assert main(["docs", "build", "pay", "--out", "site", "--format", "json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["valid"], row["pages"], row["entity"]) == (True, 1, "component:money/pay")
    assert [problem["id"] for problem in row["problems"]] == ["docs-link"]


def test_github_shows_annotations_and_a_summary(folder, capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(folder / "outputs"))
    assert main(["docs", "build", "pay", "--out", "site", "--format", "github"]) == 0
    assert "::warning file=pay/README.md,line=3," in capsys.readouterr().out
    assert "docs-link" in (folder / "summary.md").read_text()
    assert (folder / "outputs").read_text().splitlines() == [
        "entity=component:money/pay",
        "artifact=waypost-docs-component-money-pay",
        "pages=1",
        "warnings=1",
    ]


def test_preview_leads_to_files_and_has_a_name_of_its_own(folder, capsys):
    (folder / "pay/docs/guide").mkdir(parents=True)
    (folder / "pay/docs/guide/start.md").write_text("# Start\n\n[back](../index.md#pay)\n")
    assert main(["docs", "build", "pay", "--out", "site", "--preview", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["artifact"] == "waypost-docs-preview-component-money-pay"
    page = (folder / "site/guide/start/index.html").read_text()
    assert 'href="../../index.html#pay"' in page
    assert 'guide/start/index.html"' in (folder / "site/index.html").read_text()


def test_site_built_before_is_replaced(folder):
    (folder / "pay/docs").mkdir()
    (folder / "pay/docs/old.md").write_text("# Old\n")
    assert main(["docs", "build", "pay", "--out", "site"]) == 0
    assert (folder / "site/old/index.html").exists()
    (folder / "pay/docs/old.md").unlink()
    assert main(["docs", "build", "pay", "--out", "site"]) == 0
    assert not (folder / "site/old").exists()


def test_folder_with_other_files_is_left_alone(folder, capsys):
    (folder / "site").mkdir()
    (folder / "site/mine.txt").write_text("mine")
    assert main(["docs", "build", "pay", "--out", "site"]) == 2
    assert "holds other files" in capsys.readouterr().err
    assert (folder / "site/mine.txt").read_text() == "mine"


def test_folder_without_documentation_is_a_problem(folder, capsys):
    (folder / "empty").mkdir()
    assert main(["docs", "build", "empty", "--out", "site"]) == 1
    shown = capsys.readouterr()
    assert "no documentation in this folder. Add a README.md" in shown.out
    assert shown.err == "Nothing was written.\n"
    assert not (folder / "site").exists()


@pytest.mark.parametrize(
    ("more", "code", "word"),
    [
        pytest.param(["--entity", "component:money/other"], 1, "component:money/pay", id="another entity"),
        pytest.param(["--assets", "https://cdn.example/"], 2, "no relative path", id="assets of another host"),
        pytest.param(["--mermaid", "none.js"], 2, "No such file", id="no mermaid"),
    ],
)
def test_wrong_use_is_explained(folder, capsys, more, code, word):
    assert main(["docs", "build", "pay", "--out", "site", *more]) == code
    shown = capsys.readouterr()
    assert word in shown.out + shown.err


def test_folder_that_is_not_there_is_wrong_use(folder, capsys):
    assert main(["docs", "build", "nowhere", "--out", "site"]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_docs_without_a_verb_says_which_there_are(capsys):
    assert main(["docs"]) == 2
    assert "say what to do: build" in capsys.readouterr().err


def test_timestamp_comes_from_the_one_of_reproducible_builds(folder, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert main(["docs", "build", "pay", "--out", "site"]) == 0
    assert json.loads((folder / "site/techdocs_metadata.json").read_text())["build_timestamp"] == 1_700_000_000_000


def test_missing_extra_is_named(folder):
    code = "import sys; sys.modules['nh3'] = None; from waypost.cli import main; "
    code += "sys.exit(main(['docs', 'build', 'pay', '--out', 'site']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 2
    assert 'pip install "waypost[docs]"' in done.stderr
