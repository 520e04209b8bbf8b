"""`waypost build` from end to end, on folders."""

from __future__ import annotations

import json
import shutil

import pytest

from waypost.catalog import records
from waypost.catalog.people import Team
from waypost.catalog.teams import derive
from waypost.cli import main
from waypost.pages.paths import entity_file

DESCRIPTOR = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: %s}
spec: {type: service, lifecycle: production, owner: payments}
"""
TEAM = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: payments}\nspec: {type: team, children: []}\n"


@pytest.fixture
def source(tmp_path):
    for name in ("pay", "ledger"):
        put(tmp_path / "source/acme" / name / "catalog-info.yaml", DESCRIPTOR % name)
    put(tmp_path / "source/acme/catalog/registrations/teams.yaml", TEAM)
    put(tmp_path / "source/acme/bare/README.md", "")
    return tmp_path / "source"


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def build(source, tmp_path, capsys):
    def run(*options, code=0):
        assert main(["build", str(source), "--out", str(tmp_path / "out"), "--format", "json", *options]) == code
        return json.loads(capsys.readouterr().out)

    return run


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_summary_counts_what_was_done(build, tmp_path):
    summary = build()
    written = files(tmp_path / "out")
    assert summary.pop("seconds") > 0
    assert summary == {
        "repositories": 4,
        "entities": 3,
        "relations": 4,
        "problems": 0,
        "files_written": len(written),
        "files_unchanged": 0,
        "files_removed": 0,
    }
    assert "README.md" in written
    assert "entities/all.yaml" in written


def test_the_same_again_writes_nothing(build, tmp_path):
    first = build()
    before = files(tmp_path / "out")
    again = build()
    assert (again["files_written"], again["files_unchanged"]) == (0, first["files_written"])
    assert files(tmp_path / "out") == before


def test_a_dry_run_writes_nothing(build, tmp_path):
    assert build("--dry-run")["files_written"] > 0
    assert not (tmp_path / "out").exists()


def test_a_removed_descriptor_leaves_an_orphan_and_its_name(build, source, tmp_path):
    build()
    (source / "acme/pay/catalog-info.yaml").unlink()
    put(source / "acme/aaa/catalog-info.yaml", DESCRIPTOR % "pay")
    summary = build(code=1)  # the name is taken
    assert summary["entities"] == 3
    (path,) = (tmp_path / "out/entities/component/default").glob("*/pay.yaml")
    text = path.read_text()
    assert "waypost.dev/state: orphan" in text
    assert "acme/pay/" in text


def test_without_a_grace_period_a_removed_entity_goes_with_its_files(build, source, tmp_path):
    build()
    (path,) = (tmp_path / "out/entities/component/default").glob("*/pay.yaml")
    path.write_text(
        path.read_text().replace(
            "  annotations:\n",
            '  annotations:\n    waypost.dev/state: orphan\n    waypost.dev/state-since: "2020-01-01"\n',
        )
    )
    (source / "acme/pay/catalog-info.yaml").unlink()
    summary = build()
    assert summary["entities"] == 2
    assert summary["files_removed"] >= 2
    assert not path.exists()
    assert not path.parent.exists()


def test_a_deleted_folder_leaves_orphans(build, source):
    build()
    shutil.rmtree(source / "acme/pay")
    summary = build()
    assert (summary["repositories"], summary["entities"], summary["problems"]) == (3, 3, 1)


def test_what_people_wrote_is_never_touched(build, source, tmp_path):
    out = tmp_path / "out"
    mine = {
        "waypost.yaml": "kinds: []\n",
        "templates/x/template.yaml": "x",
        "docs/a.md": "a",
        ".github/workflows/w.yml": "w",
    }
    for path, text in mine.items():
        put(out / path, text)
    put(out / "pages/old/page.md", "old")
    assert build()["files_removed"] == 1
    readme = out / "README.md"
    readme.write_text(readme.read_text() + "\n<!-- BEGIN CUSTOM -->\nours\n<!-- END CUSTOM -->\n")
    (source / "acme/pay/catalog-info.yaml").write_text(DESCRIPTOR % "other")
    build()
    assert "\nours\n" in readme.read_text()
    assert {path: (out / path).read_text() for path in mine} == mine


TEMPLATE = """\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: %s}
spec:
  type: service
  owner: payments
  parameters: [{properties: {name: {type: string}}}]
  steps: [{id: log, name: Log, action: debug:log}]
