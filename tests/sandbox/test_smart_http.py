"""git itself: clone, fetch and push, and what it is told when it may not."""

import pytest


def commit(git, folder, path, text="x"):
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text)
    git("add", "-A", folder=folder)
    git("commit", "-q", "-m", f"Change {path}", folder=folder)
    return git("rev-parse", "HEAD", folder=folder).stdout.strip()


def test_clone_change_push_is_seen_by_the_api(admin, sandbox, git, clone, head, repository):
    folder = clone(repository, sandbox.admin_token)
    assert (folder / "README.md").read_text() == "# Pay\n"
    made = commit(git, folder, "docs/new.md")
    git("push", "-q", "origin", "main", folder=folder)
    assert head(repository) == made
    assert admin.get(f"/repos/{repository}/contents/docs/new.md")["size"] == 1


def test_api_commit_is_fetched(admin, sandbox, git, clone, repository):
    folder = clone(repository, sandbox.admin_token)
    admin("PUT", f"/repos/{repository}/contents/api.txt", {"message": "m", "content": "aGk="}, status=201)
    git("pull", "-q", folder=folder)
    assert (folder / "api.txt").read_text() == "hi"


def test_installation_token_works_as_password(git, clone, token_for, organization, repository, head):
    folder = clone(repository, token_for(organization)["token"])
    made = commit(git, folder, "bot.txt")
    git("push", "-q", "origin", "main", folder=folder)
    assert head(repository) == made


def test_reading_token_clones_but_does_not_push(git, clone, token_for, organization, repository):
    folder = clone(repository, token_for(organization, permissions={"contents": "read"})["token"])
    commit(git, folder, "x")
    refused = git("push", "origin", "main", folder=folder, ok=False)
    assert refused.returncode != 0
    assert f"Permission to {repository}.git denied to waypost[bot]." in refused.stderr


def test_private_repository_asks_who_you_are(git, git_address, repository):
    refused = git("ls-remote", git_address(repository), ok=False)
    assert "could not read Username" in refused.stderr
    assert "Authentication failed" in git("ls-remote", git_address(repository, "wrong"), ok=False).stderr


def test_token_narrowed_elsewhere_finds_nothing(control, git, git_address, token_for, organization, repository):
    control("POST", "/seed", {organization: {"other": {"files": {"a": "b"}}}})
    token = token_for(organization, repositories=["other"])["token"]
    assert "Repository not found" in git("ls-remote", git_address(repository, token), ok=False).stderr
    git("ls-remote", git_address(f"{organization}/other", token))


def test_public_repository_is_cloned_by_anybody(control, git, git_address, organization, tmp_path):
    control("POST", "/seed", {organization: {"open": {"visibility": "public", "files": {"a": "b"}}}})
    git("clone", "-q", git_address(f"{organization}/open"), "open")
    assert (tmp_path / "open" / "a").read_text() == "b"
    commit(git, tmp_path / "open", "c")
    assert git("push", "origin", "main", folder=tmp_path / "open", ok=False).returncode != 0


def test_second_writer_must_fetch_first(sandbox, git, clone, repository):
    one, two = clone(repository, sandbox.admin_token, "one"), clone(repository, sandbox.admin_token, "two")
    commit(git, one, "a")
    git("push", "-q", "origin", "main", folder=one)
    commit(git, two, "b")
    refused = git("push", "origin", "main", folder=two, ok=False)
    assert "fetch first" in refused.stderr


def test_protected_branch_declines_a_push(admin, control, connect, sandbox, git, clone, organization, repository, head):
    body = {
        "required_status_checks": None,
        "enforce_admins": True,
        "required_pull_request_reviews": {"required_approving_review_count": 1},
        "restrictions": None,
    }
    admin("PUT", f"/repos/{repository}/branches/main/protection", body, status=200)
    before = head(repository)
    folder = clone(repository, sandbox.admin_token)
    commit(git, folder, "x")
    refused = git("push", "origin", "main", "main:free", folder=folder, ok=False)
    assert "GH006: Protected branch update failed for refs/heads/main." in refused.stderr
    assert "Changes must be made through a pull request." in refused.stderr
    assert head(repository) == before
    assert head(repository, "free") != before, "the other branch went through"
    answer = admin("PUT", f"/repos/{repository}/contents/x", {"message": "m", "content": ""}, status=409)
    assert "through a pull request" in answer.json()["message"]
    admin("DELETE", f"/repos/{repository}/branches/main/protection", status=204)
    git("push", "-q", "origin", "main", folder=folder)


