"""Writers at the same time, by the API and by git: nothing that was accepted is lost."""

from concurrent.futures import ThreadPoolExecutor


def commit_by_api(client, repository, head, name):
    """Commit on the head as read a moment ago, until it has not moved meanwhile."""
    while True:
        body = {
            "branch": {"repositoryNameWithOwner": repository, "branchName": "main"},
            "expectedHeadOid": head(repository),
            "message": {"headline": name},
            "fileChanges": {"additions": [{"path": name, "contents": "eA=="}]},
        }
        query = "mutation($i: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $i) { commit { oid } } }"
        answer = client.graphql(query, i=body)
        if "errors" not in answer:
            return
        assert answer["errors"][0]["type"] == "STALE_DATA"


def commit_by_git(git, folder, name):
    while True:
        git("fetch", "-q", folder=folder)
        git("reset", "-q", "--hard", "origin/main", folder=folder)
        (folder / name).write_text("x")
        git("add", "-A", folder=folder)
        git("commit", "-q", "-m", name, folder=folder)
        pushed = git("push", "-q", "origin", "main", folder=folder, ok=False)
        if pushed.returncode == 0:
            return
        assert any(word in pushed.stderr for word in ("fetch first", "cannot lock ref", "non-fast-forward"))


def test_rivals_lose_no_accepted_commit(admin, connect, sandbox, git, clone, head, repository):
    folders = [clone(repository, sandbox.admin_token, f"clone-{number}") for number in range(2)]
    with ThreadPoolExecutor(6) as pool:
        jobs = [
            pool.submit(commit_by_api, connect(sandbox.admin_token), repository, head, f"api-{number}")
            for number in range(12)
        ]
        jobs += [
            pool.submit(
                lambda place=place, folder=folder: [commit_by_git(git, folder, f"git-{place}-{n}") for n in range(3)]
            )
            for place, folder in enumerate(folders)
        ]
        for job in jobs:
            job.result()
    commits = admin.get(f"/repos/{repository}/commits?per_page=100")
    assert all(len(one["parents"]) == 1 for one in commits[:-1])
    wanted = {f"api-{n}" for n in range(12)} | {f"git-{place}-{n}" for place in range(2) for n in range(3)}
    assert {one["commit"]["message"] for one in commits[:-1]} == wanted
    assert {one["name"] for one in admin.get(f"/repos/{repository}/contents/")} >= wanted
