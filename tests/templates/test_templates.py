"""Each shipped template is one, has its cases, and gives what they expect."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
import yaml

from templates.projects import CASES, NAMES, SHIPPED, render, template_of, values_of
from waypost.golden.parameters import check
from waypost.golden.tree import File

WANTED = {
    ".editorconfig",
    ".github/CODEOWNERS",
    ".github/dependabot.yml",
    ".github/workflows/ci.yml",
    ".gitignore",
    "README.md",
    "catalog-info.yaml",
    "docs/index.md",
    "mkdocs.yml",
}
# What breaks a file that was pasted together instead of written.
AWKWARD = [
    pytest.param('It\'s: a #tag, 50 % {off} [now] & \\ "quoted".', id="punctuation"),
    pytest.param("- * ? | > ! @ ` %TAG: yes, null, 1e3, <b>bold</b>", id="indicators of YAML"),
    pytest.param("${HOME} $(id) %{if true} {{ x }} ${{ github.token }} {% raw %}", id="other people's templates"),
    pytest.param("Straße, 名前, 😀, \u00a0and\ttabs", id="letters of the world"),
]


def test_all_of_them_are_there():
    assert NAMES == [
        "container-service-aws",
        "docs-site",
        "github-action",
        "node-service",
        "python-service",
        "terraform-module",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_template(name):
    template = template_of(name)
    assert not template.problems
    assert template.name == name
    assert {"minimal", "full"} <= {case.name for case in (SHIPPED / name / "tests").iterdir()}


@pytest.mark.parametrize("case", CASES)
def test_a_case_gives_what_it_expects(case):
    name, _, folder = case.partition("/")
    expected = SHIPPED / name / "tests" / folder
    tree = render(name, values_of(case))
    assert sorted(tree) == (expected / "expected.txt").read_text("utf-8").splitlines()
    for file in filter(lambda path: path.is_file(), (expected / "expected").rglob("*")):
        path = file.relative_to(expected / "expected").as_posix()
        assert tree[path].data.decode() == file.read_text("utf-8"), path


@pytest.mark.parametrize("case", CASES)
def test_nothing_of_the_template_is_left_over(case):
    for path, entry in render(case.partition("/")[0], values_of(case)).items():
        text = entry.data.decode()
        assert "{%" not in text, path
        assert "{%" not in path
        own = {expression.split(".")[0] for expression in re.findall(r"\$\{\{\s*([\w.]+)", text)}
        assert own <= {"github", "matrix", "steps", "vars"}, path


@pytest.mark.parametrize("name", NAMES)
def test_every_project_has_what_all_of_them_have(name):
    assert set(render(name, values_of(f"{name}/minimal"))) >= WANTED


@pytest.mark.parametrize("case", CASES)
def test_the_owning_team_owns_the_code(case):
    values = values_of(case)
    organisation = re.search(r"owner=([^&]+)", values["repoUrl"])[1]
    owners = render(case.partition("/")[0], values)[".github/CODEOWNERS"].data.decode()
    assert owners == f"* @{organisation}/{values['owner'].rpartition('/')[2]}\n"


@pytest.mark.parametrize("description", AWKWARD)
@pytest.mark.parametrize("name", NAMES)
def test_any_description_leaves_every_file_well_formed(name, description):
    values = {**values_of(f"{name}/minimal"), "description": description}
    for path, entry in render(name, values).items():
        assert isinstance(entry, File)
        if path.endswith((".yml", ".yaml")):
            documents = list(yaml.safe_load_all(entry.data))
            if path == "catalog-info.yaml":
                assert documents[0]["metadata"]["description"] == description
        if path.endswith(".json"):
            parsed = json.loads(entry.data)
            if path == "package.json":
                assert parsed["description"] == description
        if path.endswith(".toml"):
            assert tomllib.loads(entry.data.decode())["project"]["description"] == description


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("name", "Parcels", id="capitals"),
        pytest.param("name", "ab", id="too short"),
        pytest.param("name", "a" * 41, id="too long"),
        pytest.param("name", "9lives", id="a digit first"),
        pytest.param("name", "parcels-", id="a dash last"),
        pytest.param("name", 'x"\nevil: "y', id="another line"),
        pytest.param("description", "Two\nlines of text", id="a description of two lines"),
        pytest.param("description", "Short", id="a description that says nothing"),
        pytest.param("visibility", "secret", id="an unknown visibility"),
        pytest.param("repoUrl", None, id="no repository"),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_what_it_cannot_use_is_refused_by_field(name, field, value):
    values = {**values_of(f"{name}/minimal"), field: value}
    if value is None:
        del values[field]
    _, faults = check(template_of(name), values)
    assert [fault.path for fault in faults] == [field]
