"""Each template that we ship makes a repository: once, the same again, and gone without a trace after an undo."""

from __future__ import annotations

import argparse
import json
import time
from base64 import b64encode
from pathlib import Path

import pytest
import yaml

from waypost.catalog.made_from import FILE
from waypost.cli import create

pytestmark = pytest.mark.slow

TEMPLATES = Path(__file__).parents[2] / "catalog-repo-template" / "templates"
NAMES = sorted(folder.parent.name for folder in TEMPLATES.glob("*/template.yaml"))


def files_of(name):
    folder = TEMPLATES / name
    return {
        f"templates/{name}/{path.relative_to(folder).as_posix()}": {
            "content": b64encode(path.read_bytes()).decode(),
            "encoding": "base64",
            "mode": "100755" if path.stat().st_mode & 0o100 else "100644",
        }
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("template", NAMES)
def test_shipped_template_makes_a_repository_and_undo_leaves_nothing(town, capsys, monkeypatch, tmp_path, template):
    town.ask("POST", "/_sandbox/commits", {f"{town.organisation}/catalog": files_of(template)})
    town.ask("POST", "/_sandbox/runs/rules", {"repository": "*", "workflow": "*", "conclusion": "success", "reads": 1})
    case = sorted((TEMPLATES / template / "tests").glob("*/values.yaml"))[0]
    values = yaml.safe_load(case.read_text("utf-8"))
    name = str(values.pop("name", "pay"))
    values.pop("repoUrl", None)
    owner = str(values.pop("owner")).rpartition("/")[2]
    for team in {owner, "platform"} - {"payments", "platform"}:
        town.ask("POST", f"/orgs/{town.organisation}/teams", {"name": team, "privacy": "closed"})
    answers = tmp_path / "values.yaml"
    answers.write_text(yaml.safe_dump(values), "utf-8")
    command = [template, "--name", name, "--owner", owner, "--org", town.organisation, "--values", str(answers)]
    command += ["--actor", f"ana-{town.organisation}", "--format", "json"]

    def run(*words):
        monkeypatch.setenv("GITHUB_API_URL", town.sandbox.url)
        monkeypatch.setenv("WAYPOST_APP_ID", str(town.sandbox.app_id))
        monkeypatch.setenv("WAYPOST_PRIVATE_KEY", town.sandbox.private_key)
        parser = argparse.ArgumentParser()
        create.add_arguments(parser)
        capsys.readouterr()
        wait = ["--wait", "1"]
        code = create.perform(
            parser.parse_args([*command, *wait, *words]), time.time, lambda seconds: time.sleep(min(seconds, 0.02))
        )
        return code, *capsys.readouterr()

    code, out, said = run()
    assert code == 0, said
    made = json.loads(out)
    assert made["first_run"]["state"] == "green", said
    assert f"component:default/{name}" in made["registered"]
    assert town.get(f"{name}/contents/{FILE}")
    assert town.get(f"{name}/contents/CODEOWNERS") or town.get(f"{name}/contents/.github/CODEOWNERS")
    assert "Being created" not in town.get(name)["description"]

    before = town.writes()
    assert run()[0] == 0
    assert town.writes() == before

    code, _, said = run("--undo")
    assert code == 0, said
    assert town.names() == ["catalog"]
