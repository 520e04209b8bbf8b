"""The action `validate` under a real runner: verdicts, annotations on the very lines, summary, outputs, one comment."""

from __future__ import annotations

import base64
import json
import re

import pytest

from actions.rig import ROOT

pytestmark = pytest.mark.slow
README = (ROOT / "actions" / "validate" / "README.md").read_text("utf-8")
(EXAMPLE,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
WORKFLOW = ".github/workflows/descriptors.yml"
ACTION = "      - uses: OWNER/waypost/actions/validate"
GOOD = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: pay}
spec: {type: service, lifecycle: production, owner: payments}
"""
BAD = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: Pay now
spec:
  type: service
  lifecycle: production
  owner: ana@acme.io
"""


def example(**inputs):
    """The workflow of the README, with inputs and the right to comment."""
    *_, last = EXAMPLE.rstrip("\n").split("\n")
    assert last.startswith(ACTION)
    given = "".join(f"          {name.replace('_', '-')}: {json.dumps(value)}\n" for name, value in inputs.items())
    text = EXAMPLE.replace("      contents: read\n", "      contents: read\n      pull-requests: write\n")
    named = last.replace("- uses", "- id: it\n        uses")
    return text.replace(last, f"{named}\n        with:\n{given}")


@pytest.fixture
def service(rig):
    """A service repository that validates as the README says."""
    rig.repository("pay", {"README.md": "# pay\n", WORKFLOW: EXAMPLE})
    return rig


def places(job):
    return [(*note.place, note.title) for note in job.notes if note.path != ".github"]


def test_good_descriptor_is_green(service):
    service.pull("pay", {"catalog-info.yaml": GOOD})
    run = service.run("pay")
    assert (run.event, run.conclusion, run.job.notes) == ("pull_request", "success", []), run
    assert "1 file, 1 entity: all fine" in run.job.summary


def test_bad_descriptor_is_red_and_annotated_on_its_lines(service):
    service.pull("pay", {"catalog-info.yaml": GOOD, "apis/catalog-info.yaml": BAD})
    run = service.run("pay")
    assert run.conclusion == "failure", run
    assert places(run.job) == [
        ("apis/catalog-info.yaml", 4, "failure", "name-form"),
        ("apis/catalog-info.yaml", 8, "warning", "owner-email"),
    ]
    assert "| apis/catalog-info.yaml:4 |" in run.job.summary


def test_outputs_say_what_was_found(rig):
    reading = "      - run: python3 -m json.tool --json-lines '${{ steps.it.outputs.report }}'\n"
    files = {"a/catalog-info.yaml": GOOD, "b/catalog-info.yaml": BAD}
    rig.repository("pay", {WORKFLOW: example(fail_on="never") + reading, **files})
    rig.pull("pay", {"README.md": "# pay\n"})
    run = rig.run("pay")
    assert run.conclusion == "success", run
    found = dict(run.job.outputs)
    assert found.pop("it.report").endswith(".jsonl")
    names = ("valid", "errors", "warnings", "entities")
    assert {name: found[f"it.{name}"] for name in names} == {
        "valid": "false",
        "errors": "1",
        "warnings": "1",
        "entities": "2",
    }
    assert '"name-form"' in run.log


@pytest.mark.parametrize(
    ("least", "conclusion"),
    [pytest.param("error", "success", id="error"), pytest.param("warning", "failure", id="warning")],
)
def test_step_fails_on_what_it_is_told_to_fail_on(rig, least, conclusion):
    warned = GOOD.replace("owner: payments", "owner: ana@acme.io")
    rig.repository("pay", {WORKFLOW: example(fail_on=least), "catalog-info.yaml": warned})
    rig.pull("pay", {"README.md": "# pay\n"})
    run = rig.run("pay")
    assert run.conclusion == conclusion, run


