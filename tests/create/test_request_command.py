"""`waypost request` and `waypost create --format github`: what a person and a workflow get to read."""

from __future__ import annotations

import argparse
import json
import time

import pytest

from create.asking import AGREED, put
from waypost.cli import UsageError, create, request
from waypost.golden.forms import LABEL

pytestmark = pytest.mark.slow


@pytest.fixture
def command(place, capsys, monkeypatch, tmp_path):
    """Run one of the two with the App's key; give exit code, stdout, stderr, summary, outputs."""

    def running(module, *words, actor="ana", **environment):
        for name in ("GITHUB_TOKEN", "WAYPOST_TOKEN", "GITHUB_RUN_ID", "GITHUB_REPOSITORY"):
            monkeypatch.delenv(name, raising=False)
        files = {name: tmp_path / name for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
        told = {
            "GITHUB_API_URL": place.sandbox.url,
            "WAYPOST_APP_ID": str(place.sandbox.app_id),
            "WAYPOST_PRIVATE_KEY": place.sandbox.private_key,
            "WAYPOST_CATALOG_REPOSITORY": f"{place.organisation}/catalog",
            "GITHUB_TRIGGERING_ACTOR": f"{actor}-{place.organisation}",
            **{name: str(path) for name, path in files.items()},
            **environment,
        }
        for name, value in told.items():
            monkeypatch.setenv(name, value)
        for path in files.values():
            path.write_text("")
        parser = argparse.ArgumentParser()
        module.add_arguments(parser)
        capsys.readouterr()
        code = module.perform(parser.parse_args([*words, "--wait", "0"]), time.time, lambda seconds: None)
        place.later()
        outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        return code, *capsys.readouterr(), files["GITHUB_STEP_SUMMARY"].read_text(), outputs

    return running


def test_request_is_looked_at_and_created_by_the_command(place, ask, command):
    issue = ask()
    code, out, said, _, _ = command(request, str(issue.number))
    assert (code, "Dry run: nothing has been created yet" in out) == (0, True)
    assert said.endswith(f"{place.organisation}/catalog#{issue.number}: waits for somebody to agree\n")
    issue.say("ana", "/approve")
    code, out, _, _, _ = command(request, str(issue.number), "--format", "json")
    shown = json.loads(out)
    assert (code, shown["state"], shown["repository"]) == (0, "created", f"{place.organisation}/pay")
    assert shown["registered"] == "component:default/pay"
    assert shown["commit"] == place.get("pay/commits/main")["sha"]


def test_every_open_request_is_looked_at_and_no_other_issue(place, ask, command):
    first, second, closed, other = ask(), ask(name="wallet"), ask(name="till"), ask(body="It breaks")
    for issue in (first, second, closed):
        issue.label(LABEL)
    closed.edit("ana", state="closed")
    code, _, said, _, _ = command(request, "--all")
    assert code == 0
    assert [line.partition("#")[2].partition(":")[0] for line in said.splitlines() if "#" in line] == [
        str(first.number),
        str(second.number),
    ]
    assert other.ask("GET", f"/{other.number}/comments") == []


def test_workflow_gets_a_summary_and_outputs(place, ask, command):
    issue = ask()
    _, _, _, summary, outputs = command(request, str(issue.number), "--format", "github")
    assert "### Dry run" in summary
    assert outputs["state"] == "waiting"
    issue.say("ana", "/approve")
    _, _, _, summary, outputs = command(request, str(issue.number), "--format", "github")
    assert "### Created" in summary
    assert outputs["repository"] == f"{place.organisation}/pay"
    assert outputs["url"].endswith(f"/{place.organisation}/pay")


def test_failed_request_ends_with_one_and_an_annotation(place, ask, command):
    issue = ask()
    command(request, str(issue.number))
    issue.say("ana", "/approve")
    place.fault(path=f"/{place.organisation}/pay.git/git-receive-pack", method="POST", status=500, count=30)
    code, out, _, _, outputs = command(request, str(issue.number), "--format", "github")
    assert (code, outputs["state"]) == (1, "failed")
    assert out.startswith("::error title=Waypost::")


@pytest.mark.parametrize("words", [[], ["1", "--all"], ["0"], ["-1"]], ids=["nothing", "both", "zero", "negative"])
def test_what_cannot_be_meant_is_refused(words, command):
    with pytest.raises((UsageError, SystemExit)):
        command(request, *words)


def test_issue_that_is_not_there_is_named(place, command):
    code, _, said, _, _ = command(request, "99")
    assert (code, "issue 99" in said) == (1, True)


NOTE = ("note", "--name", "pay", "--owner", "payments", "--format", "github")


def test_dispatched_dry_run_is_in_the_summary_and_makes_nothing(place, command):
    code, _, _, summary, outputs = command(create, *NOTE, "--dry-run")
    assert code == 0
    assert "### Dry run: nothing has been created yet" in summary
    assert "catalog-info.yaml" in summary
    assert (outputs["repository"], len(outputs["request"])) == ("", 16)
    assert "pay" not in place.names()


def test_dispatched_creation_is_told_in_summary_and_outputs(place, command):
    code, _, said, summary, outputs = command(create, *NOTE)
    assert code == 0, said
    assert f"### Created [`{place.organisation}/pay`]" in summary
    assert outputs["repository"] == f"{place.organisation}/pay"
    assert outputs["registered"] == "component:default/pay"
    assert outputs["commit"] == place.get("pay/commits/main")["sha"]


def test_who_asks_is_who_started_the_run_and_nobody_that_is_named(place, command):
    code, out, _, _, _ = command(create, *NOTE, "--actor", f"ana-{place.organisation}", actor="bob")
    assert code == 1
    assert f"bob-{place.organisation}" in out
    assert "may not use" in out
    assert "pay" not in place.names()


def test_run_cannot_wait_for_an_agreement_and_names_the_form(place, command):
    put(place, {"waypost.yaml": AGREED})
    code, out, _, summary, _ = command(create, *NOTE)
    form_at = f"/{place.organisation}/catalog/issues/new?template=create-note.yml"
    assert (code, form_at in out) == (1, True)
    assert "somebody of platform has to agree first" in summary
    assert "pay" not in place.names()


def test_run_refuses_a_template_that_needs_a_secret(place, command):
    code, out, _, _, _ = command(create, "hush", "--name", "pay", "--format", "github")
    assert code == 1
    assert "waypost create hush --secret key" in out


@pytest.mark.parametrize("template", ["./templates/note", "/etc", "../note"])
def test_run_takes_templates_of_the_catalog_only(command, template):
    with pytest.raises(UsageError, match="a run creates from the templates of the catalog only"):
        command(create, template, "--name", "pay", "--format", "github")


def test_visibility_is_refused_where_the_template_does_not_ask_for_it(place, command):
    code, out, _, _, _ = command(create, *NOTE, "--visibility", "public")
    assert code == 1
    assert "the template note has no field for the visibility" in out
