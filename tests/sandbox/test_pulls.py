"""Pull requests: heads that move, files, merges that are guarded, reviews."""

from __future__ import annotations

import base64

import pytest


def put(client, repository, path, text, branch="main", sha=None):
    body = {"message": f"Change {path}", "content": base64.b64encode(text.encode()).decode(), "branch": branch}
    if sha:
        body["sha"] = sha
    return client("PUT", f"/repos/{repository}/contents/{path}", body).json()["commit"]["sha"]


def change(client, repository, path, text, branch="main"):
    held = client.get(f"/repos/{repository}/contents/{path}?ref={branch}")
    return put(client, repository, path, text, branch, held["sha"])


@pytest.fixture
def branch(admin, repository, head):
    """Begin a branch at main with one commit on it."""

    def make(name="feature/x", path="src/new.py", text="print('new')\n"):
        admin(
            "POST", f"/repos/{repository}/git/refs", {"ref": f"refs/heads/{name}", "sha": head(repository)}, status=201
        )
        return put(admin, repository, path, text, name)

    return make


@pytest.fixture
def pull(admin, repository, branch):
    branch()
    body = {"title": "Add new", "head": "feature/x", "base": "main", "body": "Because"}
    return admin("POST", f"/repos/{repository}/pulls", body, status=201).json()


def test_pull_shows_what_it_brings(admin, repository, pull):
    assert (pull["number"], pull["state"], pull["mergeable"], pull["mergeable_state"]) == (1, "open", True, "clean")
    assert (pull["commits"], pull["additions"], pull["changed_files"]) == (1, 1, 1)
    assert pull["head"]["label"] == f"{repository.split('/')[0]}:feature/x"
    files = admin.get(f"/repos/{repository}/pulls/1/files")
    assert [(one["filename"], one["status"], one["patch"]) for one in files] == [
        ("src/new.py", "added", "@@ -0,0 +1 @@\n+print('new')")
    ]
    assert [one["sha"] for one in admin.get(f"/repos/{repository}/pulls/1/commits")] == [pull["head"]["sha"]]
    diff = admin("GET", f"/repos/{repository}/pulls/1", headers={"Accept": "application/vnd.github.diff"}, status=200)
    assert diff.text.startswith("diff --git a/src/new.py b/src/new.py")


def test_pull_is_an_issue_too(admin, repository, pull):
    issue = admin.get(f"/repos/{repository}/issues/1")
    assert issue["pull_request"]["url"] == pull["url"]
    admin("POST", f"/repos/{repository}/issues/1/labels", {"labels": ["bug"]}, status=200)
    admin("POST", f"/repos/{repository}/issues/1/comments", {"body": "Nice"}, status=201)
    again = admin.get(f"/repos/{repository}/pulls/1")
    assert ([one["name"] for one in again["labels"]], again["comments"]) == (["bug"], 1)


def test_head_moves_with_its_branch(admin, repository, pull, clone, git, sandbox):
    folder = clone(repository, sandbox.admin_token)
    git("switch", "-q", "feature/x", folder=folder)
    (folder / "src/more.py").write_text("print('more')\n")
    git("add", ".", folder=folder)
    git("commit", "-qm", "More", folder=folder)
    git("push", "-q", folder=folder)
    again = admin.get(f"/repos/{repository}/pulls/1")
    assert again["head"]["sha"] == git("rev-parse", "HEAD", folder=folder).stdout.strip()
    assert (again["commits"], again["changed_files"]) == (2, 2)
    git("fetch", "-q", "origin", "refs/pull/1/head", folder=folder)
    assert git("rev-parse", "FETCH_HEAD", folder=folder).stdout.strip() == again["head"]["sha"]


