"""What stands in the way is said before anything is made: all of it at once, each with what to do."""

from __future__ import annotations

import json

import pytest

from create import everything
from waypost.sandbox.beginnings import PERMISSIONS

pytestmark = pytest.mark.slow


@pytest.fixture
def refused(town, capsys, monkeypatch):
    """Ask for a repository that must not come about; return what was said."""

    def ask(*words, name="pay", actor="ana"):
        before = town.names()
        writes = town.writes()
        code, out, said = town.run(capsys, monkeypatch, *words, name=name, actor=actor)
        assert code == 1
        assert out == ""
        assert "Nothing was created" in said
        assert town.names() == before
        assert town.writes() == writes
        return said

    return ask


def test_person_whom_the_allow_list_does_not_name(town, refused):
    said = refused(actor="bob")
    assert f"create: bob-{town.organisation} (in no team of the organisation) may not use" in said
    assert "waypost.yaml allows it to team payments. Ask them, or add" in said


def test_request_of_nobody(refused):
    assert "actor: it is not known who asks: say it with --actor LOGIN" in refused(actor="")


def test_name_that_somebody_elses_repository_has(town, refused):
    town.ask("POST", "/_sandbox/seed", {town.organisation: {"pay": {"files": {"README.md": "x"}}}})
    said = refused()
    assert f"name: the name {town.organisation}/pay is taken by a repository created on" in said
    assert "Choose another: --name" in said


def test_name_that_another_request_is_just_using(town, refused, capsys, monkeypatch):
    town.fault(path="*/topics", method="PUT", kind="status", status=403, count=1)
    town.run(capsys, monkeypatch, "--request", "other")
    said = refused()
    assert f"{town.organisation}/pay is being created by another request (other)" in said


def test_team_that_is_not_there(town, refused):
    said = refused("--owner", "paymnts")
    assert f'owner: {town.organisation} has no team "paymnts". Did you mean "payments"?' in said
    assert "steps/publish" in said  # which gives that team access


def test_all_faults_are_said_at_once(refused):
    said = refused("--owner", "paymnts", "--set", "size=12", actor="bob")
    assert "size" in said
    assert "paymnts" in said
    assert "may not use" in said


def test_value_that_does_not_fit(refused):
    said = refused("--set", "size=many")
    assert "size:" in said


def test_budget_that_is_spent(town, refused):
    town.ask(
        "POST", "/_sandbox/budgets", {"who": f"installation:{town.installation}", "resource": "core", "remaining": 40}
    )
    said = refused()
    assert "quota: this takes about" in said
    assert "are left in this hour. Run it again after" in said


def test_permission_that_the_app_lacks(town, refused):
    lesser = {**PERMISSIONS, "pages": "read"}
    lesser.pop("secrets")
    town.ask("PATCH", f"/_sandbox/installations/{town.installation}", {"permissions": lesser})
    said = refused()
    assert "it has pages: read, not write. An owner can grant it" in said
    assert "it has secrets: none, not write" in said


def test_secret_that_the_template_would_show(town, refused):
    shown = everything.TEMPLATE.replace(
        "repoVariables: {REGION: eu-west-1}", 'repoVariables: {REGION: "${{ secrets.TOKEN }}"}'
    )
    town.ask(
        "POST", "/_sandbox/commits", {f"{town.organisation}/catalog": {"templates/everything/template.yaml": shown}}
    )
    said = refused()
    assert "the variable REGION is made of a secret. Everybody could read it there: set it as a secret" in said
    assert everything.SECRET not in said


def test_descriptor_that_the_catalog_would_refuse(town, refused):
    wrong = everything.DESCRIPTOR.replace("kind: Component", "kind: Componnt")
    path = "templates/everything/skeleton/catalog-info.yaml"
    town.ask(
        "POST",
        "/_sandbox/commits",
        {f"{town.organisation}/catalog": {path: wrong.replace("  owner: ${{ values.owner }}\n", "")}},
    )
    assert "catalog-info.yaml" in refused()


def test_organisation_without_a_catalog_repository_lets_nobody_create(town, capsys, monkeypatch):
    town.ask("DELETE", f"/repos/{town.organisation}/catalog")
    code, _, said = town.run(capsys, monkeypatch)
    assert code == 1
    assert f"there is no catalog repository {town.organisation}/catalog, so nobody is allowed to create" in said


def test_dry_run_shows_the_plan_and_writes_nothing(town, capsys, monkeypatch):
    code, out, said = town.run(capsys, monkeypatch, "--dry-run")
    assert code == 0, said
    assert f"create the private repository {town.organisation}/pay" in out
    assert "PUT" in out
    assert "The first commit also holds .waypost.yaml" in said
    assert "Nothing stands in the way" in said
    assert "Nothing was written." in said
    assert town.names() == ["catalog"]
    assert town.writes() == []