def test_comment_is_written_once_and_edited_in_place(rig):
    rig.repository("pay", {WORKFLOW: example(comment="true")})
    number = rig.pull("pay", {"catalog-info.yaml": BAD})
    assert rig.run("pay").conclusion == "failure"
    (first,) = rig.get(f"pay/issues/{number}/comments")
    assert first["user"]["login"] == "github-actions[bot]"
    assert "catalog-info.yaml:4" in first["body"]

    rig.push("pay", {"catalog-info.yaml": GOOD}, branch="change")
    run = rig.run("pay")
    assert run.conclusion == "success", run
    (second,) = rig.get(f"pay/issues/{number}/comments")
    assert second["id"] == first["id"]
    assert "all fine" in second["body"]
    assert "Pay now" not in second["body"]


def test_good_pull_request_gets_no_comment(rig):
    rig.repository("pay", {WORKFLOW: example(comment="true")})
    number = rig.pull("pay", {"catalog-info.yaml": GOOD})
    assert rig.run("pay").conclusion == "success"
    assert rig.get(f"pay/issues/{number}/comments") == []


def test_comment_that_may_not_be_written_is_said_and_changes_no_verdict(rig):
    rig.repository("pay", {WORKFLOW: example(comment="true").replace("pull-requests: write", "pull-requests: read")})
    number = rig.pull("pay", {"catalog-info.yaml": BAD})
    run = rig.run("pay")
    assert run.conclusion == "failure"
    assert [place[:2] for place in places(run.job)] == [("catalog-info.yaml", 4), ("catalog-info.yaml", 8)]
    assert "There is no comment: " in run.log
    assert rig.get(f"pay/issues/{number}/comments") == []


def test_pull_request_of_a_fork_is_judged_without_a_comment(rig):
    rig.repository("pay", {WORKFLOW: example(comment="true")}, visibility="public")
    eve = rig.ask("POST", "/_sandbox/users", {"login": rig.login("eve")})
    rig.tokens["eve"] = eve["token"]
    fork = rig.ask("POST", f"/repos/{rig.organisation}/pay/forks", {}, who="eve", status=202)["full_name"]
    body = {"message": "Describe it", "content": base64.b64encode(BAD.encode()).decode(), "branch": "main"}
    rig.ask("PUT", f"/repos/{fork}/contents/catalog-info.yaml", body, who="eve")
    pull = {"title": "Describe it", "head": f"{eve['login']}:main", "base": "main"}
    number = rig.ask("POST", f"/repos/{rig.organisation}/pay/pulls", pull, who="eve")["number"]
    run = rig.run("pay")
    assert run.conclusion == "failure", run
    assert [place[:2] for place in places(run.job)] == [("catalog-info.yaml", 4), ("catalog-info.yaml", 8)]
    assert "which a pull request from a fork never gets" in run.log
    assert rig.get(f"pay/issues/{number}/comments") == []


ODD = {
    "$(touch pwned)/catalog-info.yaml": BAD,
    "a; touch pwned/catalog-info.yaml": GOOD,
    "b\n::error::broken out/catalog-info.yaml": BAD,
}
LOOK = "      - if: always()\n        run: test ! -e pwned && echo untouched\n"


def test_names_of_files_are_never_run(rig):
    rig.repository("pay", {WORKFLOW: EXAMPLE + LOOK})
    rig.pull("pay", ODD)
    run = rig.run("pay")
    assert "] untouched" in run.log, run
    assert ("$(touch pwned)/catalog-info.yaml", 4, "failure", "name-form") in places(run.job)
    assert not [note for note in run.job.notes if note.message.startswith("broken out")]


def test_inputs_are_never_run(rig):
    rig.repository("pay", {WORKFLOW: example(paths='$(touch pwned)\n"; touch pwned; "\n--help') + LOOK, **ODD})
    rig.pull("pay", {"README.md": "# pay\n"})
    run = rig.run("pay")
    assert "] untouched" in run.log, run
    assert 'there is no ""; touch pwned; "" here' in run.log, run
