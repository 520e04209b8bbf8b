"""Blobs, trees, commits and refs, as git itself would see them."""

import pytest


@pytest.fixture
def base(repository):
    return f"/repos/{repository}/git"


@pytest.fixture
def commit(admin, base):
    """Make a commit with one more file, moving nothing."""

    def make(parent, path="new.txt", text="new"):
        old = admin.get(f"{base}/commits/{parent}")["tree"]["sha"]
        entry = {"path": path, "mode": "100644", "type": "blob", "content": text}
        tree = admin("POST", f"{base}/trees", {"base_tree": old, "tree": [entry]}, status=201).json()["sha"]
        body = {"message": "More", "tree": tree, "parents": [parent]}
        return admin("POST", f"{base}/commits", body, status=201).json()["sha"]

    return make


def test_commit_is_built_from_its_parts(admin, base, repository, head, commit):
    parent = head(repository)
    made = commit(parent, "docs/deep/file.txt")
    admin("PATCH", f"{base}/refs/heads/main", {"sha": made}, status=200)
    tree = admin.get(f"{base}/trees/main?recursive=1")
    assert {one["path"] for one in tree["tree"]} >= {"docs", "docs/deep", "docs/deep/file.txt", "README.md"}
    assert tree["truncated"] is False
    assert admin.get(f"{base}/commits/{made}")["parents"][0]["sha"] == parent


def test_blob_goes_in_and_comes_out(admin, base):
    sha = admin("POST", f"{base}/blobs", {"content": "aGk=", "encoding": "base64"}, status=201).json()["sha"]
    assert admin.get(f"{base}/blobs/{sha}")["size"] == 2
    raw = admin("GET", f"{base}/blobs/{sha}", headers={"Accept": "application/vnd.github.raw"}, status=200)
    assert raw.content == b"hi"


def test_removing_the_last_file_removes_the_folder(admin, base):
    tree = admin.get(f"{base}/trees/main")["sha"]
    body = {"base_tree": tree, "tree": [{"path": "src/pay.py", "mode": "100644", "type": "blob", "sha": None}]}
    made = admin("POST", f"{base}/trees", body, status=201).json()
    assert [one["path"] for one in made["tree"]] == ["README.md", "catalog-info.yaml"]


def test_modes_are_kept(admin, base):
    sha = admin("POST", f"{base}/blobs", {"content": "#!/bin/sh"}, status=201).json()["sha"]
    entries = [
        {"path": "run", "mode": "100755", "type": "blob", "sha": sha},
        {"path": "link", "mode": "120000", "type": "blob", "content": "run"},
    ]
    made = admin("POST", f"{base}/trees", {"tree": entries}, status=201).json()
    assert {one["path"]: one["mode"] for one in made["tree"]} == {"run": "100755", "link": "120000"}


def test_ref_moves_forward_only_unless_forced(admin, base, repository, head, commit):
    first = head(repository)
    second, rival = commit(first), commit(first, "rival.txt")
    admin("PATCH", f"{base}/refs/heads/main", {"sha": second}, status=200)
    refused = admin("PATCH", f"{base}/refs/heads/main", {"sha": rival}, status=422).json()
    assert refused["message"] == "Update is not a fast forward"
    assert head(repository) == second
    admin("PATCH", f"{base}/refs/heads/main", {"sha": rival, "force": True}, status=200)
    assert head(repository) == rival


