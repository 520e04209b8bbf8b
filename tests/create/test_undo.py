"""`--undo` takes back what the request made, all of it; where anybody else has left something it takes nothing."""

from __future__ import annotations

import json
import time

import pytest

from create import everything
from waypost.create.undo import LATEST_SECONDS, undo
from waypost.golden.plan import Plan

pytestmark = pytest.mark.slow


@pytest.fixture
def failed(town, capsys, monkeypatch):
    """A run that stopped half way."""
    fault = town.fault(path="*/pages", method="POST", kind="status", status=422, message="No pages here")
    assert town.run(capsys, monkeypatch)[0] == 1
    town.ask("DELETE", f"/_sandbox/faults/{fault['id']}")
    return town


def test_undo_leaves_nothing(failed, capsys, monkeypatch):
    code, _, said = failed.run(capsys, monkeypatch, "--undo")
    assert code == 0, said
    assert f"done: remove the repository {failed.organisation}/pay" in said
    assert failed.names() == ["catalog"]
    code, _, said = failed.run(capsys, monkeypatch, "--undo")
    assert (code, "There is nothing to take back." in said) == (0, True)


def test_undo_by_somebody_who_may_not_create_it_is_refused(failed, capsys, monkeypatch):
    code, _, said = failed.run(capsys, monkeypatch, "--undo", actor="bob")
    assert code == 1
    assert "Nothing was removed:" in said
    assert "may not use" in said
    assert "pay" in failed.names()


def test_undo_that_is_refused_half_way_says_so_and_goes_on_later(failed, capsys, monkeypatch):
    failed.fault(path="/repos/*", method="DELETE", kind="status", status=403, message="Must have admin rights", count=1)
    code, _, said = failed.run(capsys, monkeypatch, "--undo")
    assert code == 1
    assert "Stopped: remove the repository" in said
    assert "scope delete_repo" in said
    assert failed.run(capsys, monkeypatch, "--undo")[0] == 0
    assert failed.names() == ["catalog"]


def test_undo_of_a_finished_repository_that_nobody_touched(town, capsys, monkeypatch):
    assert town.run(capsys, monkeypatch)[0] == 0
    code, _, said = town.run(capsys, monkeypatch, "--undo")
    assert code == 0, said
    assert town.names() == ["catalog"]


def commit(town):
    body = {"message": "Mine", "content": "eA==", "branch": "mine"}
    head = town.get("pay/git/ref/heads/main")["object"]["sha"]
    town.ask("POST", f"/repos/{town.organisation}/pay/git/refs", {"ref": "refs/heads/mine", "sha": head})
    town.ask("PUT", f"/repos/{town.organisation}/pay/contents/mine.txt", body)


def issue(town):
    town.ask("POST", f"/repos/{town.organisation}/pay/issues", {"title": "It lacks something"})


def comment_on_a_commit(town):
    head = town.get("pay/git/ref/heads/main")["object"]["sha"]
    town.ask("POST", f"/repos/{town.organisation}/pay/commits/{head}/comments", {"body": "Nice."})


@pytest.mark.parametrize(
    ("touch", "reason"),
    [
        pytest.param(commit, "has committed", id="a commit on another branch"),
        pytest.param(issue, "has opened issue 1: It lacks something", id="an issue"),
        pytest.param(comment_on_a_commit, "has commented", id="a comment on a commit"),
    ],
)
def test_undo_refuses_where_somebody_has_left_something(failed, capsys, monkeypatch, touch, reason):
    touch(failed)
    code, _, said = failed.run(capsys, monkeypatch, "--undo")
    assert code == 1
    assert "Nothing was removed" in said
    assert reason in said
    assert "pay" in failed.names()


def test_undo_refuses_after_a_comment_on_its_own_issue_or_a_review_of_its_own_pull_request(town, capsys, monkeypatch):
    assert town.run(capsys, monkeypatch)[0] == 0
    town.ask("POST", f"/repos/{town.organisation}/pay/issues/1/comments", {"body": "I am on it."})
    town.ask("POST", f"/repos/{town.organisation}/pay/pulls/2/reviews", {"event": "COMMENT", "body": "Hm."})
    code, _, said = town.run(capsys, monkeypatch, "--undo")
    assert code == 1
    assert "admin has commented" in said
    assert "admin has reviewed pull request 2" in said


def test_undo_leaves_alone_what_another_request_made(town, capsys, monkeypatch):
    assert town.run(capsys, monkeypatch, "--request", "other")[0] == 0
    code, _, said = town.run(capsys, monkeypatch, "--undo")
    assert code == 1
    assert "not made by this request" in said
    assert "pay" in town.names()


@pytest.fixture
def elsewhere(town, capsys, monkeypatch):
    """A run that also opened an issue and a pull request in a repository that was there before."""
    town.ask("POST", "/_sandbox/seed", {town.organisation: {"infra": {"files": {"README.md": "# Infra\n"}}}})
    there = f"github.com?owner={town.organisation}&repo=infra"
    template = everything.TEMPLATE
    for step in ("issue", "pull"):
        head, name, rest = template.partition(f"    - id: {step}\n")
        template = head + name + rest.replace("${{ parameters.repoUrl }}", there, 1)
    head, _, rest = template.partition("    - id: label\n")
    template = head + "    - id: pull\n" + rest.partition("    - id: pull\n")[2]
    path = "templates/everything/template.yaml"
    town.ask("POST", "/_sandbox/commits", {f"{town.organisation}/catalog": {path: template}})
    code, _, said = town.run(capsys, monkeypatch)
    assert code == 0, said
    assert len(town.get("infra/issues?state=open")) == 2
    return town


def test_undo_closes_what_was_opened_elsewhere_and_removes_its_branch(elsewhere, capsys, monkeypatch):
    code, _, said = elsewhere.run(capsys, monkeypatch, "--undo")
    assert code == 0, said
    assert elsewhere.get("infra/issues?state=open") == []
    assert [one["name"] for one in elsewhere.get("infra/branches")] == ["main"]
    assert elsewhere.names() == ["catalog", "infra"]


def test_undo_removes_nothing_when_somebody_answered_elsewhere(elsewhere, capsys, monkeypatch):
    elsewhere.ask("POST", f"/repos/{elsewhere.organisation}/infra/issues/1/comments", {"body": "Why?"})
    code, _, said = elsewhere.run(capsys, monkeypatch, "--undo")
    assert code == 1
    assert f"{elsewhere.organisation}/infra#1: somebody has commented there" in said
    assert elsewhere.names() == ["catalog", "infra", "pay"]


def test_finished_repository_of_yesterday_is_at_home(town, capsys, monkeypatch):
    code, out, said = town.run(capsys, monkeypatch, "--format", "json")
    assert code == 0, said
    made = json.loads(out)
    done = undo(town.workshop(), Plan(), made["repository"], made["request"], print, time.time() + LATEST_SECONDS + 60)
    assert done.removed == []
    assert done.kept == [
        f"{made['repository']}: finished more than a day ago. Delete it in its settings if you mean to"
    ]
    assert "pay" in town.names()
