"""Who may come in and with what: a person's own token, templates from a folder, other repositories to fetch from."""

from __future__ import annotations

import argparse
import json
import time

import pytest

from create import everything
from waypost.cli import create

pytestmark = pytest.mark.slow


@pytest.fixture
def by_token(town, capsys, monkeypatch):
    """Run as an owner of the organisation, with her token instead of the App's key."""
    login = f"olga-{town.organisation}"
    body = {"login": login, "organization": town.organisation, "role": "admin"}
    token = town.ask("POST", "/_sandbox/users", body)["token"]
    town.ask("PUT", f"/orgs/{town.organisation}/teams/payments/memberships/{login}", {"role": "member"})

    def run(*words, name="pay", secrets=everything.SECRETS, token=token):
        for variable in ("WAYPOST_APP_ID", "WAYPOST_PRIVATE_KEY", "GITHUB_TOKEN"):
            monkeypatch.delenv(variable, raising=False)
        monkeypatch.setenv("GITHUB_API_URL", town.sandbox.url)
        monkeypatch.setenv("WAYPOST_TOKEN", token)
        monkeypatch.setenv("WAYPOST_CATALOG_REPOSITORY", f"{town.organisation}/catalog")
        for secret, value in secrets.items():
            monkeypatch.setenv(secret, value)
        parser = argparse.ArgumentParser()
        create.add_arguments(parser)
        capsys.readouterr()
        arguments = parser.parse_args([*town.command(name), *words])
        code = create.perform(arguments, time.time, lambda seconds: None)
        return code, *capsys.readouterr()

    return run


def test_person_learns_that_a_name_is_taken_by_a_repository_she_may_only_read(town, by_token):
    town.ask("POST", "/_sandbox/seed", {town.organisation: {"pay": {"files": {"README.md": "x"}}}})
    login = f"mia-{town.organisation}"
    body = {"login": login, "organization": town.organisation}
    member = town.ask("POST", "/_sandbox/users", body)["token"]
    town.ask("PUT", f"/orgs/{town.organisation}/teams/payments/memberships/{login}", {"role": "member"})
    code, _, said = by_token(token=member)
    assert code == 1
    assert f"the name {town.organisation}/pay is taken by a repository created on" in said


def test_misspelt_parameter_is_named_with_the_one_that_was_meant(by_token):
    code, _, said = by_token("--set", "visiblity=private")
    assert code == 1
    assert 'visiblity: the template does not ask for this. Did you mean "visibility"?' in said


def test_token_of_a_person_creates_in_her_name_and_records_in_commit_statuses(town, by_token):
    code, _, said = by_token()
    assert code == 0, said
    commit = town.get("pay/commits/main")
    assert commit["author"]["login"] == f"olga-{town.organisation}"
    statuses = town.get(f"pay/commits/{commit['sha']}/statuses")
    assert [one["state"] for one in statuses] == ["success", "pending"]
    assert "nightly.yml" in statuses[0]["description"]
    before = len(town.log()["recent"])
    code, _, said = by_token()
    assert code == 0, said
    later = town.log()["recent"][before:]
    assert not [
        one
        for one in later
        if one["method"] != "GET" and f"{town.organisation}/pay" in one["path"] and "/pay.git/" not in one["path"]
    ]


def commit(town, files, repository="catalog"):
    town.ask("POST", "/_sandbox/commits", {f"{town.organisation}/{repository}": files})


def test_begun_with_one_version_of_the_template_it_goes_on_with_that_one(town, capsys, monkeypatch):
    town.fault(path="*/topics", method="PUT", kind="status", status=403, count=1)
    assert town.run(capsys, monkeypatch)[0] == 1
    commit(
        town,
        {
            "templates/everything/template.yaml": everything.TEMPLATE.replace(
                "topics: [python, service]", "topics: [ruby]"
            )
        },
    )
    code, out, said = town.run(capsys, monkeypatch, "--format", "json")
    assert code == 0, said
    assert town.get("pay/topics")["names"] == ["python", "service"]
    assert json.loads(out)["version"] in town.get("pay/contents/.waypost.yaml")["content"] or json.loads(out)["version"]


def test_skeleton_of_another_repository_of_the_organisation_is_fetched(town, capsys, monkeypatch):
    files = {
        "python/README.md": "# From elsewhere: ${{ values.name }}\n",
        "python/catalog-info.yaml": everything.DESCRIPTOR,
    }
    files |= {
        f"python/{path}": text for path, text in everything.SKELETON.items() if path.startswith((".github", "docs"))
    }
    town.ask("POST", "/_sandbox/seed", {town.organisation: {"skeletons": {"files": files}}})
    url = f"{town.sandbox.url}/{town.organisation}/skeletons/tree/main/python"
    commit(town, {"templates/everything/template.yaml": everything.TEMPLATE.replace("url: ./skeleton", f"url: {url}")})
    code, _, said = town.run(capsys, monkeypatch)
    assert code == 0, said
    assert town.get("pay/readme")["path"] == "README.md"


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "{server}/_sandbox/tokens",
        "{server}/someone-else/secrets/tree/main",
        "file:///etc/passwd",
        "../../../../etc",
    ],
    ids=["another host", "another path of the host", "another organisation", "a file", "out of the repository"],
)
def test_skeleton_from_anywhere_else_is_refused_before_anything_is_made(town, capsys, monkeypatch, url):
    url = url.format(server=town.sandbox.url)
    commit(town, {"templates/everything/template.yaml": everything.TEMPLATE.replace("url: ./skeleton", f"url: {url}")})
    code, _, said = town.run(capsys, monkeypatch)
    assert code == 1
    assert "Nothing was created" in said
    assert "steps/fetch" in said
    assert town.names() == ["catalog"]


