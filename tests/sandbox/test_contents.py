"""Files by path: what PUT, GET and DELETE of contents promise."""

import base64

import pytest


def encoded(text):
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def put(admin, repository):
    def write(path, text, status, **more):
        body = {"message": f"Write {path}", "content": encoded(text), **more}
        return admin("PUT", f"/repos/{repository}/contents/{path}", body, status=status).json()

    return write


def test_file_is_created_changed_and_read_back(admin, repository, put):
    made = put("docs/a b.md", "one", 201)
    assert made["commit"]["message"] == "Write docs/a b.md"
    changed = put("docs/a b.md", "two", 200, sha=made["content"]["sha"])
    assert changed["commit"]["parents"][0]["sha"] == made["commit"]["sha"]
    shown = admin.get(f"/repos/{repository}/contents/docs/a%20b.md")
    assert base64.b64decode(shown["content"]) == b"two"
    assert (shown["type"], shown["size"], shown["encoding"]) == ("file", 3, "base64")
    old = admin.get(f"/repos/{repository}/contents/docs/a%20b.md?ref={made['commit']['sha']}")
    assert base64.b64decode(old["content"]) == b"one"


def test_known_file_needs_its_sha(put):
    refused = put("README.md", "new", 422)
    assert refused["message"] == 'Invalid request.\n\n"sha" wasn\'t supplied.'


@pytest.mark.parametrize("sha", ["deadbeef", "0" * 40, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"])
def test_stale_sha_is_a_conflict(put, sha):
    assert put("README.md", "new", 409, sha=sha)["message"] == f"README.md does not match {sha}"


def test_sha_is_ignored_for_a_new_path(put):
    put("new.txt", "x", 201, sha="0" * 40)


def test_unknown_branch_is_404_even_with_a_wrong_sha(put):
    assert put("README.md", "x", 404, branch="nowhere", sha="0" * 40)["message"] == "Branch nowhere not found"


@pytest.mark.parametrize("path", ["a/../b", ".git/config", "a//b"])
def test_malformed_paths_are_refused(put, path):
    put(path.replace("..", "%2E%2E"), "x", 422)


def test_content_must_be_base64(admin, repository):
    body = {"message": "m", "content": "###"}
    answer = admin("PUT", f"/repos/{repository}/contents/x", body, status=422)
    assert answer.json()["message"] == "content is not valid Base64"


def test_file_is_deleted_with_its_sha_only(admin, repository):
    path = f"/repos/{repository}/contents/README.md"
    sha = admin.get(path)["sha"]
    admin("DELETE", path, {"message": "Remove", "sha": "0" * 40}, status=409)
    admin("DELETE", path, {"message": "Remove", "sha": sha}, status=200)
    admin.get(path, status=404)


def test_folder_is_listed_with_links(admin, repository):
    listed = admin.get(f"/repos/{repository}/contents/")
    assert [(one["name"], one["type"]) for one in listed] == [
        ("README.md", "file"),
        ("catalog-info.yaml", "file"),
        ("src", "dir"),
    ]
    assert admin("GET", listed[2]["url"].removeprefix(admin.sandbox.url), status=200).json()[0]["path"] == "src/pay.py"


def test_media_types_change_the_form(admin, repository):
    path = f"/repos/{repository}/contents/README.md"
    raw = admin("GET", path, headers={"Accept": "application/vnd.github.raw+json"}, status=200)
    assert raw.text == "# Pay\n"
    html = admin("GET", path, headers={"Accept": "application/vnd.github.html"}, status=200)
    assert "<h1>Pay</h1>" in html.text
    folder = admin.get(f"/repos/{repository}/contents/", headers={"Accept": "application/vnd.github.object"})
    assert folder["type"] == "dir"
    assert len(folder["entries"]) == 3


def test_unknown_accept_is_415(admin, repository):
    admin("GET", f"/repos/{repository}", headers={"Accept": "application/xml"}, status=415)


def test_link_to_a_file_is_answered_with_the_file(admin, control, organization):
    files = {
        "real.md": "hello",
        "docs/link.md": {"content": "../real.md", "mode": "120000"},
        "dangling": {"content": "/etc/passwd", "mode": "120000"},
    }
    control("POST", "/seed", {organization: {"links": {"files": files}}})
    base = f"/repos/{organization}/links/contents"
    shown = admin.get(f"{base}/docs/link.md")
    assert (shown["type"], base64.b64decode(shown["content"])) == ("file", b"hello")
    assert {one["name"]: one["type"] for one in admin.get(f"{base}/docs")} == {"link.md": "symlink"}
    dangling = admin.get(f"{base}/dangling")
    assert (dangling["type"], dangling["target"]) == ("symlink", "/etc/passwd")


def test_large_file_is_not_sent_inline(admin, control, organization):
    control("POST", "/seed", {organization: {"large": {"files": {"big.txt": "x" * (1024 * 1024 + 1)}}}})
    path = f"/repos/{organization}/large/contents/big.txt"
    shown = admin.get(path)
    assert (shown["encoding"], shown["content"], shown["size"]) == ("none", "", 1024 * 1024 + 1)
    raw = admin("GET", path, headers={"Accept": "application/vnd.github.raw"}, status=200)
    assert len(raw.content) == 1024 * 1024 + 1


def test_empty_repository_takes_its_first_file(admin, organization):
    admin("POST", f"/orgs/{organization}/repos", {"name": "empty", "private": True}, status=201)
    base = f"/repos/{organization}/empty"
    assert admin.get(f"{base}/contents/", status=404)["message"] == "This repository is empty."
    assert admin.get(f"{base}/commits", status=409)["message"] == "Git Repository is empty."
    body = {"message": "First", "content": encoded("hi")}
    made = admin("PUT", f"{base}/contents/README.md", body, status=201).json()
    assert made["commit"]["parents"] == []
    assert admin.get(f"{base}/readme")["path"] == "README.md"


def test_commit_by_the_app_is_verified(installation, repository):
    body = {"message": "By the bot", "content": ""}
    made = installation("PUT", f"/repos/{repository}/contents/bot", body, status=201).json()["commit"]
    assert made["verification"]["verified"] is True
    assert made["author"]["name"] == "waypost[bot]"
    listed = installation.get(f"/repos/{repository}/commits")[0]
    assert listed["author"]["type"] == "Bot"


def test_archived_repository_is_read_only(admin, repository, put):
    admin("PATCH", f"/repos/{repository}", {"archived": True}, status=200)
    assert put("x", "x", 403)["message"] == "Repository was archived so is read-only."
    admin.get(f"/repos/{repository}/contents/README.md")
