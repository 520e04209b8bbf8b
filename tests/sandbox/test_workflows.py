"""Workflows, what starts them, and their runs; conclusions come from orders and rules, no runner is needed."""

from __future__ import annotations

import base64
import textwrap

import pytest

from waypost.sandbox.runs import is_within
from waypost.sandbox.workflow_files import parse
from waypost.sandbox.workflow_filters import matches

CI = """
name: CI
on:
  push:
    branches: [main, "release/**", "!release/old"]
    paths-ignore: ["docs/**"]
  pull_request:
permissions: {}
jobs:
  lint: {runs-on: ubuntu-latest, steps: [{run: ruff check}]}
  test:
    needs: lint
    runs-on: ubuntu-latest
    strategy: {matrix: {python: ["3.11", "3.12"]}}
    steps: [{run: pytest}]
"""
RELEASE = """
name: Release
on:
  workflow_dispatch:
    inputs:
      version: {required: true, description: what to call it}
      level: {type: choice, options: [minor, major], default: minor}
      dry: {type: boolean, default: true}
  repository_dispatch: {types: [release-me]}
jobs:
  release: {runs-on: ubuntu-latest, steps: [{run: make release}]}
"""
FOLDER = ".github/workflows"


@pytest.fixture
def put(admin, repository):
    """Write one file by the API and return the commit."""

    def write(path, text, branch="main", message="Change"):
        old = admin("GET", f"/repos/{repository}/contents/{path}?ref={branch}")
        known = {"sha": old.json()["sha"]} if old.status_code == 200 else {}
        body = {"message": message, "content": base64.b64encode(text.encode()).decode(), "branch": branch, **known}
        return admin("PUT", f"/repos/{repository}/contents/{path}", body).json()["commit"]["sha"]

    return write


@pytest.fixture
def runs(admin, repository):
    """List the runs, newest first."""
    return lambda query="": admin.get(f"/repos/{repository}/actions/runs{query}")["workflow_runs"]


@pytest.fixture
def ci(put):
    """The repository has a CI workflow; the push that brought it began its first run."""
    return put(f"{FOLDER}/ci.yml", CI)


@pytest.fixture
def release(control, repository):
    """The repository has a workflow that people start."""
    control("POST", "/commits", {repository: {f"{FOLDER}/release.yml": RELEASE}})
    return f"/repos/{repository}/actions/workflows/release.yml"


@pytest.fixture
def rule(control):
    """Ask for a rule of coming runs, and forget it at the end."""
    yield lambda **fields: control("POST", "/runs/rules", fields)
    control("DELETE", "/runs/rules")


def test_push_begins_a_run_that_waits_for_a_runner(admin, repository, ci, runs):
    (run,) = runs()
    assert (run["name"], run["event"], run["status"], run["conclusion"]) == ("CI", "push", "queued", None)
    assert (run["head_sha"], run["head_branch"], run["run_number"]) == (ci, "main", 1)
    assert run["display_title"] == "Change"
    assert admin.get(f"/repos/{repository}/actions/runs/{run['id']}") == run
    jobs = admin.get(f"/repos/{repository}/actions/runs/{run['id']}/jobs")["jobs"]
    assert [job["name"] for job in jobs] == ["lint", "test (3.11)", "test (3.12)"]
    assert {job["status"] for job in jobs} == {"queued"}
    assert admin.get(f"/repos/{repository}/actions/jobs/{jobs[0]['id']}") == jobs[0]


def test_git_push_begins_a_run(sandbox, repository, ci, runs, clone, git):
    folder = clone(repository, sandbox.admin_token)
    (folder / "src/new.py").write_text("new = 1\n")
    git("add", ".", folder=folder)
    git("commit", "-q", "-m", "Add new", folder=folder)
    git("push", "-q", "origin", "main", folder=folder)
    assert [run["display_title"] for run in runs()] == ["Add new", "Change"]
    assert [run["run_number"] for run in runs()] == [2, 1]