def test_template_that_is_not_there_is_named_with_those_that_are(town, capsys, monkeypatch):
    from waypost.cli import UsageError

    town.ask(
        "POST", "/_sandbox/commits", {f"{town.organisation}/catalog": {"templates/everything/template.yaml": None}}
    )
    with pytest.raises(UsageError, match='has no template "everything"'):
        town.run(capsys, monkeypatch)


def test_template_from_a_folder(town, capsys, monkeypatch, tmp_path):
    for path, content in everything.FILES.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else content["content"])
    monkeypatch.setattr(
        town, "command", lambda *words: [str(tmp_path / "templates/everything"), *type(town).command(town, *words)[1:]]
    )
    code, _, said = town.run(capsys, monkeypatch)
    assert code == 0, said
    assert town.get("pay/contents/run.sh")


def test_step_that_asks_to_run_after_a_failure_runs(town, capsys, monkeypatch):
    always = everything.TEMPLATE.replace("    - id: issue\n", "    - id: issue\n      if: ${{ failure() }}\n")
    always = always.replace('number: "${{ steps.issue.output.issueNumber }}"', "number: 1")
    commit(town, {"templates/everything/template.yaml": always})
    town.fault(path="*/pages", method="POST", kind="status", status=422, message="No pages here")
    code, _, said = town.run(capsys, monkeypatch)
    assert code == 1
    assert 'Stopped at "github:pages:enable"' in said
    assert [one["title"] for one in town.get("pay/issues?state=all")] == ["Set up on-call"]


@pytest.mark.parametrize(
    ("rule", "code", "words"),
    [
        pytest.param(
            {"conclusion": "success", "reads": 2, "hidden_listings": 2}, 0, "first run green after", id="green"
        ),
        pytest.param({"conclusion": "failure", "reads": 1}, 1, "first run red after", id="red"),
        pytest.param({"conclusion": None}, 0, "first run not over after 2 s", id="not over"),
    ],
)
def test_first_run_is_waited_for_and_told(town, capsys, monkeypatch, rule, code, words):
    town.ask("POST", "/_sandbox/runs/rules", {"repository": f"{town.organisation}/pay", "workflow": "*", **rule})
    found, out, said = town.run(
        capsys, monkeypatch, "--wait", "2", sleep=lambda seconds: time.sleep(min(seconds, 0.03))
    )
    assert found == code, said
    assert words in out


def test_entity_that_the_catalog_shows_is_said_to_be_there(town, capsys, monkeypatch):
    from waypost.catalog.entities import Entity, Origin
    from waypost.catalog.records import write
    from waypost.pages.paths import entity_file

    assert town.run(capsys, monkeypatch)[0] == 0
    ref, number = "component:default/pay", town.get("pay")["id"]
    data = {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {"name": "pay"},
        "spec": {"type": "x"},
    }
    origin = Origin(number, f"{town.organisation}/pay", "catalog-info.yaml")
    commit(town, {entity_file(ref): write(Entity(ref, "Component", "default", "pay", data, origin), town.sandbox.url)})
    code, out, said = town.run(capsys, monkeypatch)
    assert code == 0, said
    assert "component:default/pay: in the catalog" in out


def test_name_that_the_catalog_knows_from_another_repository_is_refused(town, capsys, monkeypatch):
    from waypost.catalog.entities import Entity, Origin
    from waypost.catalog.records import write
    from waypost.pages.paths import entity_file

    ref = "component:default/pay"
    data = {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {"name": "pay"},
        "spec": {"type": "x"},
    }
    origin = Origin(99, f"{town.organisation}/old-pay", "catalog-info.yaml")
    commit(town, {entity_file(ref): write(Entity(ref, "Component", "default", "pay", data, origin), town.sandbox.url)})
    code, _, said = town.run(capsys, monkeypatch)
    assert code == 1
    assert f"component:default/pay is already declared by {town.organisation}/old-pay" in said


def test_catalog_that_learns_of_the_team_meanwhile_makes_no_other_request_of_it(town, capsys, monkeypatch):
    from waypost.catalog.entities import Entity, Origin
    from waypost.catalog.records import write
    from waypost.pages.paths import entity_file

    assert town.run(capsys, monkeypatch)[0] == 0
    ref = "group:default/payments"
    spec = {"type": "team", "children": []}
    data = {"apiVersion": "backstage.io/v1alpha1", "kind": "Group", "metadata": {"name": "payments"}, "spec": spec}
    origin = Origin(7, f"{town.organisation}/people", "catalog-info.yaml")
    commit(town, {entity_file(ref): write(Entity(ref, "Group", "default", "payments", data, origin), town.sandbox.url)})
    before = town.writes()
    code, _, said = town.run(capsys, monkeypatch)
    assert code == 0, said
    assert "was not checked" not in said
    assert town.writes() == before