def test_pulls_are_found_by_head_and_base(admin, repository, pull):
    owner = repository.split("/")[0]
    assert len(admin.get(f"/repos/{repository}/pulls?head={owner}:feature/x&base=main")) == 1
    assert admin.get(f"/repos/{repository}/pulls?head={owner}:other") == []
    assert admin.get(f"/repos/{repository}/pulls?state=closed") == []
    assert [one["number"] for one in admin.get(f"/repos/{repository}/commits/{pull['head']['sha']}/pulls")] == [1]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param({"head": "feature/x", "base": "nowhere"}, {"field": "base", "code": "invalid"}, id="no base"),
        pytest.param({"head": "nowhere", "base": "main"}, {"field": "head", "code": "invalid"}, id="no head"),
        pytest.param(
            {"head": "main", "base": "main"},
            {"code": "custom", "message": "No commits between main and main"},
            id="nothing to bring",
        ),
    ],
)
def test_pull_that_cannot_be_is_refused(admin, repository, branch, body, error):
    branch()
    refused = admin("POST", f"/repos/{repository}/pulls", {"title": "x", **body}, status=422).json()
    assert refused["message"] == "Validation Failed"
    assert refused["errors"] == [{"resource": "PullRequest", **error}]


def test_second_pull_for_a_branch_is_refused(admin, repository, pull):
    body = {"title": "Again", "head": "feature/x", "base": "main"}
    refused = admin("POST", f"/repos/{repository}/pulls", body, status=422).json()
    assert refused["errors"][0]["message"].startswith("A pull request already exists for ")


@pytest.mark.parametrize("way", ["merge", "squash", "rebase"])
def test_merge_moves_the_base(admin, repository, pull, head, way):
    before = head(repository)
    body = {"sha": pull["head"]["sha"], "merge_method": way}
    merged = admin("PUT", f"/repos/{repository}/pulls/1/merge", body, status=200).json()
    assert merged["sha"] == head(repository) != before
    commit = admin.get(f"/repos/{repository}/commits/{merged['sha']}")
    parents = [one["sha"] for one in commit["parents"]]
    assert parents == ([before, pull["head"]["sha"]] if way == "merge" else [before])
    assert admin.get(f"/repos/{repository}/contents/src/new.py")["size"] == 13
    after = admin.get(f"/repos/{repository}/pulls/1")
    assert (after["state"], after["merged"], after["merged_by"]["login"]) == ("closed", True, "admin")
    assert after["changed_files"] == 1
    admin("GET", f"/repos/{repository}/pulls/1/merge", status=204)
    refused = admin("PUT", f"/repos/{repository}/pulls/1/merge", {}, status=405).json()
    assert refused["message"] == "Pull Request is not mergeable"


def test_merge_says_what_it_merged(admin, repository, pull):
    merged = admin("PUT", f"/repos/{repository}/pulls/1/merge", {}, status=200).json()
    message = admin.get(f"/repos/{repository}/commits/{merged['sha']}")["commit"]["message"]
    assert message == f"Merge pull request #1 from {repository.split('/')[0]}/feature/x\n\nAdd new"


def test_merge_is_guarded_by_the_head_that_was_seen(admin, repository, pull, head):
    put(admin, repository, "src/late.py", "late\n", "feature/x")
    before = head(repository)
    body = {"sha": pull["head"]["sha"]}
    refused = admin("PUT", f"/repos/{repository}/pulls/1/merge", body, status=409).json()
    assert refused["message"] == "Head branch was modified. Review and try the merge again."
    assert head(repository) == before


def test_conflict_cannot_be_merged(admin, repository, branch, head):
    admin("POST", f"/repos/{repository}/git/refs", {"ref": "refs/heads/y", "sha": head(repository)}, status=201)
    change(admin, repository, "README.md", "# Mine\n", "y")
    admin("POST", f"/repos/{repository}/pulls", {"title": "x", "head": "y", "base": "main"}, status=201)
    change(admin, repository, "README.md", "# Theirs\n")
    shown = admin.get(f"/repos/{repository}/pulls/1")
    assert (shown["mergeable"], shown["mergeable_state"]) == (False, "dirty")
    admin("PUT", f"/repos/{repository}/pulls/1/merge", {}, status=405)
    admin("PUT", f"/repos/{repository}/pulls/1/update-branch", {}, status=422)


