"""What an organisation starts from: nothing is declared by accident, links lead somewhere, examples are right."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from posixpath import dirname, join, normpath
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml
from jsonschema import Draft202012Validator

from browser.links import Links, to_html
from waypost import integrations
from waypost.cli import main
from waypost.create.beginning import Facts, Reference, begin
from waypost.create.disk import shipped, write_tree
from waypost.golden.tree import File
from waypost.pages.paths import is_generated

SCHEMAS = shipped("schemas")
FACTS = Facts("actions", "https://github.com/acme/catalog", "acme/platform", Reference("acme/waypost", "5" * 40, "v1"))
BEGUN = begin(shipped("catalog_template"), SCHEMAS, FACTS)
WITH_APP = begin(shipped("catalog_template"), SCHEMAS, replace(FACTS, mode="app"))
TEXTS = {path: entry.data.decode() for path, entry in BEGUN.files.items() if isinstance(entry, File)}
OURS = {path: text for path, text in TEXTS.items() if not path.startswith("templates/")}
EXAMPLES = sorted(path for path in OURS if path.startswith("docs/examples/"))
PAGES = sorted(path for path in OURS if path.endswith(".md"))
# Of a repository on GitHub, seen from a page in it.
ON_GITHUB = ("new/", "issues/new", "settings", "actions", "tree/waypost-docs")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The catalog of an organisation that has nothing but this repository: what was built, and the summary."""
    folder = tmp_path_factory.mktemp("begun")
    write_tree(BEGUN.files, folder / "source" / "acme" / "catalog")
    assert main(["build", str(folder / "source"), "--out", str(folder / "out"), "--format", "json"]) == 0
    return folder / "out"


def test_nothing_is_left_to_fill_in():
    assert BEGUN.left_out == {}
    assert not [path for path, text in OURS.items() if re.search("ORGANISATION|CATALOG/|OWNER/waypost", text)]


def test_a_new_catalog_holds_the_templates_and_nothing_else(built):
    entities = {path.relative_to(built).as_posix() for path in (built / "entities").rglob("*.yaml")}
    names = {path.split("/")[1] for path in TEXTS if path.startswith("templates/")}
    assert {path.split("/")[1] for path in entities - {"entities/all.yaml"}} == {"template"}
    assert len(entities) == len(names) + 1


def test_an_example_moved_to_registrations_becomes_an_entity(tmp_path, capsys):
    moved = {f"registrations/{path.rpartition('/')[2]}": BEGUN.files[path] for path in EXAMPLES}
    write_tree({**BEGUN.files, **moved}, tmp_path / "source" / "acme" / "catalog")
    assert main(["build", str(tmp_path / "source"), "--out", str(tmp_path / "out"), "--format", "json"]) == 0
    found = {path.parent.parent.parent.name for path in (tmp_path / "out" / "entities").rglob("*/*/*/*.yaml")}
    assert found == {"component", "domain", "group", "system", "template"}


def test_only_the_readme_is_written_anew_by_a_refresh(built):
    written = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}
    assert {path for path in TEXTS if is_generated(path)} == {"README.md"}
    assert written & TEXTS.keys() == {"README.md"}


@pytest.mark.parametrize("begun", [BEGUN, WITH_APP], ids=["actions", "app"])
@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(built, page, begun):
    written = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}
    there = begun.files.keys() | written
    folders = {path.rpartition("/")[0] for path in there} | {path.split("/")[0] for path in there}
    for target in Links(to_html(begun.files[page].data.decode())).targets:
        if urlsplit(target).scheme:
            assert target.startswith("https://")
            continue
        place = normpath(join("/blob/main", dirname(page), unquote(urlsplit(target).path)))
        if place.startswith("/blob/main/"):
            assert place.removeprefix("/blob/main/") in there | folders, target
        elif place.startswith("/actions/workflows/"):
            assert place.replace("/actions/", "/.github/", 1).removeprefix("/") in there, target
        else:
            assert place.removeprefix("/").startswith(ON_GITHUB), target
    assert "Without the App only" not in begun.files[page].data.decode()


def test_a_link_to_a_form_names_one_that_is_there():
    forms = set(re.findall(r"issues/new\?template=([\w-]+\.yml)", "\n".join(OURS[page] for page in PAGES)))
    assert forms == {"register.yml", "ownership.yml"}
    assert not [name for name in forms if f".github/ISSUE_TEMPLATE/{name}" not in OURS]


def test_a_prefilled_file_is_the_example_beside_it():
    links = [link for link in Links(to_html(OURS["docs/register.md"])).targets if "/new/main?" in link]
    assert len(links) == len(EXAMPLES)
    for link in links:
        asked = parse_qs(urlsplit(link).query)
        filled = asked["value"][0]
        assert asked["filename"][0].startswith("registrations/")
        assert yaml.safe_load(filled) in [yaml.safe_load(OURS[path]) for path in EXAMPLES]
        assert filled.startswith("# yaml-language-server: $schema=../../schemas/catalog-info.schema.json\n")


def test_the_examples_are_valid_together(tmp_path, capsys):
    write_tree(BEGUN.files, tmp_path)
    assert main(["validate", str(tmp_path / "docs" / "examples"), "--format", "json"]) == 0
    verdicts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(verdicts) == len(EXAMPLES)
    assert not [problem for verdict in verdicts for problem in verdict["problems"]]


@pytest.mark.parametrize(
    "path", sorted(path for path, text in OURS.items() if text.startswith("# yaml-language-server"))
)
def test_the_schema_that_a_file_names_is_there_and_fits(path):
    schema = normpath(join(dirname(path), OURS[path].splitlines()[0].partition("$schema=")[2]))
    assert schema in BEGUN.files
    if path == "waypost.yaml":
        Draft202012Validator(json.loads(TEXTS[schema])).validate(yaml.safe_load(OURS[path]))


def test_a_schema_finds_a_key_that_nobody_knows():
    schema = Draft202012Validator(json.loads(TEXTS["schemas/waypost.schema.json"]))
    assert not schema.is_valid({"discovry": {}})


def test_the_example_of_a_tool_is_one():
    (block,) = re.findall(r"```yaml\n(.*?)```", OURS["integrations/README.md"], re.DOTALL)
    Draft202012Validator(json.loads(TEXTS["schemas/integration.schema.json"])).validate(yaml.safe_load(block))
    tools, wrong = integrations.read({"integrations/wiki.yaml": block})
    assert not wrong
    assert "wiki" in {tool.name for tool in tools}


def test_the_template_in_the_documentation_passes_its_own_check(tmp_path, capsys):
    template, descriptor = re.findall(r"```yaml\n(.*?)```", OURS["docs/write-a-template.md"], re.DOTALL)
    folder = tmp_path / "hello"
    values = "name: hello\nowner: payments\nrepoUrl: github.com?owner=acme&repo=hello\n"
    for path, text in {
        "template.yaml": template,
        "skeleton/catalog-info.yaml": descriptor,
        "tests/minimal/values.yaml": values,
        "tests/minimal/expected.txt": "catalog-info.yaml\n",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    assert main(["template", "check", str(folder)]) == 0, capsys.readouterr()
    (folder / "tests/minimal/expected.txt").write_text("README.md\n")
    assert main(["template", "check", str(folder)]) == 1