def test_dry_run_of_what_is_refused_ends_with_1(town, capsys, monkeypatch):
    code, out, said = town.run(capsys, monkeypatch, "--dry-run", actor="bob")
    assert code == 1
    assert "may not use" in said
    code, out, _ = town.run(capsys, monkeypatch, "--dry-run", "--format", "json", actor="bob")
    shown = json.loads(out)
    assert (code, shown["valid"]) == (1, False)
    assert {"method": "POST", "path": f"/orgs/{town.organisation}/repos"}.items() <= shown["calls"][0].items()
    assert any("may not use" in fault["message"] for fault in shown["faults"])


def test_repository_with_the_mark_of_the_request_but_somebody_elses_is_not_gone_on_with(
    town, refused, capsys, monkeypatch
):
    _, out, _ = town.run(capsys, monkeypatch, "--dry-run", "--format", "json")
    mark = f"Being created by Waypost (request {json.loads(out)['request']}): mine"
    town.ask("POST", f"/orgs/{town.organisation}/repos", {"name": "pay", "description": mark, "private": True})
    mallory = f"bob-{town.organisation}"
    town.ask("PUT", f"/repos/{town.organisation}/pay/collaborators/{mallory}", {"permission": "admin"})
    assert f"{town.organisation}/pay is there and {mallory} is in it, whom this request does not know" in refused()


def test_request_that_needs_an_agreement_waits_for_it(town, refused, capsys, monkeypatch):
    policy = "create:\n  allow:\n    - {teams: [payments], templates: ['*'], owners: ['*'], approvers: [platform]}\n"
    town.ask("POST", "/_sandbox/commits", {f"{town.organisation}/catalog": {"waypost.yaml": policy}})
    assert "somebody of platform has to agree first: ask them, then add --approved-by LOGIN" in refused()
    bob, ana = f"bob-{town.organisation}", f"ana-{town.organisation}"
    assert "is not in team platform" in refused("--approved-by", bob)
    town.ask("PUT", f"/orgs/{town.organisation}/teams/platform/memberships/{bob}", {"role": "member"})
    town.ask("PUT", f"/orgs/{town.organisation}/teams/platform/memberships/{ana}", {"role": "member"})
    assert "somebody else of team platform has to agree" in refused("--approved-by", ana)
    code, _, said = town.run(capsys, monkeypatch, "--approved-by", bob)
    assert code == 0, said


def test_template_that_makes_no_repository_is_no_way_around_the_allow_list(town, refused):
    head = everything.TEMPLATE.partition("    - id: publish\n")[0]
    only = f"""{head}    - id: issue
      action: github:issues:create
      input: {{repoUrl: "github.com?owner={town.organisation}&repo=catalog", title: Hello}}
"""
    town.ask(
        "POST", "/_sandbox/commits", {f"{town.organisation}/catalog": {"templates/everything/template.yaml": only}}
    )
    assert "may not use" in refused(actor="bob")


def aimed_at(town, repository):
    """The template's webhook goes to a repository that is there already."""
    head, name, rest = everything.TEMPLATE.partition("    - id: hook\n")
    aimed = (
        head
        + name
        + rest.replace("${{ parameters.repoUrl }}", f"github.com?owner={town.organisation}&repo={repository}", 1)
    )
    town.ask(
        "POST", "/_sandbox/commits", {f"{town.organisation}/catalog": {"templates/everything/template.yaml": aimed}}
    )


def test_app_changes_no_repository_that_the_person_could_not_change(town, refused, capsys, monkeypatch):
    town.ask("POST", "/_sandbox/seed", {town.organisation: {"crown-jewels": {"files": {"README.md": "x"}}}})
    aimed_at(town, "crown-jewels")
    said = refused()
    assert (
        f"steps/hook: it changes {town.organisation}/crown-jewels, where ana-{town.organisation} has read, not admin"
        in said
    )
    ana = f"ana-{town.organisation}"
    town.ask("PUT", f"/repos/{town.organisation}/crown-jewels/collaborators/{ana}", {"permission": "admin"})
    code, _, said = town.run(capsys, monkeypatch)
    assert code == 0, said
    assert len(town.get("crown-jewels/hooks")) == 1


def test_repository_of_another_organisation_is_out_of_reach(town, refused):
    elsewhere = everything.TEMPLATE.replace(
        "repoUrl: ${{ parameters.repoUrl }}\n        webhookUrl",
        'repoUrl: "github.com?owner=other&repo=x"\n        webhookUrl',
    )
    town.ask(
        "POST", "/_sandbox/commits", {f"{town.organisation}/catalog": {"templates/everything/template.yaml": elsewhere}}
    )
    assert f"steps/hook: it changes other/x, outside {town.organisation}" in refused()
