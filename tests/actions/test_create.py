"""The action create-repository and its two workflows under a real runner: by hand, and by an issue that a form made."""

from __future__ import annotations

import re

import pytest

from actions.rig import ROOT, ask
from create.asking import INFO, SECRET, TEMPLATE
from waypost.create.door.words import APPROVE, CREATED, DRY_RUN, FAILED, STATUS
from waypost.golden.forms import LABEL, issue_body
from waypost.golden.template import read

pytestmark = pytest.mark.slow
POLICY = """\
create:
  allow:
    - {teams: [payments], templates: [note], names: ["paid-*"], owners: ["*"], approvers: [platform]}
    - {teams: [payments, platform], templates: [note, hush], names: ["free-*"], owners: ["*"]}
"""
TEMPLATES = {
    "templates/note/template.yaml": TEMPLATE,
    "templates/note/skeleton/catalog-info.yaml": INFO,
    "templates/note/skeleton/README.md": "# ${{ values.name }}\n",
    "templates/hush/template.yaml": SECRET,
}
WORKFLOWS = ("create-repository.yml", "request.yml")


@pytest.fixture(scope="module")
def town(hall):
    """An organisation with a catalog repository with the two workflows as they are shipped; ola's token creates."""
    rig = hall.organisation()
    begin(rig, rig.tokens["ola"])
    return rig


def begin(rig, token):
    folder = ROOT / "catalog-repo-template" / ".github" / "workflows"
    held = {f".github/workflows/{name}": (folder / name).read_text("utf-8") for name in WORKFLOWS}
    templates = {path: text.replace("ORG", rig.organisation) for path, text in TEMPLATES.items()}
    rig.repository("catalog", {"waypost.yaml": POLICY, **held, **templates})
    if token:
        rig.secret("catalog", "WAYPOST_CREATE_TOKEN", token)


def dispatched(rig, who="ola", **inputs):
    rig.dispatch("catalog", "create-repository.yml", {"owner": "payments", **inputs}, who)
    return rig.run("catalog", "create-repository.yml")


_moved = []


@pytest.fixture(autouse=True)
def clock(hall):
    """Leave the time of the sandbox to the next test as it was."""
    yield
    move(hall, -sum(_moved))
    _moved.clear()


def move(hall, seconds):
    _moved.append(seconds)
    ask(hall.sandbox, "POST", "/_sandbox/clock", {"move": seconds})


class Issue:
    """An issue that the form of the template has made, and who does what in it; each ends when its runs are over."""

    def __init__(self, rig, who="ana", body=None, **values):
        self.rig, self.path = rig, f"/repos/{rig.organisation}/catalog/issues"
        text = issue_body(read(TEMPLATE), {"owner": "payments", **values}) if body is None else body
        number = rig.ask("POST", self.path, {"title": "Create from note", "body": text}, who)["number"]
        self.path = f"{self.path}/{number}"
        self.number = number
        self.runs = self.settle()

    def settle(self):
        """Let the runs end, and some time go by: GitHub tells seconds, people need them."""
        found = self.rig.runs("catalog", "request.yml")
        move(self.rig.hall, 2.0)
        return found

    def say(self, who, body):
        self.rig.ask("POST", f"{self.path}/comments", {"body": body}, who)
        return self.settle()

    def label(self, who, label):
        self.rig.ask("POST", f"{self.path}/labels", {"labels": [label]}, who)
        return self.settle()

    def edit(self, who, **values):
        body = issue_body(read(TEMPLATE), {"owner": "payments", **values})
        self.rig.ask("PATCH", self.path, {"body": body}, who)
        return self.settle()

    def comment(self, marker):
        found = [one for one in self.rig.ask("GET", f"{self.path}/comments") if one["body"].startswith(marker)]
        assert len(found) < 2, "one comment of a kind, edited in place"
        assert all(one["user"]["login"] == "github-actions[bot]" for one in found)
        return found[0]["body"] if found else ""

    @property
    def dry_run(self):
        return self.comment(DRY_RUN)

    @property
    def status(self):
        return self.comment(STATUS)

    @property
    def state(self):
        shown = self.rig.ask("GET", self.path)
        return shown["state"], {label["name"] for label in shown["labels"]}


def test_dispatched_dry_run_shows_tree_and_calls_and_makes_nothing(town):
    run = dispatched(town, template="note", name="free-dry")
    assert run.conclusion == "success", run
    summary = run.job.summary
    assert "### Dry run: nothing has been created yet" in summary
    assert "catalog-info.yaml" in summary
    assert re.search(rf"POST +/orgs/{town.organisation}/repos", summary)
    assert town.get("free-dry") is None


