"""Faults on demand: each kind is met as often as was asked, where it was asked, and then never again."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
import requests


@pytest.fixture
def fault(control):
    """Ask for a fault; all are gone at the end."""
    yield lambda **fields: control("POST", "/faults", fields).json()
    control("DELETE", "/faults")


def test_error_comes_as_often_as_asked(admin, repository, fault):
    fault(path=f"/repos/{repository}/labels", status=503, count=2, after=1)
    answers = [admin("GET", f"/repos/{repository}/labels").status_code for _ in range(4)]
    assert answers == [200, 503, 503, 200]
    assert admin("GET", f"/repos/{repository}").status_code == 200


def test_error_strikes_one_method_only(admin, repository, fault):
    fault(path="/repos/*", method="POST", status=500, count=1)
    admin("GET", f"/repos/{repository}", status=200)
    admin("POST", f"/repos/{repository}/issues", {"title": "x"}, status=500)
    admin("POST", f"/repos/{repository}/issues", {"title": "x"}, status=201)


@pytest.mark.parametrize("token", ["right", "wrong"])
def test_refused_call_is_written_down_with_who_made_it(admin, connect, control, repository, fault, token):
    fault(path=f"/repos/{repository}", status=503, count=1)
    client = admin if token == "right" else connect("nonsense")
    client("GET", f"/repos/{repository}", status=503)
    last = control("GET", "/log").json()["recent"][-1]
    assert (last["path"], last["status"], last["charged"]) == (f"/repos/{repository}", 503, 0)
    assert last["who"].startswith("user:" if token == "right" else "anonymous")


def test_plan_that_lacks_a_feature_says_so(admin, repository, fault):
    text = "Upgrade to GitHub Pro or make this repository public to enable this feature."
    fault(path=f"/repos/{repository}/rulesets", status=403, message=text, count=1)
    assert admin("GET", f"/repos/{repository}/rulesets", status=403).json()["message"] == text
    assert admin.get(f"/repos/{repository}/rulesets") == []


def test_bad_gateway_is_a_page(admin, repository, fault):
    fault(path=f"/repos/{repository}", status=502, count=1)
    answer = admin("GET", f"/repos/{repository}", status=502)
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(("status", "retry_after"), [(403, 7), (429, None)])
def test_secondary_limit_is_worded_as_githubs(admin, repository, fault, status, retry_after):
    fault(path=f"/repos/{repository}", kind="secondary", status=status, retry_after=retry_after, count=1)
    answer = admin("GET", f"/repos/{repository}", status=status)
    assert answer.json()["message"].startswith("You have exceeded a secondary rate limit")
    assert answer.headers.get("Retry-After") == (str(retry_after) if retry_after else None)


def test_late_answer_makes_nobody_else_late(admin, connect, sandbox, repository, fault):
    fault(path=f"/repos/{repository}/labels", kind="latency", seconds=1.0, count=1)
    began = time.monotonic()
    admin("GET", f"/repos/{repository}/labels", status=200)
    assert time.monotonic() - began >= 1.0


def test_dropped_connection_does_nothing(admin, connect, sandbox, repository, fault):
    fault(path=f"/repos/{repository}/issues", kind="drop", count=1)
    with pytest.raises(requests.ConnectionError):
        connect(sandbox.admin_token)("POST", f"/repos/{repository}/issues", {"title": "x"})
    assert admin.get(f"/repos/{repository}/issues") == []


def test_lost_answer_was_done_all_the_same(admin, connect, sandbox, repository, fault):
    fault(path=f"/repos/{repository}/issues", kind="lose", method="POST", count=1)
    with pytest.raises(requests.ConnectionError):
        connect(sandbox.admin_token)("POST", f"/repos/{repository}/issues", {"title": "x"})
    assert [one["title"] for one in admin.get(f"/repos/{repository}/issues")] == ["x"]


def test_git_meets_faults_too(sandbox, repository, fault, git, git_address):
    fault(path=f"/{repository}.git/*", status=503)
    assert git("ls-remote", git_address(repository, sandbox.admin_token), ok=False).returncode != 0


def test_faults_are_listed_and_taken_away(control, fault):
    made = fault(path="/nowhere/*", count=None)
    assert made["id"] in [one["id"] for one in control("GET", "/faults").json()]
    assert control("DELETE", f"/faults/{made['id']}").status_code == 204
    assert control("DELETE", f"/faults/{made['id']}").status_code == 404
    assert control("POST", "/faults", {"kind": "earthquake"}).status_code == 422


def test_nth_write_fails_whatever_it_is(admin, repository, fault):
    fault(path=f"/repos/{repository}*", method="WRITE", after=2, count=1)
    assert admin("POST", f"/repos/{repository}/issues", {"title": "one"}).status_code == 201
    admin("GET", f"/repos/{repository}", status=200)
    assert admin("PUT", f"/repos/{repository}/topics", {"names": ["x"]}).status_code == 200
    assert admin("POST", f"/repos/{repository}/issues", {"title": "three"}).status_code == 503
    assert admin("POST", f"/repos/{repository}/issues", {"title": "four"}).status_code == 201


def test_questions_in_graphql_are_no_writes(admin, repository, fault):
    fault(path="/graphql", method="WRITE", count=1)
    owner, _, name = repository.partition("/")
    query = "query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { id } }"
    assert admin.graphql(query, owner=owner, name=name)["data"]["repository"]["id"]


def test_several_methods_are_named_with_commas(admin, repository, fault):
    fault(path=f"/repos/{repository}", method="PATCH,DELETE", status=500, count=2)
    admin("GET", f"/repos/{repository}", status=200)
    admin("PATCH", f"/repos/{repository}", {"has_wiki": False}, status=500)
    admin("DELETE", f"/repos/{repository}", status=500)


WRITER = """
import sys, requests
url, token = sys.argv[1:]
sys.stdin.readline()
for title in ("one", "two", "three"):
    requests.post(url, json={"title": title}, headers={"Authorization": "Bearer " + token})
"""


@pytest.mark.parametrize(
    ("done", "left"), [pytest.param(False, ["one"], id="before"), pytest.param(True, ["one", "two"], id="after")]
)
def test_caller_is_killed_at_its_nth_write(admin, sandbox, repository, fault, done, left):
    address = f"{sandbox.url}/repos/{repository}/issues"
    words = [sys.executable, "-c", WRITER, address, sandbox.admin_token]
    with subprocess.Popen(words, stdin=subprocess.PIPE) as caller:
        fault(path=f"/repos/{repository}*", method="WRITE", kind="kill", pid=caller.pid, after=1, done=done)
        caller.communicate(b"go\n", timeout=30)
    assert caller.returncode == -signal.SIGKILL
    assert sorted(one["title"] for one in admin.get(f"/repos/{repository}/issues")) == left


def test_whom_to_kill_must_be_said(control):
    assert control("POST", "/faults", {"kind": "kill"}).status_code == 422
    assert control("POST", "/faults", {"kind": "kill", "pid": 1}).status_code == 422
