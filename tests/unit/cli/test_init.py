"""`waypost init`: a folder becomes a catalog repository, and nothing that was in it changes."""

from __future__ import annotations

import subprocess

import pytest

from waypost.cli import main

SHA = "5" * 40
CODEOWNERS, CONFIG = ".github/CODEOWNERS", ".github/ISSUE_TEMPLATE/config.yml"


@pytest.fixture
def init(tmp_path, monkeypatch, capsys):
    """Run it on tmp_path/catalog; give the exit code, stdout and stderr."""
    for name in ("GITHUB_API_URL", "GITHUB_SERVER_URL", "WAYPOST_ACTIONS", "WAYPOST_CATALOG_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_SERVER_URL", f"file://{tmp_path}/github")  # nothing is asked over a network

    def run(*words, known=True):
        told = ["--org", "acme", "--actions", f"acme/waypost@{SHA}"] if known else []
        code = main(["init", str(tmp_path / "catalog"), *told, *words])
        return code, *capsys.readouterr()

    return run


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_folder_holds_the_template_filled_in(init, tmp_path):
    code, said, wrong = init("--platform-team", "builders")
    made = files(tmp_path / "catalog")
    assert (code, wrong) == (0, "")
    assert f"{len(made):,} files added" in said
    assert f"git push file://{tmp_path}/github/acme/catalog.git main" in said
    assert b"/templates/ @acme/builders\n" in made[CODEOWNERS]
    assert b"\n  owner: builders\n" in made["templates/python-service/template.yaml"]
    assert f"file://{tmp_path}/github/acme/catalog/blob/HEAD/docs/register.md".encode() in made[CONFIG]
    assert not [path for path, data in made.items() if b"ORGANISATION" in data or b"OWNER/waypost" in data]
    assert made["schemas/waypost.schema.json"].startswith(b"{")


def test_a_dry_run_lists_the_paths_and_writes_nothing(init, tmp_path):
    code, said, _ = init("--dry-run")
    assert code == 0
    assert not (tmp_path / "catalog").exists()
    listed = said.splitlines()
    init()
    assert listed == sorted(files(tmp_path / "catalog"))


def test_a_clone_of_an_empty_repository_is_a_new_folder(init, tmp_path):
    (tmp_path / "catalog" / ".git").mkdir(parents=True)
    assert init()[0] == 0


def test_a_folder_that_holds_something_is_refused(init, tmp_path):
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "thesis.txt").write_text("mine")
    code, _, wrong = init()
    assert code == 2
    assert "holds files already (thesis.txt). --add adds what is missing" in wrong
    assert files(tmp_path / "catalog") == {"thesis.txt": b"mine"}


def test_what_is_missing_is_added_and_what_is_there_stays(init, tmp_path):
    folder = tmp_path / "catalog"
    folder.mkdir()
    (folder / "about.md").write_text("Ahoy\n")
    code, said, _ = init("--add")
    assert code == 0
    assert "1 were there and stay as they are" in said
    assert (folder / "about.md").read_text() == "Ahoy\n"
    assert (folder / "waypost.yaml").exists()


def test_schemas_are_renewed(init, tmp_path):
    init()
    before = files(tmp_path / "catalog")
    (tmp_path / "catalog" / "schemas" / "waypost.schema.json").write_text("{}")
    (tmp_path / "catalog" / "waypost.yaml").write_text("kinds: [Tool]\n")
    assert "1 files added" in init("--add")[1]
    after = files(tmp_path / "catalog")
    assert {path for path in before if before[path] != after[path]} == {"waypost.yaml"}


def test_with_the_app_no_workflow_refreshes(init, tmp_path):
    init("--mode", "app")
    made = files(tmp_path / "catalog")
    assert not {path for path in made if path.endswith(("refresh.yml", "create-repository.yml", "request.yml"))}
    assert "waypost.yaml" in made


def test_what_nobody_knows_is_left_out_and_can_be_added_later(init, tmp_path):
    code, said, wrong = init("--actions", f"acme/waypost@{SHA}", known=False)
    made = files(tmp_path / "catalog")
    assert code == 1
    assert "Next" not in said
    assert f"Left out:\n  {CODEOWNERS}\n  {CONFIG}\n" in wrong
    assert "say whose catalog it is: --org ORGANISATION, and --add" in wrong
    assert not {CODEOWNERS, CONFIG} & made.keys()
    code, said, _ = init("--add")
    assert (code, "Next" in said) == (0, True)
    assert {CODEOWNERS, CONFIG} <= files(tmp_path / "catalog").keys()


def test_the_environment_may_say_it_all(init, tmp_path, monkeypatch):
    monkeypatch.setenv("WAYPOST_CATALOG_REPOSITORY", "acme/portal")
    monkeypatch.setenv("WAYPOST_ACTIONS", f"acme/waypost@{SHA}")
    code, said, _ = init(known=False)
    assert code == 0
    assert f"file://{tmp_path}/github/acme/portal/settings/secrets/actions/new" in said


def test_a_clone_says_whose_catalog_it_is(init, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    folder = tmp_path / "catalog"
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    address = "https://github.com/acme/portal.git"
    subprocess.run(["git", "remote", "add", "origin", address], cwd=folder, check=True)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")  # so that nobody is asked for the tag of a commit
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.file://{tmp_path}/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://github.com/acme/waypost")
    assert init("--actions", f"acme/waypost@{SHA}", known=False)[0] == 0
    assert "https://github.com/acme/portal/blob/HEAD/" in (folder / CONFIG).read_text()


def test_what_is_there_is_not_missed(init):
    init()
    code, said, wrong = init("--add", known=False)
    assert (code, wrong) == (0, "")
    assert "0 files added" in said


def test_a_catalog_that_lives_is_not_told_how_to_begin(init, tmp_path):
    (tmp_path / "catalog" / "entities").mkdir(parents=True)
    (tmp_path / "catalog" / "entities" / "all.yaml").write_text("")
    assert "Next" not in init("--add")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--org", "a c"], '--org: "a c" is no organisation'),
        (["--org", "acme", "--platform-team", "@acme/x"], '--platform-team: "@acme/x" is no slug'),
        (["--org", "acme", "--actions", "waypost"], '"waypost" names no commit of a repository. Write OWNER/REPO@REF'),
        (["--org", "acme", "--actions", "acme/waypost@v1"], "acme/waypost cannot be read here"),
    ],
    ids=["organisation", "team", "form", "unknown"],
)
def test_what_cannot_be_meant_is_a_usage_error(init, tmp_path, words, said):
    code, _, wrong = init(*words, known=False)
    assert code == 2
    assert said in wrong
    assert not (tmp_path / "catalog").exists()


def test_a_folder_that_is_a_file_is_a_usage_error(init, tmp_path):
    (tmp_path / "catalog").write_text("")
    assert init("--add")[0] == 2