def test_dispatch_makes_the_repository_with_its_first_commit_and_registration(town):
    values = 'purpose: |\n  Pays $(touch /tmp/never) `people` "out"\n'
    run = dispatched(town, template="note", name="free-pay", values=values, **{"dry-run": "false"})
    assert run.conclusion == "success", run
    commit = town.get("free-pay/commits/main")["sha"]
    assert f"### Created [`{town.organisation}/free-pay`]" in run.job.summary
    outputs = {name.rpartition(".")[2]: value for name, value in run.job.outputs.items()}
    assert outputs["repository"] == f"{town.organisation}/free-pay"
    assert (outputs["commit"], outputs["registered"]) == (commit, "component:default/free-pay")
    assert town.get("free-pay/contents/catalog-info.yaml")


def test_dispatch_by_somebody_who_may_not_create_is_refused(town):
    town.ask(
        "PUT",
        f"/repos/{town.organisation}/catalog/collaborators/{town.login('bob')}",
        {"permission": "push"},
    )
    run = dispatched(town, "bob", template="note", name="free-bob", **{"dry-run": "false"})
    assert run.conclusion == "failure", run
    assert any("may not use" in note.message for note in run.job.notes)
    assert town.get("free-bob") is None


def test_dispatch_that_needs_an_agreement_names_the_form(town):
    access = f"/repos/{town.organisation}/catalog/collaborators/{town.login('ana')}"
    town.ask("PUT", access, {"permission": "push"})
    run = dispatched(town, "ana", template="note", name="paid-pay", **{"dry-run": "false"})
    assert run.conclusion == "failure", run
    assert any("issues/new?template=create-note.yml" in note.message for note in run.job.notes)
    assert town.get("paid-pay") is None


def test_both_doors_refuse_a_template_that_needs_a_secret(town):
    run = dispatched(town, template="hush", name="free-hush")
    assert run.conclusion == "failure", run
    assert any("waypost create hush --secret key" in note.message for note in run.job.notes)
    issue = Issue(town, body="### Template\n\nhush\n\n### name\n\nfree-hush")
    assert "waypost create hush --secret key" in issue.dry_run


def test_issue_becomes_a_repository_when_somebody_who_may_agrees(town):
    issue = Issue(town, name="paid-wallet")
    assert "Dry run" in issue.dry_run, issue.runs[0]
    assert f"Somebody of @{town.organisation}/platform" in issue.dry_run
    assert town.get("paid-wallet") is None
    issue.say("bob", "/approve")
    assert f"`{town.login('bob')}`" in issue.status
    assert "is not in team platform" in issue.status
    issue.say("ana", "/approve")
    assert "somebody else of team platform has to agree" in issue.status
    assert town.get("paid-wallet") is None
    run = issue.say("ola", "/approve")[0]
    assert issue.state == ("closed", {LABEL, CREATED}), run
    assert f"### Created [`{town.organisation}/paid-wallet`]" in issue.status
    assert f"Agreed by `{town.login('ola')}`" in issue.status
    assert town.get("paid-wallet/commits/main")["sha"] in issue.status
    assert "component:default/paid-wallet" in issue.status


def test_label_of_somebody_who_may_is_an_agreement(town):
    issue = Issue(town, name="paid-till")
    issue.label("ola", APPROVE)
    assert issue.state == ("closed", {LABEL, APPROVE, CREATED})
    assert town.get("paid-till/contents/README.md")


def test_edit_voids_what_was_agreed_to(town):
    issue = Issue(town, name="paid-first")
    before = issue.dry_run.split()[2]
    issue.edit("ana", name="paid-second")
    assert issue.dry_run.split()[2] != before
    issue.say("ola", f"/approve {before}")
    assert f"it is for `{before}`" in issue.status
    assert town.get("paid-first") is None
    assert town.get("paid-second") is None
    issue.say("ola", "/approve")
    assert town.get("paid-second")


def test_remarks_and_other_issues_begin_no_job(town):
    issue = Issue(town, body="It breaks")
    assert issue.comment(DRY_RUN) == ""
    assert issue.runs[0].conclusion == "skipped", issue.runs[0]
    asked = Issue(town, name="free-talk")
    assert asked.say("ana", "Please look at this")[0].conclusion == "skipped"
    assert "Dry run" in asked.dry_run


def test_stopped_run_leaves_the_issue_open_and_a_retry_finishes(rig):
    begin(rig, rig.tokens["ola"])
    issue = Issue(rig, name="free-stop")
    fault = {
        "path": f"/{rig.organisation}/free-stop.git/git-receive-pack",
        "method": "POST",
        "status": 500,
        "count": 30,
    }
    rig.ask("POST", "/_sandbox/faults", fault)
    try:
        run = issue.say("ana", "/approve")[0]
    finally:
        rig.ask("DELETE", "/_sandbox/faults")
    assert run.conclusion == "failure", run
    assert issue.state == ("open", {LABEL, FAILED})
    assert "### Stopped at `Publish`" in issue.status
    issue.say("ana", "/retry")
    assert issue.state == ("closed", {LABEL, CREATED})
    assert rig.get("free-stop/contents/README.md")


def test_empty_token_is_said_before_anything_else(rig):
    begin(rig, token="")
    run = dispatched(rig, template="note", name="free-pay")
    assert run.conclusion == "failure"
    assert any("the input token is empty" in note.message for note in run.job.notes), run