def test_run_is_a_check_suite_of_github_actions(admin, control, repository, ci, runs):
    (run,) = runs()
    suite = admin.get(f"/repos/{repository}/check-suites/{run['check_suite_id']}")
    assert (suite["app"]["slug"], suite["status"], suite["head_branch"]) == ("github-actions", "queued", "main")
    checks = admin.get(f"/repos/{repository}/commits/{ci}/check-runs")["check_runs"]
    assert {check["name"] for check in checks} == {"lint", "test (3.11)", "test (3.12)"}
    control("POST", f"/runs/{run['id']}", {"conclusion": "success"})
    suite = admin.get(f"/repos/{repository}/check-suites/{run['check_suite_id']}")
    assert (suite["status"], suite["conclusion"]) == ("completed", "success")


def test_each_run_has_a_suite_of_its_own(admin, repository, control, put, runs):
    files = {f"{FOLDER}/one.yml": CI, f"{FOLDER}/two.yml": CI.replace("CI", "Two")}
    control("POST", "/commits", {repository: files})
    sha = put("src/a.py", "a = 1\n")
    assert [run["name"] for run in runs()] == ["Two", "CI"]
    assert admin.get(f"/repos/{repository}/commits/{sha}/check-suites")["total_count"] >= 2


def test_run_is_completed_by_order(admin, control, repository, ci, runs):
    (run,) = runs()
    assert control("POST", f"/runs/{run['id']}", {"status": "in_progress"}).status_code == 200
    assert runs("?status=in_progress")
    steps = [{"name": "pytest", "conclusion": "failure"}]
    told = [{"name": "test (3.12)", "conclusion": "failure", "steps": steps}, {"name": "lint", "conclusion": "success"}]
    control("POST", f"/runs/{run['id']}", {"conclusion": "failure", "jobs": told})
    (run,) = runs("?status=failure")
    assert (run["status"], run["conclusion"]) == ("completed", "failure")
    jobs = admin.get(f"/repos/{repository}/actions/runs/{run['id']}/jobs")["jobs"]
    assert [job["conclusion"] for job in jobs] == ["success", "failure", "failure"]
    assert [(step["name"], step["conclusion"]) for step in jobs[2]["steps"]] == [("pytest", "failure")]
    assert control("POST", f"/runs/{run['id']}", {"conclusion": "success"}).status_code == 422
    assert control("POST", "/runs/999999", {"conclusion": "success"}).status_code == 404


def test_rule_completes_coming_runs_at_once(rule, repository, put, runs):
    rule(repository=repository, workflow="ci.yml", conclusion="success")
    put(f"{FOLDER}/ci.yml", CI)
    assert [run["conclusion"] for run in runs()] == ["success"]


def test_rule_completes_a_run_after_some_reads(rule, repository, put, runs):
    rule(repository=repository, conclusion="failure", reads=3)
    put(f"{FOLDER}/ci.yml", CI)
    assert [runs()[0]["status"] for _ in range(4)] == ["in_progress", "in_progress", "completed", "completed"]


def test_first_run_may_be_missing_from_the_lists(admin, rule, repository, put, runs):
    rule(repository=repository, hidden_listings=2)
    sha = put(f"{FOLDER}/ci.yml", CI)
    assert [len(runs(f"?head_sha={sha}")) for _ in range(4)] == [0, 0, 1, 1]


def test_run_may_be_missing_for_a_time(control, rule, repository, put, runs):
    rule(repository=repository, hidden_seconds=600)
    put(f"{FOLDER}/ci.yml", CI)
    assert runs() == []
    control("POST", "/clock", {"move": 601})
    assert len(runs()) == 1
    control("POST", "/clock", {"move": -601})


@pytest.mark.parametrize(
    ("path", "branch", "message", "begins"),
    [
        pytest.param("src/a.py", "main", "Add", True, id="branch that is named"),
        pytest.param("src/a.py", "release/1/2", "Add", True, id="branch of a pattern"),
        pytest.param("src/a.py", "release/old", "Add", False, id="branch that is taken out again"),
        pytest.param("src/a.py", "feature", "Add", False, id="another branch"),
        pytest.param("docs/a.md", "main", "Add", False, id="paths that are ignored"),
        pytest.param("src/a.py", "main", "Add [skip ci]", False, id="a message that asks for none"),
    ],
)
def test_push_begins_a_run_where_its_filters_say(
    admin, control, repository, head, put, runs, path, branch, message, begins
):
    control("POST", "/commits", {repository: {f"{FOLDER}/ci.yml": CI}})
    if branch != "main":
        body = {"ref": f"refs/heads/{branch}", "sha": head(repository)}
        admin("POST", f"/repos/{repository}/git/refs", body, status=201)
    before = len(runs())
    put(path, "x\n", branch, message)
    assert len(runs()) - before == begins


