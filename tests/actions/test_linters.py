"""The field's linters and GitHub's own reader find nothing in our actions, a new catalog repository, and examples.

Each linter runs once over all files, most of its time is its start; and once over a broken file, which it must find.
What the skeletons make is read here by GitHub's reader, and by the others in tests/templates/test_workflows.py.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from templates.projects import CASES, ROOT, node, succeed, tool, write
from waypost.create.beginning import MODES, Facts, Reference, begin
from waypost.create.disk import shipped, write_tree

ACTIONS = ROOT / "actions"
READER = Path(__file__).parent / "parser" / "read.mjs"
HOW_TO = ROOT / "catalog-repo-template" / "docs" / "in-your-repository.md"
EXAMPLE = re.compile(r"^```yaml\n(name:.*?)^```$", re.DOTALL | re.MULTILINE)  # a whole workflow on a page
SHA = "5" * 40
WORKFLOW = """\
name: Broken
on: push
permissions: {}
jobs:
  only:
    runs-on: ubuntu-latest
    steps:
"""
ACTION = "name: Broken\ndescription: An action\nruns:\n  using: composite\n  steps:\n"
FORM = "name: Broken\ndescription: A form\nbody:\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Our actions, the catalog repository as either mode begins it, and what pages show; nobody changes them."""
    folder = tmp_path_factory.mktemp("linted")
    shutil.copytree(ACTIONS, folder / "ours" / "actions")
    template = {path: entry for path, entry in shipped("catalog_template").items() if not path.startswith("templates/")}
    for mode in MODES:
        facts = Facts(
            mode, "https://github.com/acme/catalog", "acme/platform", Reference("acme/waypost", SHA, "v1.0.0")
        )
        write_tree(begin(template, {}, facts).files, folder / mode)
    for name, page in [(page.parent.name, page) for page in ACTIONS.glob("*/README.md")] + [("catalog", HOW_TO)]:
        for number, workflow in enumerate(EXAMPLE.findall(page.read_text("utf-8"))):
            put(folder / "shown" / ".github" / "workflows" / f"{name}-{number}.yml", workflow)
    return folder


@pytest.fixture(scope="module")
def skeletons(tmp_path_factory):
    """Every case of every template."""
    folder = tmp_path_factory.mktemp("skeletons")
    return [write(case, folder) for case in CASES]


def workflows(files):
    found = sorted(files.rglob(".github/workflows/*.yml"))
    assert {path.relative_to(files).parts[0] for path in found} == {*MODES, "shown"}
    shown = {path.stem.rpartition("-")[0] for path in found if "shown" in path.parts}
    assert shown == {*(path.parent.name for path in ACTIONS.glob("*/README.md")), "catalog"}
    return found


def actions(files):
    found = sorted(files.rglob("action.yml"))
    assert len(found) == len([path for path in ACTIONS.iterdir() if path.is_dir()])
    return found


