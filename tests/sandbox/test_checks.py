"""Check runs, check suites and commit statuses."""

from __future__ import annotations

import pytest


def run_of(client, repository, sha, **fields):
    return client(
        "POST", f"/repos/{repository}/check-runs", {"name": "waypost", "head_sha": sha, **fields}, status=201
    ).json()


def annotations(count):
    one = {"path": "README.md", "start_line": 1, "end_line": 1, "annotation_level": "warning", "message": "m"}
    return [{**one, "title": f"number {number}"} for number in range(count)]


def output(count=0):
    return {"title": "Two problems", "summary": "spec.owner: no team", "annotations": annotations(count)}


def test_run_goes_from_queued_to_its_conclusion(installation, repository, head):
    run = run_of(installation, repository, head(repository))
    assert (run["status"], run["conclusion"], run["app"]["slug"]) == ("queued", None, "waypost")
    path = f"/repos/{repository}/check-runs/{run['id']}"
    assert installation("PATCH", path, {"status": "in_progress"}, status=200).json()["status"] == "in_progress"
    done = installation("PATCH", path, {"conclusion": "failure", "output": output(2)}, status=200).json()
    assert (done["status"], done["conclusion"], done["output"]["annotations_count"]) == ("completed", "failure", 2)
    assert done["completed_at"]
    suite = installation.get(f"/repos/{repository}/check-suites/{run['check_suite']['id']}")
    assert (suite["status"], suite["conclusion"], suite["head_branch"]) == ("completed", "failure", "main")


def test_annotations_come_fifty_at_a_time_and_add_up(installation, repository, head):
    run = run_of(installation, repository, head(repository), output=output(50))
    path = f"/repos/{repository}/check-runs/{run['id']}"
    refused = installation("PATCH", path, {"output": output(51)}, status=422, mistake=True).json()
    assert "No more than 50 items are allowed; 51 were supplied." in refused["message"]
    changed = installation("PATCH", path, {"output": output(10)}, status=200).json()
    assert changed["output"]["annotations_count"] == 60
    assert len(installation.get(f"{path}/annotations?per_page=100")) == 60


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"status": "completed"}, id="completed without a conclusion"),
        pytest.param({"conclusion": "great"}, id="unknown conclusion"),
        pytest.param({"status": "done"}, id="unknown status"),
        pytest.param({"output": {"title": "x"}}, id="output without a summary"),
        pytest.param({"output": {"title": "x", "summary": "x" * 65_536}}, id="summary too long"),
        pytest.param({"head_sha": "0" * 40}, id="unknown commit"),
        pytest.param(
            {"output": {"title": "x", "summary": "x", "annotations": [{"path": "a"}]}}, id="half an annotation"
        ),
    ],
)
def test_run_that_github_would_refuse_is_refused(installation, repository, head, fields):
    body = {"name": "waypost", "head_sha": head(repository), **fields}
    installation("POST", f"/repos/{repository}/check-runs", body, status=422, mistake=True)


def test_only_apps_write_runs(admin, installation, repository, head):
    body = {"name": "x", "head_sha": head(repository)}
    refused = admin("POST", f"/repos/{repository}/check-runs", body, status=403).json()
    assert refused["message"] == "You must authenticate via a GitHub App."
    assert admin.get(f"/repos/{repository}/commits/main/check-runs")["total_count"] == 0


def test_app_needs_the_permission(connect, token_for, organization, repository, head):
    reader = connect(token_for(organization, permissions={"checks": "read"})["token"])
    reader("POST", f"/repos/{repository}/check-runs", {"name": "x", "head_sha": head(repository)}, status=403)
    reader("GET", f"/repos/{repository}/commits/main/check-runs", status=200)


def test_newest_run_of_a_name_is_listed(installation, repository, head):
    first = run_of(installation, repository, head(repository), conclusion="failure")
    second = run_of(installation, repository, head(repository), conclusion="success")
    other = run_of(installation, repository, head(repository), name="other")
    listed = installation.get(f"/repos/{repository}/commits/main/check-runs")
    assert [run["id"] for run in listed["check_runs"]] == [other["id"], second["id"]]
    named = installation.get(f"/repos/{repository}/commits/main/check-runs?check_name=waypost&filter=all")
    assert [run["id"] for run in named["check_runs"]] == [second["id"], first["id"]]
    suites = installation.get(f"/repos/{repository}/commits/main/check-suites")
    assert suites["total_count"] == 1
    runs = installation.get(f"/repos/{repository}/check-suites/{suites['check_suites'][0]['id']}/check-runs")
    assert runs["total_count"] == 2


def test_run_can_be_asked_for_again(installation, repository, head):
    run = run_of(installation, repository, head(repository), conclusion="failure")
    installation("POST", f"/repos/{repository}/check-runs/{run['id']}/rerequest", status=201)
    installation("POST", f"/repos/{repository}/check-suites/{run['check_suite']['id']}/rerequest", status=201)
    installation("GET", f"/repos/{repository}/check-runs/{run['id'] + 1000}", status=404)


def test_combined_status_is_the_worst_of_the_newest(admin, repository, head):
    sha = head(repository)
    assert admin.get(f"/repos/{repository}/commits/main/status")["state"] == "pending"
    path = f"/repos/{repository}/statuses/{sha}"
    for context, state in [("build", "failure"), ("lint", "success"), ("build", "success")]:
        admin("POST", path, {"state": state, "context": context, "target_url": "https://ci.example/1"}, status=201)
    combined = admin.get(f"/repos/{repository}/commits/main/status")
    assert (combined["state"], combined["total_count"]) == ("success", 2)
    assert [one["state"] for one in admin.get(f"/repos/{repository}/commits/{sha}/statuses")] == [
        "success",
        "success",
        "failure",
    ]
    admin("POST", path, {"state": "error", "context": "lint"}, status=201)
    assert admin.get(f"/repos/{repository}/commits/main/status")["state"] == "failure"


def test_status_that_github_would_refuse_is_refused(admin, repository, head):
    path = f"/repos/{repository}/statuses/{head(repository)}"
    admin("POST", path, {"state": "fine"}, status=422, mistake=True)
    admin("POST", path, {"state": "success", "description": "x" * 141}, status=422)
    admin("POST", f"/repos/{repository}/statuses/{'0' * 40}", {"state": "success"}, status=422)