def test_pull_request_begins_runs_at_its_head(admin, control, repository, head, put, runs):
    control("POST", "/commits", {repository: {f"{FOLDER}/ci.yml": CI}})
    body = {"ref": "refs/heads/feature", "sha": head(repository)}
    admin("POST", f"/repos/{repository}/git/refs", body, status=201)
    first = put("src/a.py", "a = 1\n", "feature")
    assert runs() == []
    pull = {"title": "Add a", "head": "feature", "base": "main"}
    admin("POST", f"/repos/{repository}/pulls", pull, status=201)
    second = put("src/b.py", "b = 1\n", "feature")
    found = runs("?event=pull_request")
    assert [run["head_sha"] for run in found] == [second, first]
    assert {(run["head_branch"], run["display_title"]) for run in found} == {("feature", "Add a")}
    assert found[0]["pull_requests"][0]["number"] == 1


def test_workflows_are_listed_by_file_and_number(admin, repository, release):
    found = admin.get(f"/repos/{repository}/actions/workflows")
    assert [(one["name"], one["path"], one["state"]) for one in found["workflows"]] == [
        ("Release", f"{FOLDER}/release.yml", "active")
    ]
    number = found["workflows"][0]["id"]
    assert admin.get(release) == admin.get(f"/repos/{repository}/actions/workflows/{number}")
    admin("GET", f"/repos/{repository}/actions/workflows/nothing.yml", status=404)


def test_dispatch_begins_a_run_with_its_inputs(admin, release, runs):
    body = {"ref": "main", "inputs": {"version": "1.2"}, "return_run_details": True}
    details = admin("POST", f"{release}/dispatches", body, status=200).json()
    (run,) = runs("?event=workflow_dispatch")
    assert (run["id"], run["url"], run["html_url"]) == tuple(
        details[name] for name in ("workflow_run_id", "run_url", "html_url")
    )
    admin("POST", f"{release}/dispatches", {"ref": "refs/heads/main", "inputs": {"version": "2"}}, status=204)
    assert admin.get(f"{release}/runs")["total_count"] == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param({"ref": "main"}, "Required input 'version' not provided", id="required input missing"),
        pytest.param(
            {"ref": "main", "inputs": {"version": "1", "colour": "red"}},
            'Unexpected inputs provided: ["colour"]',
            id="unknown input",
        ),
        pytest.param(
            {"ref": "main", "inputs": {"version": "1", "level": "huge"}},
            "Provided value 'huge' for input 'level' not in the list of allowed values",
            id="no such choice",
        ),
        pytest.param({"ref": "nope", "inputs": {"version": "1"}}, "No ref found for: nope", id="unknown ref"),
    ],
)
def test_dispatch_that_github_would_refuse_is_refused(admin, release, runs, body, said):
    assert admin("POST", f"{release}/dispatches", body, status=422).json()["message"] == said
    assert runs() == []


def test_dispatch_without_a_ref_is_refused(admin, release):
    admin("POST", f"{release}/dispatches", {}, status=422, mistake=True)


def test_dispatch_needs_the_trigger(admin, repository, ci):
    path = f"/repos/{repository}/actions/workflows/ci.yml/dispatches"
    refused = admin("POST", path, {"ref": "main"}, status=422).json()
    assert refused["message"] == "Workflow does not have 'workflow_dispatch' trigger"


def test_dispatch_needs_the_permission(connect, token_for, organization, release):
    reader = connect(token_for(organization, permissions={"actions": "read"})["token"])
    reader("POST", f"{release}/dispatches", {"ref": "main", "inputs": {"version": "1"}}, status=403)