def forms(files):
    return sorted(path for path in files.rglob(".github/ISSUE_TEMPLATE/*.yml") if path.name != "config.yml")


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def fails(*command, cwd):
    """Run a linter over something broken and give what it says; it must fail."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode not in (0, 2), f"{done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def actionlint():
    return [tool("actionlint"), "-shellcheck=", "-pyflakes=", "-no-color"]


def test_actionlint_is_content(files):
    succeed(*actionlint(), *workflows(files), cwd=files)


def test_actionlint_finds_what_is_broken(tmp_path):
    broken = put(tmp_path / ".github/workflows/a.yml", WORKFLOW + "      - run: echo ${{ steps.none.outputs.x }}\n")
    assert 'property "none" is not defined' in fails(*actionlint(), broken, cwd=tmp_path)


def careless(text):
    """What a workflow leaves out that all of ours have; linters ask for less."""
    workflow = yaml.load(text, yaml.BaseLoader)  # so that `on` stays a word
    if workflow.get("permissions") != {}:
        yield "it gives its jobs permissions that none asked for"
    for name, job in workflow["jobs"].items():
        if "uses" in job:
            continue
        if "timeout-minutes" not in job:
            yield f"{name} may hang for hours"
        for step in job["steps"]:
            is_checkout = step.get("uses", "").startswith("actions/checkout@")
            if is_checkout and step.get("with", {}).get("persist-credentials") != "false":
                yield f"{name} leaves its token in the checkout"
        if any("${{" in step.get("run", "") for step in job["steps"]):
            yield f"{name} writes what others say into its script"


def test_every_workflow_is_careful(files):
    found = {path.relative_to(files): list(careless(path.read_text("utf-8"))) for path in workflows(files)}
    assert not {path: faults for path, faults in found.items() if faults}


def test_every_shipped_workflow_says_first_what_it_does_and_excludes_itself():
    for path in (ROOT / "catalog-repo-template/.github/workflows").glob("*.yml"):
        text = path.read_text("utf-8")
        assert text.startswith("# "), path
        assert "concurrency:" in text, path


def test_a_careless_workflow_is_found():
    steps = "      - uses: actions/checkout@v1\n      - run: echo ${{ inputs.word }}\n"
    assert list(careless(WORKFLOW.replace("permissions: {}\n", "") + steps)) == [
        "it gives its jobs permissions that none asked for",
        "only may hang for hours",
        "only leaves its token in the checkout",
        "only writes what others say into its script",
    ]


def test_no_action_writes_its_inputs_into_a_script(files):
    for path in actions(files):
        steps = yaml.safe_load(path.read_text("utf-8"))["runs"]["steps"]
        assert not [step for step in steps if "${{" in step.get("run", "")], path


def zizmor():
    return [tool("zizmor"), "--offline", "--no-progress", "--no-config", "--min-severity", "medium"]


def test_zizmor_finds_nothing(files):
    succeed(*zizmor(), ".", cwd=files)


def test_a_finding_of_zizmor_is_ignored_for_a_reason_only(files):
    for path in files.rglob("*.yml"):
        for reason in re.findall(r"zizmor: ignore\[[^]]*\](.*)", path.read_text("utf-8")):
            assert len(reason.split()) > 3, path


def test_zizmor_finds_what_is_dangerous(tmp_path):
    put(tmp_path / ".github/workflows/a.yml", WORKFLOW + "      - run: echo ${{ github.event.issue.title }}\n")
    put(tmp_path / "act/action.yml", ACTION + "    - {shell: bash, run: 'echo ${{ inputs.word }}'}\n")
    done = subprocess.run([*map(str, zizmor()), "."], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode >= 10
    assert done.stdout.count("template-injection") >= 1


@pytest.mark.parametrize(
    ("schema", "find", "broken"),
    [
        ("vendor.github-workflows", workflows, WORKFLOW.replace("permissions", "permission")),
        ("vendor.github-actions", actions, ACTION.replace("using", "use")),
        ("vendor.dependabot", lambda files: sorted(files.rglob("dependabot.yml")), "version: 3\nupdates: []\n"),
        ("vendor.github-issue-forms", forms, FORM + "  - type: inputs\n"),
        (
            "vendor.github-issue-config",
            lambda files: sorted(files.rglob("ISSUE_TEMPLATE/config.yml")),
            "blank_issues_enabled: maybe\n",
        ),
    ],
    ids=["workflows", "actions", "dependabot", "forms", "config of forms"],
)
def test_it_is_what_githubs_schema_says(files, tmp_path, schema, find, broken):
    found = find(files)
    assert found
    check = [tool("check-jsonschema"), "--builtin-schema", schema]
    succeed(*check, *found, cwd=files)
    assert "Schema validation errors" in fails(*check, put(tmp_path / "a.yml", broken), cwd=tmp_path)


def read(*paths):
    """What GitHub's own reader has against files."""
    if not (READER.parent / "node_modules").is_dir():
        pytest.skip("GitHub's reader of workflows is not installed; run: sh tests/install.sh")
    said = succeed(node(), READER, ACTIONS, *paths, cwd=READER.parent)
    return [(Path(one["file"]).name, one["line"], one["message"]) for one in json.loads(said)]


def test_githubs_own_reader_finds_nothing(files):
    assert read(*workflows(files), *actions(files)) == []


def test_githubs_own_reader_finds_nothing_in_what_a_skeleton_makes(skeletons):
    found = [path for one in skeletons for path in (*one.glob(".github/workflows/*.yml"), *one.glob("action.yml"))]
    assert len(found) > len(skeletons)
    assert read(*found) == []


def test_githubs_own_reader_finds_what_is_broken(tmp_path):
    ours = f"acme/waypost/actions/validate@{SHA}"
    workflow = WORKFLOW + f"      - uses: {ours}\n        with: {{pats: .}}\n      - run: echo ${{{{ secret.x }}}}\n"
    unknown = WORKFLOW + f"      - uses: acme/waypost/actions/none@{SHA}\n"
    assert {
        *read(
            put(tmp_path / ".github/workflows/a.yml", workflow),
            put(tmp_path / ".github/workflows/b.yml", unknown),
            put(tmp_path / "act/action.yml", ACTION + "    - run: echo\n"),
        )
    } == {
        ("a.yml", 9, "Invalid action input 'pats'"),
        ("a.yml", 10, "Unrecognized named-value: 'secret'"),
        ("b.yml", 8, f"Unable to resolve action `acme/waypost/actions/none@{SHA}`, repository or version not found"),
        ("action.yml", 6, "Required property is missing: shell"),
    }