"""


def test_forms_that_people_wrote_stay_whatever_their_name(build, source, tmp_path):
    forms, theirs = tmp_path / "out/.github/ISSUE_TEMPLATE", "name: Ours\n"
    for name in ("service", "job"):
        put(source / "acme/catalog/templates" / name / "template.yaml", TEMPLATE % name)
    for name in ("create-service.yml", "create-party.yml", "register.yml"):
        put(forms / name, theirs)
    build()
    held = {path.name: path.read_text() for path in forms.iterdir()}
    assert held.pop("create-job.yml").startswith("# Generated by")
    assert held == dict.fromkeys(("create-service.yml", "create-party.yml", "register.yml"), theirs)
    shutil.rmtree(source / "acme/catalog/templates/job")
    assert build()["files_removed"] == 1  # nothing can be created from an orphan
    assert {path.name for path in forms.iterdir()} == {"create-service.yml", "create-party.yml", "register.yml"}


def test_a_link_in_a_generated_place_is_replaced_not_followed(build, tmp_path):
    outside = tmp_path / "outside"
    put(outside / "kept.md", "kept")
    out = tmp_path / "out"
    out.mkdir()
    (out / "pages").symlink_to(outside)
    (out / "README.md").symlink_to(outside / "kept.md")
    (out / "entities").mkdir()
    (out / "entities" / "component").symlink_to(outside)
    (out / "entities" / "odd").symlink_to(outside)
    build()
    assert files(outside) == {"kept.md": b"kept"}
    assert not (out / "entities" / "odd").is_symlink()
    assert not (out / "entities" / "component").is_symlink()
    assert not (out / "pages").is_symlink()
    assert not (out / "README.md").is_symlink()


def test_settings_come_from_the_named_file(build, tmp_path):
    put(tmp_path / "my.yaml", "discovery: {exclude: [pay]}\n")
    assert build("--config", str(tmp_path / "my.yaml"))["entities"] == 2


def test_settings_come_from_the_catalog_repository(build, source):
    put(source / "acme/catalog/waypost.yaml", "discovery: {exclude: [pay, ledger]}\n")
    assert build()["entities"] == 1


def test_registrations_count_also_where_the_catalog_is_only_the_folder_that_is_written(build, source, tmp_path):
    shutil.rmtree(source / "acme/catalog")
    put(tmp_path / "out/registrations/teams.yaml", TEAM)
    assert build()["entities"] == 3


def test_errors_in_the_catalog_are_told_by_the_exit_code(build, source):
    put(source / "acme/zoo/catalog-info.yaml", DESCRIPTOR % "pay")
    assert build(code=1)["problems"] == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["/nowhere"], "cannot be read"),
        (["{source}", "--config", "/nowhere.yaml"], "--config"),
    ],
)
def test_wrong_usage_is_said_so(arguments, says, source, tmp_path, capsys):
    arguments = [one.format(source=source) for one in arguments]
    assert main(["build", *arguments, "--out", str(tmp_path / "out")]) == 2
    assert says in capsys.readouterr().err


def test_a_team_that_the_app_recorded_is_kept_as_stale_and_claims_nothing(build, tmp_path):
    build()
    team = derive("acme", Team("platform", "Platform", id=3), "")
    put(tmp_path / "out" / entity_file(team.ref), records.write(team))
    assert build()["repositories"] == 4
    assert "state: stale" in (tmp_path / "out" / entity_file(team.ref)).read_text()
    put(tmp_path / "source/acme/catalog/registrations/platform.yaml", TEAM.replace("payments", "platform"))
    assert build()["problems"] == 0
    assert "state: stale" not in (tmp_path / "out" / entity_file(team.ref)).read_text()