def test_disabled_workflow_is_not_started(admin, repository, release, put, runs, ci):
    admin("PUT", f"{release}/disable", status=204)
    admin("PUT", f"/repos/{repository}/actions/workflows/ci.yml/disable", status=204)
    refused = admin("POST", f"{release}/dispatches", {"ref": "main", "inputs": {"version": "1"}}, status=422)
    assert "disabled" in refused.json()["message"]
    put("src/a.py", "a = 1\n")
    assert [run["head_sha"] for run in runs()] == [ci]
    admin("PUT", f"{release}/enable", status=204)
    admin("POST", f"{release}/dispatches", {"ref": "main", "inputs": {"version": "1"}}, status=204)


def test_repository_dispatch_begins_what_listens_to_its_type(admin, repository, release, runs):
    path = f"/repos/{repository}/dispatches"
    admin("POST", path, {"event_type": "something-else"}, status=204)
    assert runs() == []
    admin("POST", path, {"event_type": "release-me", "client_payload": {"version": "3"}}, status=204)
    assert [(run["event"], run["display_title"]) for run in runs()] == [("repository_dispatch", "release-me")]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="no type"),
        pytest.param({"event_type": "x" * 101}, id="type too long"),
        pytest.param({"event_type": "x", "client_payload": {str(n): n for n in range(11)}}, id="too many fields"),
    ],
)
def test_repository_dispatch_that_github_would_refuse_is_refused(admin, repository, body):
    admin("POST", f"/repos/{repository}/dispatches", body, status=422, mistake=True)


def test_run_is_cancelled_and_run_again(admin, repository, ci, runs):
    path = f"/repos/{repository}/actions/runs/{runs()[0]['id']}"
    admin("POST", f"{path}/rerun", status=403)
    admin("POST", f"{path}/cancel", status=202)
    assert [run["conclusion"] for run in runs("?status=cancelled")] == ["cancelled"]
    admin("POST", f"{path}/cancel", status=409)
    admin("POST", f"{path}/rerun", status=201)
    run = admin.get(path)
    assert (run["status"], run["run_attempt"], run["run_number"]) == ("queued", 2, 1)
    assert [job["run_attempt"] for job in admin.get(f"{path}/jobs")["jobs"]] == [2, 2, 2]
    assert admin.get(f"{path}/jobs?filter=all")["total_count"] == 6


@pytest.mark.parametrize(
    ("query", "count"),
    [
        pytest.param("?branch=main", 1, id="branch"),
        pytest.param("?branch=other", 0, id="another branch"),
        pytest.param("?event=push&status=queued&actor=Admin", 1, id="event, status and actor"),
        pytest.param("?event=schedule", 0, id="another event"),
    ],
)
def test_runs_are_filtered(ci, runs, query, count):
    assert len(runs(query)) == count


def test_workflow_that_cannot_be_read_fails_and_says_why(admin, repository, put, runs):
    put(f"{FOLDER}/broken.yml", "on: push\njobs: {}\n")
    (run,) = runs()
    assert (run["name"], run["conclusion"]) == (f"{FOLDER}/broken.yml", "failure")
    check = admin.get(f"/repos/{repository}/commits/main/check-runs")["check_runs"][0]
    (note,) = admin.get(f"/repos/{repository}/check-runs/{check['id']}/annotations")
    assert note["message"] == f"{FOLDER}/broken.yml: no jobs defined in `jobs`"


def test_fork_runs_nothing(admin, connect, control, organization, repository, ci):
    member = {"login": f"eve-{organization}", "organization": organization}
    eve = connect(control("POST", "/users", member).json()["token"])
    fork = eve("POST", f"/repos/{repository}/forks", {}, status=202).json()["full_name"]
    body = {"message": "Add", "content": "eA==", "branch": "main"}
    eve("PUT", f"/repos/{fork}/contents/src/x.py", body, status=201)
    assert eve.get(f"/repos/{fork}/actions/runs")["total_count"] == 0
    assert [one["path"] for one in eve.get(f"/repos/{fork}/actions/workflows")["workflows"]] == [f"{FOLDER}/ci.yml"]