def test_protected_branch_is_neither_forced_nor_removed(admin, sandbox, git, clone, repository):
    folder = clone(repository, sandbox.admin_token)
    git("push", "-q", "origin", "main:release", folder=folder)
    body = dict.fromkeys(["required_status_checks", "required_pull_request_reviews", "restrictions"])
    admin("PUT", f"/repos/{repository}/branches/release/protection", {**body, "enforce_admins": True}, status=200)
    git("commit", "-q", "--amend", "-m", "Rewritten", folder=folder)
    assert "Cannot force-push" in git("push", "-f", "origin", "main:release", folder=folder, ok=False).stderr
    assert "Cannot delete" in git("push", "origin", ":release", folder=folder, ok=False).stderr
    git("commit", "-q", "--allow-empty", "-m", "On top", folder=folder)
    git("push", "-q", "-f", "origin", "main", folder=folder)  # another branch may still be rewritten


def test_restricted_branch_takes_the_named_app_only(admin, sandbox, git, clone, token_for, organization, repository):
    body = {
        "required_status_checks": None,
        "enforce_admins": True,
        "required_pull_request_reviews": None,
        "restrictions": {"users": [], "teams": [], "apps": ["waypost"]},
    }
    admin("PUT", f"/repos/{repository}/branches/main/protection", body, status=200)
    folder = clone(repository, token_for(organization)["token"])
    commit(git, folder, "x")
    assert "not authorized" in git(
        "push", f"http://x:{sandbox.admin_token}@{sandbox.url[7:]}/{repository}.git", "main", folder=folder, ok=False
    ).stderr  # fmt: skip
    git("push", "-q", "origin", "main", folder=folder)


def test_workflow_files_need_the_workflows_permission(git, clone, connect, token_for, organization, repository):
    token = token_for(organization, permissions={"contents": "write"})["token"]
    folder = clone(repository, token)
    commit(git, folder, ".github/workflows/ci.yml", "on: push\n")
    refused = git("push", "origin", "main", folder=folder, ok=False)
    assert "without `workflows` permission" in refused.stderr
    body = {"message": "m", "content": ""}
    path = f"/repos/{repository}/contents/.github/workflows/ci.yml"
    assert "workflows" in connect(token)("PUT", path, body, status=403).json()["message"]
    full = connect(token_for(organization)["token"])
    full("PUT", path, body, status=201)


def test_large_push_comes_in_pieces(sandbox, git, clone, repository, head):
    folder = clone(repository, sandbox.admin_token)
    (folder / "big.bin").write_bytes(bytes(range(256)) * 20_000)
    made = commit(git, folder, "small")
    git("-c", "http.postBuffer=65536", "push", "-q", "origin", "main", folder=folder)  # makes git use chunks
    assert head(repository) == made


def test_archived_repository_refuses_a_push(admin, sandbox, git, clone, repository):
    folder = clone(repository, sandbox.admin_token)
    admin("PATCH", f"/repos/{repository}", {"archived": True}, status=200)
    commit(git, folder, "x")
    assert "archived" in git("push", "origin", "main", folder=folder, ok=False).stderr


def test_shallow_and_partial_clones_work(git, git_address, sandbox, repository, tmp_path):
    where = git_address(repository, sandbox.admin_token)
    git("clone", "-q", "--depth=1", "--filter=blob:none", where, "partial")
    assert (tmp_path / "partial" / "README.md").exists()
    git("clone", "-q", "--mirror", where, "mirror")


def test_log_counts_pushes_and_commits(control, sandbox, git, clone, repository):
    folder = clone(repository, sandbox.admin_token)
    for path in ("a", "b"):
        commit(git, folder, path)
    git("push", "-q", "origin", "main", folder=folder)
    held = control("GET", "/log").json()["pushes"][repository]
    assert (held["pushes"], held["commits"], held["most_in_a_minute"]) == (1, 2, 1)
    assert held["moves"][0]["via"] == "git"


@pytest.mark.parametrize("service", ["git-upload-archive", ""])
def test_other_services_are_refused(admin, repository, service):
    admin("GET", f"/{repository}.git/info/refs?service={service}", status=403)


def test_empty_repository_is_cloned_and_takes_the_first_push(admin, sandbox, git, clone, organization, head):
    admin("POST", f"/orgs/{organization}/repos", {"name": "empty"}, status=201)
    folder = clone(f"{organization}/empty", sandbox.admin_token)
    made = commit(git, folder, "first.txt")
    git("push", "-q", "origin", "HEAD:main", folder=folder)
    assert head(f"{organization}/empty") == made
    shown = admin.get(f"/repos/{organization}/empty")
    assert (shown["default_branch"], shown["size"] > 0) == ("main", True)