def test_ref_is_created_once(admin, base, repository, head):
    body = {"ref": "refs/heads/topic/one", "sha": head(repository)}
    made = admin("POST", f"{base}/refs", body, status=201).json()
    assert made["object"]["type"] == "commit"
    assert admin("POST", f"{base}/refs", body, status=422).json()["message"] == "Reference already exists"
    assert [one["ref"] for one in admin.get(f"{base}/matching-refs/heads/topic")] == ["refs/heads/topic/one"]
    admin("DELETE", f"{base}/refs/heads/topic/one", status=204)
    admin("DELETE", f"{base}/refs/heads/topic/one", status=422)
    admin.get(f"{base}/ref/heads/topic/one", status=404)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param({"ref": "heads/x", "sha": "a" * 40}, "must start with", id="a short name"),
        pytest.param({"ref": "refs/heads/x", "sha": "a" * 40}, "Object does not exist", id="an unknown commit"),
        pytest.param({"ref": "refs/heads/x..y", "sha": "a" * 40}, "not a valid ref name", id="a name git refuses"),
        pytest.param({"ref": "refs/heads/x", "sha": "abc"}, "exactly 40 characters", id="a short id"),
    ],
)
def test_bad_refs_are_refused(admin, base, body, message):
    assert message in admin("POST", f"{base}/refs", body, status=422).json()["message"]


def test_default_branch_stays(admin, base):
    admin("DELETE", f"{base}/refs/heads/main", status=422)


def test_commit_needs_a_tree_and_parents_that_exist(admin, base, repository, head):
    body = {"message": "m", "tree": "a" * 40, "parents": []}
    assert admin("POST", f"{base}/commits", body, status=422).json()["message"] == "Tree SHA does not exist"
    tree = admin.get(f"{base}/trees/main")["sha"]
    admin("POST", f"{base}/commits", {"message": "m", "tree": tree, "parents": ["a" * 40]}, status=422)


def test_annotated_tag_is_an_object_and_then_a_ref(admin, base, repository, head):
    body = {"tag": "v1", "message": "First", "object": head(repository), "type": "commit"}
    made = admin("POST", f"{base}/tags", body, status=201).json()
    admin("POST", f"{base}/refs", {"ref": "refs/tags/v1", "sha": made["sha"]}, status=201)
    assert admin.get(f"{base}/ref/tags/v1")["object"]["type"] == "tag"
    assert admin.get(f"{base}/tags/{made['sha']}")["object"]["sha"] == head(repository)
    assert admin.get(f"/repos/{repository}/tags")[0]["commit"]["sha"] == head(repository)


def test_commits_are_listed_by_path(admin, base, repository, head, commit):
    first = head(repository)
    made = commit(first, "docs/a.md")
    admin("PATCH", f"{base}/refs/heads/main", {"sha": made}, status=200)
    listed = [one["sha"] for one in admin.get(f"/repos/{repository}/commits")]
    assert listed == [made, first]
    assert [one["sha"] for one in admin.get(f"/repos/{repository}/commits?path=docs")] == [made]
    assert [one["sha"] for one in admin.get(f"/repos/{repository}/commits?path=README.md")] == [first]


def test_commit_shows_its_files_and_compare_the_difference(admin, base, repository, head, commit):
    first = head(repository)
    made = commit(first, "docs/a.md", "one\ntwo\n")
    shown = admin.get(f"/repos/{repository}/commits/{made}")
    assert [(one["filename"], one["status"], one["additions"]) for one in shown["files"]] == [("docs/a.md", "added", 2)]
    admin("POST", f"{base}/refs", {"ref": "refs/heads/feature/x", "sha": made}, status=201)
    compared = admin.get(f"/repos/{repository}/compare/main...feature/x")
    assert (compared["status"], compared["ahead_by"], len(compared["files"])) == ("ahead", 1, 1)
    text = admin("GET", f"/repos/{repository}/commits/{made}", headers={"Accept": "application/vnd.github.diff"})
    assert "+two" in text.text


def test_branches_are_listed_and_shown(admin, base, repository, head):
    admin("POST", f"{base}/refs", {"ref": "refs/heads/a/b", "sha": head(repository)}, status=201)
    assert [one["name"] for one in admin.get(f"/repos/{repository}/branches")] == ["a/b", "main"]
    assert admin.get(f"/repos/{repository}/branches/a/b")["commit"]["sha"] == head(repository)
    assert admin.get(f"/repos/{repository}/branches/none", status=404)["message"] == "Branch not found"
