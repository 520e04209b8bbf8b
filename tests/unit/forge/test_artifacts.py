"""What runs left behind: alike in memory and on GitHub, and a download that takes no token and no surprise along."""

from __future__ import annotations

import io
import zipfile

import pytest
import responses

from unit.forge.worlds import SandboxWorld
from waypost.forge.artifacts import Artifact
from waypost.forge.download import download
from waypost.forge.protocol import ForgeError, NotAllowed, NotFound, TooBig, Unavailable

WORKFLOW = """
name: Documentation
on: push
jobs:
  build: {runs-on: ubuntu-latest, steps: [{run: make}]}
"""
PLACE = "https://storage.example/archive.zip?signature=secret"


@pytest.fixture
def name(world):
    world.create("payments", {".github/workflows/docs.yml": "on: push\n"})
    return f"{world.org}/payments"


def names(data):
    return zipfile.ZipFile(io.BytesIO(data)).namelist()


def test_artifacts_of_a_name_come_newest_first_and_say_of_which_commit(world, name):
    before = world.push("payments", {".github/workflows/docs.yml": WORKFLOW})
    first, _ = (world.upload("payments", kind) for kind in ("waypost-docs", "other"))
    head = world.push("payments", {"README.md": "More."})
    third = world.upload("payments", "waypost-docs")
    found = world.forge.artifacts().named(name, "waypost-docs")
    assert [one.id for one in found] == [third, first]
    assert [(one.branch, one.commit) for one in found] == [("main", head), ("main", before)]
    assert not any(one.is_from_fork or one.is_expired for one in found)


def test_no_artifact_is_no_error(world, name):
    assert list(world.forge.artifacts().named(name, "waypost-docs")) == []


def test_a_run_says_what_began_it_and_the_date_of_its_commit(world, name):
    head = world.push("payments", {".github/workflows/docs.yml": WORKFLOW})
    world.upload("payments", "waypost-docs")
    (found,) = world.forge.artifacts().named(name, "waypost-docs")
    run = world.forge.artifacts().run(name, found.run_id)
    assert (run.event, run.branch, run.commit, run.is_from_fork) == ("push", "main", head, False)
    assert run.committed[:2] == "20"
    assert "T" in run.committed


@pytest.mark.slow
def test_a_commit_is_on_a_branch_or_not(sandbox, tmp_path):
    world = SandboxWorld(sandbox, tmp_path)
    world.create("payments", {"README.md": "One."})
    name = f"{world.org}/payments"
    first = world.look(f"/repos/{name}/commits/main")["sha"]
    beside = world.push("payments", {"README.md": "Beside."}, "topic")
    second = world.push("payments", {"README.md": "Two."})
    artifacts = world.forge.artifacts()
    assert [artifacts.is_on_branch(name, "main", commit) for commit in (first, second)] == [True, True]
    assert not artifacts.is_on_branch(name, "main", beside)
    assert not artifacts.is_on_branch(name, "main", "0" * 40)


def test_an_archive_is_downloaded_within_its_limit(world, name):
    world.push("payments", {".github/workflows/docs.yml": WORKFLOW})
    world.upload("payments", "waypost-docs", {"index.html": "x" * 1000})
    artifacts = world.forge.artifacts()
    (found,) = artifacts.named(name, "waypost-docs")
    data = artifacts.download(name, found, found.size)
    assert names(data) == ["index.html"]
    with pytest.raises(TooBig, match="more than"):
        artifacts.download(name, found, found.size - 1)


def test_what_expired_is_not_found(world, name):
    world.push("payments", {".github/workflows/docs.yml": WORKFLOW})
    number = world.upload("payments", "waypost-docs")
    world.expire("payments", number)
    artifacts = world.forge.artifacts()
    (found,) = artifacts.named(name, "waypost-docs")
    assert found.is_expired
    with pytest.raises(NotFound):
        artifacts.download(name, found, 10**6)


def test_a_listing_that_has_not_changed_costs_nothing(world, name):
    world.push("payments", {".github/workflows/docs.yml": WORKFLOW})
    world.upload("payments", "waypost-docs")
    artifacts = world.forge.artifacts()
    artifacts.named(name, "waypost-docs")
    before = dict(world.forge.calls())
    artifacts.named(name, "waypost-docs")
    after = dict(world.forge.calls())
    assert after["core", "charged"] == before["core", "charged"]
    assert after["core", "free"] == before.get(("core", "free"), 0) + 1


def test_nothing_of_a_repository_that_is_not_there_is_read(world):
    with pytest.raises(NotFound):
        world.forge.artifacts().named(f"{world.org}/nowhere", "waypost-docs")


@responses.activate
def test_a_download_is_signed_by_nobody(tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine storage.example login ana password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    responses.get(PLACE, body=b"zip")
    assert download(PLACE, 10, "downloading") == b"zip"
    assert "Authorization" not in responses.calls[0].request.headers


@responses.activate
def test_a_download_leads_nowhere_else():
    responses.get(PLACE, status=302, headers={"Location": "http://169.254.169.254/"})
    with pytest.raises(ForgeError, match=r"storage\.example answered 302"):
        download(PLACE, 10, "downloading")
    assert len(responses.calls) == 1


@pytest.mark.parametrize("place", ["http://storage.example/x", "file:///etc/passwd", "//storage.example/x", "x"])
def test_only_https_is_followed(place):
    with pytest.raises(ForgeError, match="without https"):
        download(place, 10, "downloading")


@responses.activate
@pytest.mark.parametrize(("status", "kind"), [(403, ForgeError), (429, Unavailable), (500, Unavailable)])
def test_no_error_shows_the_address_that_opens_by_itself(status, kind):
    responses.get(PLACE, status=status)
    with pytest.raises(kind) as caught:
        download(PLACE, 10, "downloading artifact 7 of acme/pay")
    assert type(caught.value) is kind
    assert "secret" not in str(caught.value)
    assert str(caught.value).startswith("downloading artifact 7 of acme/pay")


@responses.activate
def test_a_host_that_cannot_be_reached_is_named_without_its_address():
    with pytest.raises(Unavailable) as caught:
        download(PLACE, 10, "downloading")
    assert "secret" not in str(caught.value)
    assert "storage.example" in str(caught.value)


@responses.activate
def test_a_body_ends_at_the_limit_whatever_its_head_said():
    responses.get(PLACE, body=b"x" * 200_000, headers={"Content-Length": "3"}, auto_calculate_content_length=False)
    with pytest.raises(TooBig):
        download(PLACE, 100_000, "downloading")


@pytest.mark.slow
def test_the_permission_that_is_missing_is_named(sandbox, tmp_path):
    world = SandboxWorld(sandbox, tmp_path)
    world.create("payments", {})
    world.grant(contents="read", metadata="read")
    with pytest.raises(NotAllowed, match="has not granted actions: read"):
        world.forge.artifacts().named(f"{world.org}/payments", "waypost-docs")


@pytest.mark.slow
def test_a_workflow_reads_them_with_the_token_for_the_organisation(sandbox, tmp_path):
    world = SandboxWorld(sandbox, tmp_path)
    world.create("payments", {".github/workflows/docs.yml": WORKFLOW})
    number, name = world.upload("payments", "waypost-docs"), f"{world.org}/payments"
    artifacts = world.in_workflow().artifacts()
    (found,) = artifacts.named(name, "waypost-docs")
    assert found.id == number
    assert names(artifacts.download(name, found, 10**6)) == ["index.html"]


def test_numbers_order_artifacts():
    older, newer = (Artifact(number, "x", 1, False, 1, "main", "c", False) for number in (9, 10))
    assert max(older, newer) is newer
