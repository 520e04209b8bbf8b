"""`waypost validate --catalog DIR`: what a catalog checkout says to descriptors that are not in it yet."""

from __future__ import annotations

import json
import shutil

import pytest

from waypost.cli import main

TEAM = """apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: payments}
spec: {type: team, children: []}
"""
GOOD = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: pay}
spec: {type: service, lifecycle: production, owner: payments}
"""


@pytest.fixture
def catalog(tmp_path, monkeypatch):
    """A checkout of acme/catalog that records a team and a service."""
    own = tmp_path / "in" / "acme" / "catalog"
    files = {"waypost.yaml": "", "registrations/payments.yaml": TEAM, "registrations/pay.yaml": GOOD}
    out = tmp_path / "catalog"
    for path, text in files.items():
        for top in (own, out):
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            (top / path).write_text(text, encoding="utf-8")
    assert main(["build", str(tmp_path / "in"), "--out", str(out), "--format", "json"]) == 0
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/catalog")
    (out / ".git").mkdir()
    monkeypatch.chdir(out)
    return out


def found(capsys):
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [(row["file"], problem["line"], problem["id"]) for row in rows for problem in row["problems"]]


def judge(capsys, *words):
    capsys.readouterr()
    return main(["validate", *words, "--format", "json"]), found(capsys)


def test_what_is_recorded_from_here_is_no_rival(catalog, capsys):
    assert judge(capsys, ".", "--catalog", ".") == (0, [])


def test_the_folder_in_which_the_command_runs_does_not_matter(catalog, capsys, monkeypatch):
    monkeypatch.chdir(catalog / "registrations")
    assert judge(capsys, ".", "--catalog", "..") == (0, [])


def test_an_unknown_owner_is_found(catalog, capsys):
    (catalog / "registrations" / "pay.yaml").write_text(GOOD.replace("owner: payments", "owner: paymnts"))
    assert judge(capsys, ".", "--catalog", ".") == (0, [("registrations/pay.yaml", 4, "owner-unknown")])


def test_of_two_files_with_one_name_the_recorded_one_counts(catalog, capsys):
    (catalog / "registrations" / "again.yaml").write_text(GOOD)
    assert judge(capsys, ".", "--catalog", ".") == (1, [("registrations/again.yaml", 3, "declared-twice")])


def test_of_two_new_files_with_one_name_the_first_counts(catalog, capsys):
    for name in ("a", "b"):
        (catalog / "registrations" / f"{name}.yaml").write_text(GOOD.replace("name: pay", "name: ledger"))
    assert judge(capsys, ".", "--catalog", ".") == (1, [("registrations/b.yaml", 3, "declared-twice")])


def test_a_name_that_another_repository_holds_is_taken(catalog, capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/pay")
    code, problems = judge(capsys, "registrations/pay.yaml", "--catalog", ".")
    assert (code, [problem[2] for problem in problems]) == (1, ["name-taken"])


def test_a_new_catalog_repository_knows_nobody_yet(catalog, capsys):
    for path in sorted((catalog / "entities").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (catalog / "entities").rmdir()
    (catalog / "registrations" / "pay.yaml").write_text(GOOD.replace("owner: payments", "owner: paymnts"))
    assert main(["validate", ".", "--catalog", "."]) == 0
    assert "nothing is recorded there yet" in capsys.readouterr().err


def test_a_folder_that_is_no_catalog_is_wrong_usage(catalog, capsys):
    assert main(["validate", ".", "--catalog", "registrations"]) == 2
    assert "there is no entities/ folder in it" in capsys.readouterr().err


def test_a_catalog_beside_the_descriptors_is_not_checked_itself(catalog, capsys, monkeypatch):
    (catalog.parent / "catalog-info.yaml").write_text(GOOD.replace("name: pay", "name: ledger"))
    (catalog / "registrations" / "odd.yaml").write_text(GOOD.replace("name: pay", "name: Not a name"))
    shutil.rmtree(catalog.parent / "in")
    monkeypatch.chdir(catalog.parent)
    assert judge(capsys, ".", "--catalog", "catalog") == (0, [])
    assert judge(capsys, ".", "catalog", "--catalog", "catalog")[0] == 1