@pytest.fixture
def heard(app, control, sandbox):
    """The App hears of runs; what it was sent is listed, oldest first."""
    before = app.get("/app")["events"]
    more = ["workflow_run", "workflow_dispatch", "repository_dispatch"]
    control("POST", "/app", {"events": before + more, "webhook_url": "http://127.0.0.1:9/nobody"})
    control("POST", "/deliveries/settle", {"seconds": 60})
    last = max([one["id"] for one in control("GET", "/deliveries").json()["deliveries"]], default=0)

    def listed(*events):
        control("POST", "/deliveries/settle", {"seconds": 60})
        found = control("GET", "/deliveries").json()["deliveries"][::-1]
        return [f"{one['event']}.{one['action']}" for one in found if one["id"] > last and one["event"] in events]

    yield listed
    control("POST", "/app", {"events": before})


def test_run_is_told_of_from_its_request_to_its_end(control, heard, put, runs):
    put(f"{FOLDER}/ci.yml", CI.replace("name: CI", "name: Told"))
    control("POST", f"/runs/{runs()[0]['id']}", {"status": "in_progress"})
    control("POST", f"/runs/{runs()[0]['id']}", {"conclusion": "success"})
    assert heard("push", "workflow_run") == [
        "push.None",
        "workflow_run.requested",
        "workflow_run.in_progress",
        "workflow_run.completed",
    ]
    assert heard("check_suite", "check_run")[-4:] == [
        "check_run.completed",
        "check_run.completed",
        "check_run.completed",
        "check_suite.completed",
    ]


def test_app_hears_of_dispatches(admin, heard, repository, release):
    admin("POST", f"{release}/dispatches", {"ref": "main", "inputs": {"version": "1"}}, status=204)
    admin("POST", f"/repos/{repository}/dispatches", {"event_type": "release-me"}, status=204)
    assert heard("workflow_dispatch", "repository_dispatch") == [
        "workflow_dispatch.None",
        "repository_dispatch.release-me",
    ]


@pytest.mark.parametrize(
    ("asked", "is_held"),
    [
        pytest.param(">=2026-01-02", True, id="since a day"),
        pytest.param(">2026-01-02", False, id="after a day"),
        pytest.param("<2026-01-02T11:00:00Z", True, id="before a time"),
        pytest.param("<=2026-01-01", False, id="until a day"),
        pytest.param("2026-01-01..2026-01-02", True, id="two days"),
        pytest.param("*..2026-01-01", False, id="anything until a day"),
        pytest.param("2026-01-02", True, id="that day"),
        pytest.param("2026-01-02T12:30:00+02:00", True, id="that second, elsewhere"),
    ],
)
def test_created_is_compared_as_in_a_search(asked, is_held):
    assert is_within("2026-01-02T10:30:00Z", asked) is is_held


@pytest.mark.parametrize(
    ("patterns", "name", "held"),
    [
        pytest.param(["*"], "main", True, id="star"),
        pytest.param(["*"], "a/b", False, id="star stops at a slash"),
        pytest.param(["releases/**"], "releases/1/2", True, id="two stars do not"),
        pytest.param(["**/docs/**"], "docs/a.md", True, id="two stars and a slash may be nothing"),
        pytest.param(["v[12].[0-9]+"], "v1.10", True, id="set and plus"),
        pytest.param(["v1?"], "v", True, id="question mark: the letter before it or none"),
        pytest.param(["**", "!main"], "main", False, id="exclamation mark takes out"),
        pytest.param(["!main", "**"], "main", True, id="the last that matches decides"),
        pytest.param(["*.js"], "a.js", True, id="dot is a dot"),
        pytest.param(["*.js"], "ajs", False, id="and nothing else"),
        pytest.param(["[z-a]"], "[z-a]", True, id="a set that is none"),
    ],
)
def test_filter_patterns_are_githubs(patterns, name, held):
    assert matches(patterns, name) is held


def jobs_of(matrix, name=""):
    job = f"on: push\njobs:\n  test:\n    runs-on: [self-hosted, linux]\n{name}    strategy:\n      matrix:\n"
    return [one.name for one in parse("ci.yml", (job + textwrap.indent(matrix, " " * 8)).encode()).jobs]