def test_branch_is_brought_up_to_date(admin, repository, pull, head):
    base = put(admin, repository, "other.txt", "other\n")
    stale = {"expected_head_sha": base}
    admin("PUT", f"/repos/{repository}/pulls/1/update-branch", stale, status=422)
    admin("PUT", f"/repos/{repository}/pulls/1/update-branch", {"expected_head_sha": pull["head"]["sha"]}, status=202)
    assert admin.get(f"/repos/{repository}/pulls/1")["head"]["sha"] == head(repository, "feature/x")
    assert admin.get(f"/repos/{repository}/contents/other.txt?ref=feature/x")["size"] == 6


def test_repository_chooses_how_to_merge(admin, repository, pull):
    admin("PATCH", f"/repos/{repository}", {"allow_squash_merge": False, "delete_branch_on_merge": True}, status=200)
    path = f"/repos/{repository}/pulls/1/merge"
    refused = admin("PUT", path, {"merge_method": "squash"}, status=405).json()
    assert refused["message"] == "Squash merges are not allowed on this repository."
    admin("PUT", path, {}, status=200)
    admin("GET", f"/repos/{repository}/branches/feature/x", status=404)


def test_draft_is_not_merged(admin, repository, branch):
    branch()
    body = {"title": "x", "head": "feature/x", "base": "main", "draft": True}
    admin("POST", f"/repos/{repository}/pulls", body, status=201)
    refused = admin("PUT", f"/repos/{repository}/pulls/1/merge", {}, status=405).json()
    assert refused["message"] == "Pull Request is still a draft"


def test_pushed_merge_closes_the_pull(admin, repository, pull):
    body = {"sha": pull["head"]["sha"]}
    admin("PATCH", f"/repos/{repository}/git/refs/heads/main", body, status=200)
    shown = admin.get(f"/repos/{repository}/pulls/1")
    assert (shown["state"], shown["merged"]) == ("closed", True)


def test_pull_goes_with_its_branch(admin, repository, pull):
    admin("DELETE", f"/repos/{repository}/git/refs/heads/feature/x", status=204)
    shown = admin.get(f"/repos/{repository}/pulls/1")
    assert (shown["state"], shown["merged"]) == ("closed", False)
    admin("PATCH", f"/repos/{repository}/pulls/1", {"state": "open"}, status=422)


def test_pull_is_closed_and_reopened(admin, repository, pull):
    path = f"/repos/{repository}/pulls/1"
    assert admin("PATCH", path, {"state": "closed"}, status=200).json()["state"] == "closed"
    assert admin("PATCH", path, {"state": "open", "title": "Other"}, status=200).json()["title"] == "Other"


def test_protected_base_waits_for_its_checks_and_reviews(
    admin, control, connect, installation, organization, repository, pull
):
    rules = {
        "required_status_checks": {"strict": False, "contexts": ["waypost"]},
        "enforce_admins": True,
        "required_pull_request_reviews": {"required_approving_review_count": 1},
        "restrictions": None,
    }
    admin("PUT", f"/repos/{repository}/branches/main/protection", rules, status=200)
    path, sha = f"/repos/{repository}/pulls/1/merge", pull["head"]["sha"]
    refused = admin("PUT", path, {}, status=405).json()
    assert refused["message"] == 'Required status check "waypost" is expected.'
    run = {"name": "waypost", "head_sha": sha, "conclusion": "success"}
    installation("POST", f"/repos/{repository}/check-runs", run, status=201)
    assert "approving review is required" in admin("PUT", path, {}, status=405).json()["message"]
    review = f"/repos/{repository}/pulls/1/reviews"
    own = admin("POST", review, {"event": "APPROVE"}, status=422).json()
    assert own["errors"] == ["Can not approve your own pull request"]
    made = control("POST", "/users", {"login": f"bo-{organization}", "organization": organization, "role": "admin"})
    connect(made.json()["token"])("POST", review, {"event": "APPROVE"}, status=200)
    assert [one["state"] for one in admin.get(review)] == ["APPROVED"]
    admin("PUT", path, {}, status=200)


