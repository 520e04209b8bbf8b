"""Fine-grained personal tokens: they do what both the token and its person may, for one owner's things alone."""

from __future__ import annotations

import pytest

DENIED = "Resource not accessible by personal access token"
FILE = {"message": "x", "content": "eA=="}


@pytest.fixture
def token(control, connect, organization):
    """A person of the organisation and a token of theirs with these permissions."""

    def make(role="admin", owner=organization, **permissions):
        login = f"{organization}-{role}"
        control("POST", "/users", {"login": login, "organization": organization, "role": role})
        asked = {"login": login, "owner": owner, "permissions": permissions}
        return connect(control("POST", "/tokens", asked).json()["token"])

    return make


def test_a_token_that_reads_cannot_write(token, repository):
    reader = token(contents="read")
    assert reader.get(f"/repos/{repository}")["name"] == "pay"
    reader.get(f"/repos/{repository}/contents/README.md")
    answer = reader("PUT", f"/repos/{repository}/contents/x", FILE, status=403)
    assert answer.json()["message"] == DENIED
    assert answer.headers["X-Accepted-GitHub-Permissions"] == "contents=write"
    assert "X-OAuth-Scopes" not in answer.headers


def test_a_token_that_writes_can(token, repository):
    token(contents="write")("PUT", f"/repos/{repository}/contents/x", FILE, status=201)


def test_a_token_gives_nobody_more_than_they_have(token, repository):
    member = token(role="member", contents="write")
    member("PUT", f"/repos/{repository}/contents/x", FILE, status=403)


def test_members_are_read_with_that_permission_only(token, organization):
    token(contents="read")("GET", f"/orgs/{organization}/teams", status=403)
    token(members="read")("GET", f"/orgs/{organization}/teams", status=200)


def test_a_token_reaches_what_its_owner_owns(token, control, organization):
    control("POST", "/seed", {f"{organization}-other": {"plan": {"files": {"a": "b"}}}})
    other = token(owner=f"{organization}-other", contents="read")
    assert [one["name"] for one in other.get(f"/orgs/{organization}/repos")] == []
    other("GET", f"/repos/{organization}/pay", status=404)


def test_a_repository_is_made_with_administration_only(token, organization):
    made = {"name": "new", "private": True}
    assert token(contents="write")("POST", f"/orgs/{organization}/repos", made, status=403).json()["message"] == DENIED
    token(administration="write")("POST", f"/orgs/{organization}/repos", made, status=201)


@pytest.mark.parametrize(
    ("granted", "is_taken"), [({}, False), ({"workflows": "write"}, True)], ids=["without", "with"]
)
def test_workflow_files_need_their_permission(token, clone, git, repository, granted, is_taken):
    text = token(contents="write", **granted).session.headers["Authorization"].partition(" ")[2]
    folder = clone(repository, text)
    (folder / ".github/workflows").mkdir(parents=True)
    (folder / ".github/workflows/ci.yml").write_text("on: push\n")
    git("add", "--all", folder=folder)
    git("commit", "--quiet", "--message", "Add a pipeline", folder=folder)
    assert (git("push", "--quiet", folder=folder, ok=False).returncode == 0) is is_taken