@pytest.mark.parametrize(
    ("matrix", "names"),
    [
        pytest.param("a: [1, 2]\nb: [x]\n", ["test (1, x)", "test (2, x)"], id="product"),
        pytest.param("a: [1, 2]\nexclude: [{a: 1}]\n", ["test (2)"], id="exclude"),
        pytest.param("a: [1, 2]\ninclude: [{a: 1, b: y}]\n", ["test (1, y)", "test (2)"], id="include into one"),
        pytest.param("a: [1]\ninclude: [{a: 3}]\n", ["test (1)", "test (3)"], id="include one more"),
        pytest.param("include: [{a: 1}, {a: 2}]\n", ["test (1)", "test (2)"], id="include alone"),
        pytest.param("a: ${{ fromJSON(vars.LIST) }}\n", ["test"], id="an expression"),
    ],
)
def test_matrix_is_written_out(matrix, names):
    assert jobs_of(matrix) == names


def test_job_may_be_named_by_its_matrix():
    assert jobs_of("a: [1, 2]\n", "    name: Test ${{ matrix.a }}\n") == ["Test 1", "Test 2"]


GUARDED = """
on: {push: {}, schedule: [{cron: "7 * * * *"}], issues: {types: [opened]}}
permissions: {contents: read}
concurrency: {group: "one-${{ github.event.issue.number || github.ref_name }}", cancel-in-progress: "CANCELS"}
jobs:
  look: {runs-on: ubuntu-latest, steps: [{run: ls}]}
  talk: {runs-on: ubuntu-latest, permissions: {issues: write, id-token: write}, steps: [{run: ls}]}
"""


@pytest.mark.parametrize(
    ("changes", "permissions"),
    [
        pytest.param([], {"metadata": "read", "contents": "read", "issues": "write"}, id="jobs together"),
        pytest.param([("issues: write", "issues: none")], {"metadata": "read", "contents": "read"}, id="none"),
        pytest.param(
            [("permissions: {contents: read}", "permissions: {}"), ("{issues: write, id-token: write}", "{}")],
            {"metadata": "read"},
            id="nothing",
        ),
        pytest.param([("permissions: {contents: read}", "")], None, id="one job with the default"),
        pytest.param(
            [("permissions: {contents: read}", "permissions: [contents]")],
            {"metadata": "read", "issues": "write"},
            id="what GitHub would refuse",
        ),
    ],
)
def test_token_of_a_run_may_do_what_its_jobs_ask_for(changes, permissions):
    text = GUARDED
    for old, new in changes:
        text = text.replace(old, new)
    assert parse(".github/workflows/a.yml", text.encode()).permissions == permissions


@pytest.mark.parametrize(
    ("cancels", "conclusions"),
    [
        pytest.param("false", [None, "cancelled", None], id="the newest takes the place of the one that waits"),
        pytest.param(
            "${{ github.event_name == 'push' }}", ["cancelled", "cancelled", None], id="the newest cancels all"
        ),
    ],
)
def test_runs_of_a_group_exclude_each_other(repository, put, runs, cancels, conclusions):
    put(".github/workflows/guarded.yml", GUARDED.replace("CANCELS", cancels))
    for number in range(2):
        put(f"{number}.txt", "x")
    found = [run for run in runs() if run["path"].endswith("guarded.yml")]
    assert [run["conclusion"] for run in reversed(found)] == conclusions


def test_runs_of_other_groups_are_left_alone(admin, repository, put, runs):
    put(".github/workflows/guarded.yml", GUARDED.replace("CANCELS", "true"))
    for number in range(2):
        admin("POST", f"/repos/{repository}/issues", {"title": f"Issue {number}"}, status=201)
    found = [run for run in runs() if run["event"] == "issues"]
    assert [run["conclusion"] for run in found] == [None, None]


def test_scheduled_workflow_runs_when_its_hour_is_called(control, repository, put, runs):
    put(".github/workflows/guarded.yml", GUARDED.replace("CANCELS", "false"))
    order = {"repository": repository, "workflow": "guarded.yml"}
    assert control("POST", "/runs/schedule", order).status_code == 201
    assert "schedule" in [run["event"] for run in runs()]


def test_workflow_without_a_schedule_has_no_hour(control, repository, put, runs):
    put(".github/workflows/ci.yml", CI)
    answer = control("POST", "/runs/schedule", {"repository": repository, "workflow": "ci.yml"})
    assert (answer.status_code, "schedule" in [run["event"] for run in runs()]) == (422, False)