def test_app_needs_the_permissions(connect, token_for, organization, repository, pull):
    reader = connect(token_for(organization, permissions={"pull_requests": "read", "contents": "read"})["token"])
    reader("GET", f"/repos/{repository}/pulls/1", status=200)
    reader("PATCH", f"/repos/{repository}/pulls/1", {"title": "x"}, status=403)
    reader("PUT", f"/repos/{repository}/pulls/1/merge", {}, status=403)
    blind = connect(token_for(organization, permissions={"contents": "read"})["token"])
    blind("GET", f"/repos/{repository}/pulls", status=403)


def test_reviewers_are_asked(admin, control, organization, repository, pull):
    login = f"cy-{organization}"
    control("POST", "/users", {"login": login, "organization": organization})
    path = f"/repos/{repository}/pulls/1/requested_reviewers"
    asked = admin("POST", path, {"reviewers": [login]}, status=201).json()
    assert [one["login"] for one in asked["requested_reviewers"]] == [login]
    admin("POST", path, {"reviewers": [f"nobody-{login}"]}, status=422)


def test_review_says_something(admin, repository, pull):
    path = f"/repos/{repository}/pulls/1/reviews"
    assert admin("POST", path, {"event": "COMMENT", "body": "Fine"}, status=200).json()["state"] == "COMMENTED"
    admin("POST", path, {"event": "COMMENT"}, status=422)
    admin("POST", path, {"event": "PRAISE", "body": "x"}, status=422, mistake=True)


def test_pull_comes_from_a_fork(admin, control, connect, organization, repository, head, clone, git, sandbox):
    login = f"dee-{organization}"
    made = control("POST", "/users", {"login": login, "organization": organization}).json()
    dee = connect(made["token"])
    fork = dee("POST", f"/repos/{repository}/forks", {}, status=202).json()
    assert (fork["full_name"], fork["fork"], fork["parent"]["full_name"]) == (f"{login}/pay", True, repository)
    assert [one["full_name"] for one in dee.get(f"/repos/{repository}/forks")] == [f"{login}/pay"]
    folder = clone(f"{login}/pay", made["token"])
    (folder / "more.txt").write_text("more\n")
    git("add", ".", folder=folder)
    git("commit", "-qm", "More", folder=folder)
    git("push", "-q", "origin", "HEAD:main", folder=folder)
    body = {"title": "From afar", "head": f"{login}:main", "base": "main"}
    pull = dee("POST", f"/repos/{repository}/pulls", body, status=201).json()
    assert (pull["head"]["repo"]["full_name"], pull["mergeable"]) == (f"{login}/pay", True)
    (folder / "more.txt").write_text("more and more\n")
    git("commit", "-qam", "Even more", folder=folder)
    git("push", "-q", "origin", "HEAD:main", folder=folder)
    moved = admin.get(f"/repos/{repository}/pulls/1")
    assert (moved["head"]["sha"], moved["commits"]) == (head(f"{login}/pay"), 2)
    admin("PUT", f"/repos/{repository}/pulls/1/merge", {}, status=200)
    assert admin.get(f"/repos/{repository}/contents/more.txt")["size"] == 14


def test_fork_needs_another_owner(admin, organization, repository):
    admin("POST", f"/repos/{repository}/forks", {"organization": organization}, status=422)
    admin("POST", f"/repos/{repository}/forks", {"organization": f"nobody-{organization}"}, status=404)
