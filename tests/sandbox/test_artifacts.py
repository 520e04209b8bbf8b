"""What runs upload: listed by name, downloaded from elsewhere without a token, gone after its time."""

from __future__ import annotations

import base64
import io
import zipfile

import pytest

WORKFLOW = """
name: Documentation
on: {push: {branches: [main]}, pull_request: {}}
jobs:
  build: {runs-on: ubuntu-latest, steps: [{run: make}]}
"""


@pytest.fixture
def run(admin, control, repository):
    """A run on main."""
    body = {"message": "Document", "content": base64.b64encode(WORKFLOW.encode()).decode(), "branch": "main"}
    admin("PUT", f"/repos/{repository}/contents/.github/workflows/docs.yml", body, status=201)
    (found,) = admin.get(f"/repos/{repository}/actions/runs")["workflow_runs"]
    return found


@pytest.fixture
def upload(control, run):
    """Upload from that run, as the stand-in of actions/upload-artifact does; give the number."""

    def send(name="waypost-docs", files=None, **more):
        made = control("POST", "/artifacts", {"run": run["id"], "name": name, "files": files or {"a.txt": "a"}, **more})
        assert made.status_code == 201, made.text
        return made.json()["id"]

    return send


@pytest.fixture
def ask(admin, repository):
    return lambda path="", **options: admin("GET", f"/repos/{repository}/actions/artifacts{path}", **options)


def test_an_artifact_says_which_run_it_is_of(ask, upload, run, repository, admin):
    number = upload()
    shown = ask(f"/{number}").json()
    here = admin.get(f"/repos/{repository}")["id"]
    assert shown["workflow_run"] == {
        "id": run["id"],
        "repository_id": here,
        "head_repository_id": here,
        "head_branch": "main",
        "head_sha": run["head_sha"],
    }
    assert (shown["name"], shown["expired"]) == ("waypost-docs", False)
    assert shown["archive_download_url"].endswith(f"/actions/artifacts/{number}/zip")


def test_a_listing_is_newest_first_and_by_exact_name(ask, upload):
    first, other = upload(), upload("waypost-docs-preview")
    assert [one["id"] for one in ask().json()["artifacts"]] == [other, first]
    assert [one["id"] for one in ask("?name=waypost-docs").json()["artifacts"]] == [first]
    assert ask("?name=waypost").json() == {"total_count": 0, "artifacts": []}


def test_a_run_lists_its_own(admin, repository, run, upload):
    number = upload()
    (shown,) = admin.get(f"/repos/{repository}/actions/runs/{run['id']}/artifacts")["artifacts"]
    assert shown["id"] == number
    assert run["artifacts_url"].endswith(f"/repos/{repository}/actions/runs/{run['id']}/artifacts")


def test_the_archive_is_elsewhere_and_opens_without_a_token(ask, upload, connect, sandbox):
    led = ask(f"/{upload(files={'index.html': 'hello'})}/zip", status=302).headers["Location"]
    place = led.removeprefix(sandbox.url)
    data = connect()("GET", place, status=200).content
    assert zipfile.ZipFile(io.BytesIO(data)).read("index.html") == b"hello"


def test_whoever_shows_the_storage_a_token_is_refused(ask, upload, admin, sandbox):
    led = ask(f"/{upload()}/zip", status=302).headers["Location"]
    admin("GET", led.removeprefix(sandbox.url), status=400)


@pytest.mark.parametrize(
    "bend", [lambda led: led[:-1], lambda led: led.replace("until=", "until=9")], ids=["cut", "later"]
)
def test_only_the_signed_address_opens(ask, upload, connect, sandbox, bend):
    led = ask(f"/{upload()}/zip", status=302).headers["Location"]
    connect()("GET", bend(led.removeprefix(sandbox.url)), status=403)


def test_an_expired_artifact_is_shown_and_not_led_to(ask, upload, control):
    number = upload()
    control("POST", f"/artifacts/{number}", {"expires_in": 0})
    assert ask(f"/{number}").json()["expired"] is True
    ask(f"/{number}/zip", status=410)


def test_a_deleted_artifact_is_gone(admin, repository, ask, upload):
    number = upload()
    admin("DELETE", f"/repos/{repository}/actions/artifacts/{number}", status=204)
    ask(f"/{number}", status=404)


def test_a_name_is_taken_once_in_a_run(control, run, upload):
    number = upload()
    again = {"run": run["id"], "name": "waypost-docs", "files": {}}
    assert control("POST", "/artifacts", again).status_code == 409
    assert upload(overwrite=True) > number


def test_reading_needs_the_permission(connect, token_for, organization, repository, upload):
    path = f"/repos/{repository}/actions/artifacts/{upload()}"
    for permission, status in (("actions", 200), ("contents", 403)):
        token = token_for(organization, permissions={permission: "read"})["token"]
        connect(token)("GET", path, status=status)
