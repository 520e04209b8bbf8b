"""GitHub has a bad day: what passes is waited for, what does not ends with what there is and how to go on."""

from __future__ import annotations

import threading
import time

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        pytest.param("*/topics", "status", id="503"),
        pytest.param("*/issues", "lose", id="answer to an issue lost"),
        pytest.param("*/orgs/*/repos", "lose", id="answer to the creation lost"),
        pytest.param("*/git-receive-pack", "lose", id="answer to the push lost"),
        pytest.param("*/actions/variables", "drop", id="connection broken"),
    ],
)
def test_outage_that_passes_does_no_harm(town, capsys, monkeypatch, path, kind):
    town.fault(path=path, method="WRITE", kind=kind, status=503, count=1)
    code, _, said = town.run(capsys, monkeypatch)
    assert code == 0, said
    assert town.names() == ["catalog", "pay"]
    assert len(town.get("pay/commits?sha=main")) == 1
    assert len(town.get("pay/issues?state=all")) == 2  # the issue and the pull request


def test_outage_that_stays_ends_with_what_there_is_and_the_next_run_goes_on(town, capsys, monkeypatch):
    town.fault(path="*/topics", method="PUT", kind="status", status=502)
    code, out, said = town.run(capsys, monkeypatch)
    assert (code, out) == (1, "")
    assert 'Stopped at "Create the repository": set the topics' in said
    assert "GitHub answered 502" in said
    assert f"There is {town.sandbox.url}/{town.organisation}/pay" in said
    assert "Done: create the repository" in said
    assert "Not done: set the topics" in said
    assert "Go on: waypost create everything --name pay" in said
    assert "--undo" in said
    town.ask("DELETE", "/_sandbox/faults")
    code, _, said = town.run(capsys, monkeypatch)
    assert code == 0, said
    assert "create the repository" not in said
    assert town.get("pay")["description"] == "Service pay"


def test_limit_in_the_middle_says_when_to_go_on(town, capsys, monkeypatch):
    town.fault(path="*/topics", method="PUT", kind="secondary", status=403, retry_after=900)
    code, _, said = town.run(capsys, monkeypatch)
    assert code == 1
    assert "GitHub asks us to call less" in said
    assert "Go on after" in said
    assert sum(one["path"].endswith("/topics") for one in town.log()["recent"] if town.organisation in one["path"]) <= 2


def test_budget_that_is_spent_before_it_begins_says_when_it_is_full_again(town, capsys, monkeypatch):
    who = f"installation:{town.installation}"
    town.ask("POST", "/_sandbox/budgets", {"who": who, "resource": "core", "remaining": 0, "reset_in": 1_800})
    code, out, said = town.run(capsys, monkeypatch)
    assert (code, out) == (1, "")
    assert "Nothing was changed. Try again after" in said
    assert town.names() == ["catalog"]


def test_budget_that_is_spent_half_way_says_what_there_is(town, capsys, monkeypatch):
    code, _, said = town.run(capsys, monkeypatch, "--dry-run")
    assert code == 0, said
    spent = {"who": f"installation:{town.installation}", "resource": "core", "remaining": 0, "reset_in": 1_800}
    town.ask("POST", "/_sandbox/settling", {"get": {"calls": 1}})  # there is a wait after the creation: spend it then
    began = []

    def sleep(seconds):
        if not began and "pay" in town.names():
            began.append(town.ask("POST", "/_sandbox/budgets", spent))

    code, _, said = town.run(capsys, monkeypatch, sleep=sleep)
    assert code == 1
    assert f"There is {town.sandbox.url}/{town.organisation}/pay" in said
    assert "Go on after" in said
    town.ask("POST", "/_sandbox/budgets", {**spent, "remaining": 5_000})
    code, _, said = town.run(capsys, monkeypatch)
    assert code == 0, said


def test_short_limit_is_waited_for(town, capsys, monkeypatch):
    town.fault(path="*/topics", method="PUT", kind="secondary", status=429, retry_after=20, count=1)
    passed = []
    code, _, said = town.run(
        capsys, monkeypatch, sleep=passed.append, clock=lambda: time.time() + sum(one for one in passed if one > 5)
    )
    assert code == 0, said
    assert "GitHub asks us to wait 20 s" in said


def test_new_repository_that_github_does_not_find_yet_is_waited_for(town, capsys, monkeypatch):
    town.ask("POST", "/_sandbox/settling", {"get": {"calls": 3}, "push": {"calls": 2}})
    code, _, said = town.run(capsys, monkeypatch)
    assert code == 0, said
    assert len(town.get("pay/commits?sha=main")) == 1


def test_step_that_is_refused_leaves_the_rest_undone_and_says_so(town, capsys, monkeypatch):
    town.fault(path="*/pages", method="POST", kind="status", status=422, message="No pages here")
    code, _, said = town.run(capsys, monkeypatch)
    assert code == 1
    assert 'Stopped at "github:pages:enable"' in said
    assert "Not done: switch on GitHub Pages" in said
    assert "open the issue" in said.partition("Not done")[2]
    assert town.get("pay/issues?state=all") == []
    assert town.get("pay")["description"].startswith("Being created by Waypost (request ")


@pytest.mark.parametrize(
    "message",
    [
        "Upgrade to GitHub Pro or make this repository public to enable this feature.",
        "Resource not accessible by integration",
    ],
    ids=["as people are told", "as an App is told"],
)
def test_what_the_plan_of_the_organisation_lacks_is_left_out_and_said(town, capsys, monkeypatch, message):
    town.fault(path="*/protection", kind="status", status=403, message=message)
    code, out, said = town.run(capsys, monkeypatch)
    assert code == 0, said
    assert f"not done: protect the branch main of {town.organisation}/pay. GitHub asks for a larger plan" in out
    assert town.get("pay")["description"] == "Service pay"


def test_outage_while_waiting_for_the_first_run_does_not_hide_that_all_is_done(town, capsys, monkeypatch):
    town.fault(path="*/pay/actions/runs", method="GET", kind="status", status=503)
    code, out, said = town.run(capsys, monkeypatch)
    assert code == 0, said
    assert f"/{town.organisation}/pay\n" in out
    assert "how its first run went is not known: looking for the first run" in out


def test_github_that_cannot_be_reached_at_all_is_said_before_anything_is_changed(town, capsys, monkeypatch):
    town.fault(path=f"/repos/{town.organisation}/catalog", method="GET", kind="status", status=500)
    code, out, said = town.run(capsys, monkeypatch)
    assert (code, out) == (1, "")
    assert "GitHub answered 500" in said
    assert "Nothing was changed. Try again after" in said  # three outages in a row
    assert "waypost create everything" in said


def test_two_that_ask_for_the_same_at_once_make_one_repository(town):
    from create.test_effects import carried, effects_of

    effects = effects_of(town.organisation)
    failures = []

    def work():
        try:
            carried(town.workshop(), effects)
        except Exception as error:
            failures.append(error)

    both = [threading.Thread(target=work) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert failures == []
    assert town.names() == ["catalog", "pay"]
    assert len(town.get("pay/commits?sha=main")) == 1
    assert len(town.get("pay/hooks")) == 1
    assert len(town.get("pay/rulesets")) == 1
