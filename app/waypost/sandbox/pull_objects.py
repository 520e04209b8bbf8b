"""Pull requests as answers and payloads show them, and what git says of them. No routes.

https://docs.github.com/en/rest/pulls/pulls
"""

from __future__ import annotations

from typing import Any

import pygit2

from waypost.sandbox import diffs, gitstore, objects
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.conversations import account, accounts, author_association, labels_of
from waypost.sandbox.events import emit
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json


def announce(repository: Record, pull: Record, action: str, **more: Any) -> None:
    """Tell the hooks what became of a pull request."""
    payload = {"action": action, "number": pull["number"], "pull_request": show(repository, pull), **more}
    emit("pull_request", payload, repository)


def issue_of(pull: Record) -> Record:
    """Return the issue side of a pull request: its title, text, state, labels."""
    return box().store.must("issue", pull["issue_id"])


def opened(pull: Record) -> pygit2.Repository:
    """Open the repository that a pull request is against; its head is there too, under refs/pull/."""
    return box().git.open(pull["repository_id"])


def commits(pull: Record) -> list[pygit2.Commit]:
    """Return the commits that the pull request would bring, oldest first."""
    git = opened(pull)
    walker = git.walk(pull["head_sha"], pygit2.enums.SortMode.TOPOLOGICAL | pygit2.enums.SortMode.REVERSE)
    walker.hide(merge_base(pull) or base_sha(pull))
    return list(walker)


def changes(pull: Record) -> list[diffs.FileChange]:
    """Return the files that differ between the merge base and the head, as GitHub compares."""
    git = opened(pull)
    start = merge_base(pull)
    return diffs.between(git, _commit(git, start) if start else None, _commit(git, pull["head_sha"]))


def difference(pull: Record) -> str:
    """Return what the pull request changes, as `git diff` prints it."""
    git, start = opened(pull), merge_base(pull)
    return diffs.text(git, _commit(git, start) if start else None, _commit(git, pull["head_sha"]))


def merge_base(pull: Record) -> str:
    """Return the commit that base and head share, or "" for unrelated histories."""
    found = opened(pull).merge_base(base_sha(pull), pull["head_sha"])
    return str(found) if found is not None else ""


def base_sha(pull: Record) -> str:
    """Return where the base branch is now; once closed, where it was."""
    if pull["closed_base_sha"]:
        return str(pull["closed_base_sha"])
    head = gitstore.head(opened(pull), pull["base_ref"])
    return str(head.id) if head is not None else str(pull["base_sha"])


def merged_index(pull: Record) -> pygit2.Index | None:
    """Merge base and head in memory; None when they conflict."""
    index = opened(pull).merge_commits(base_sha(pull), pull["head_sha"])
    return None if index.conflicts else index


def _commit(git: pygit2.Repository, commit_id: str) -> pygit2.Commit:
    return git[commit_id].peel(pygit2.Commit)


def show_simple(repository: Record, pull: Record) -> Json:
    """The form of lists."""
    store = box().store
    issue = issue_of(pull)
    name = full_name(repository)
    url, page = f"{api_url()}/repos/{name}/pulls/{pull['number']}", f"{box().url}/{name}/pull/{pull['number']}"
    issue_url = url.replace("/pulls/", "/issues/")
    statuses = f"{api_url()}/repos/{name}/statuses/{pull['head_sha']}"
    assignees = accounts(issue["assignee_ids"])
    links = {
        "self": url,
        "html": page,
        "issue": issue_url,
        "comments": f"{issue_url}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{api_url()}/repos/{name}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": statuses,
    }
    return {
        "url": url,
        "id": pull["id"],
        "node_id": objects.node_id("PR", pull["id"]),
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": issue_url,
        "number": pull["number"],
        "state": issue["state"],
        "locked": issue["locked"],
        "title": issue["title"],
        "user": account(issue["user_id"]),
        "body": issue["body"],
        "created_at": issue["created_at"],
        "updated_at": issue["updated_at"],
        "closed_at": issue["closed_at"],
        "merged_at": pull["merged_at"],
        "merge_commit_sha": pull["merge_commit_sha"],
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "requested_reviewers": accounts(pull["reviewer_ids"]),
        "requested_teams": [],
        "labels": labels_of(repository, issue),
        "milestone": None,
        "draft": pull["draft"],
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": statuses,
        "head": _side(store.get("repository", pull["head_repository_id"]), pull["head_ref"], pull["head_sha"]),
        "base": _side(repository, pull["base_ref"], base_sha(pull)),
        "_links": {rel: {"href": address} for rel, address in links.items()},
        "author_association": author_association(repository, store.must("account", issue["user_id"])),
        "auto_merge": None,
        "active_lock_reason": None,
    }


def show(repository: Record, pull: Record) -> Json:
    """GET /repos/{owner}/{repo}/pulls/{pull_number}: with what git has to work out."""
    store = box().store
    issue = issue_of(pull)
    files = changes(pull)
    mergeable = None if issue["state"] == "closed" else merged_index(pull) is not None
    return {
        **show_simple(repository, pull),
        "merged": pull["merged_at"] is not None,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": _state(pull, mergeable),
        "merged_by": account(pull["merged_by_id"]),
        "comments": len(store.where("comment", issue_id=issue["id"])),
        "review_comments": 0,
        "maintainer_can_modify": pull["head_repository_id"] != pull["repository_id"],
        "commits": len(commits(pull)),
        "additions": sum(change.additions for change in files),
        "deletions": sum(change.deletions for change in files),
        "changed_files": len(files),
    }


def _state(pull: Record, mergeable: bool | None) -> str:
    if mergeable is None:
        return "unknown"
    return "dirty" if not mergeable else "draft" if pull["draft"] else "clean"


def _side(repository: Record | None, ref: str, sha: str) -> Json:
    """One end of a pull request; the repository of a head may be gone."""
    if repository is None:
        return {"label": f"unknown repository:{ref}", "ref": ref, "sha": sha, "user": None, "repo": None}
    owner = box().store.must("account", repository["owner_id"])
    return {
        "label": f"{owner['login']}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": objects.simple_user(owner),
        "repo": {**objects.repository(repository), **objects.merge_settings(repository)},
    }
