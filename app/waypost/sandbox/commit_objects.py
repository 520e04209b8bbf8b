"""Commits as answers show them. No routes.

https://docs.github.com/en/rest/commits/commits and https://docs.github.com/en/rest/git/commits
"""

from __future__ import annotations

import re

import pygit2

from waypost.sandbox import diffs, objects
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.clock import stamp
from waypost.sandbox.gitstore import Author
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json

_FILES = 300
_NOREPLY = re.compile(r"(\d+)\+[^@]+@users\.noreply\.github\.com$")
_WEB = ("GitHub", "noreply@github.com")


def web_committer(seconds: float) -> Author:
    """Return who commits what the API writes when nobody else is named; GitHub signs such commits."""
    return Author(*_WEB, seconds)


def git_commit(repository: Record, commit: pygit2.Commit) -> Json:
    """The form of /git/commits: what git itself knows."""
    base, sha = f"{api_url()}/repos/{full_name(repository)}/git", str(commit.id)
    page = f"{box().url}/{full_name(repository)}/commit"
    return {
        "sha": sha,
        "node_id": _node(repository, sha),
        "url": f"{base}/commits/{sha}",
        "html_url": f"{page}/{sha}",
        "author": person(commit.author),
        "committer": person(commit.committer),
        "tree": {"sha": str(commit.tree_id), "url": f"{base}/trees/{commit.tree_id}"},
        "message": message(commit),
        "parents": [
            {"sha": str(one), "url": f"{base}/commits/{one}", "html_url": f"{page}/{one}"} for one in commit.parent_ids
        ],
        "verification": verification(commit),
    }


def commit(repository: Record, commit: pygit2.Commit) -> Json:
    """The form of /commits lists: with who the people are on GitHub."""
    name, sha = full_name(repository), str(commit.id)
    base, page = f"{api_url()}/repos/{name}", f"{box().url}/{name}/commit"
    return {
        "sha": sha,
        "node_id": _node(repository, sha),
        "commit": {
            "author": person(commit.author),
            "committer": person(commit.committer),
            "message": message(commit),
            "tree": {"sha": str(commit.tree_id), "url": f"{base}/git/trees/{commit.tree_id}"},
            "url": f"{base}/git/commits/{sha}",
            "comment_count": 0,
            "verification": verification(commit),
        },
        "url": f"{base}/commits/{sha}",
        "html_url": f"{page}/{sha}",
        "comments_url": f"{base}/commits/{sha}/comments",
        "author": _account(commit.author),
        "committer": _account(commit.committer),
        "parents": [
            {"sha": str(one), "url": f"{base}/commits/{one}", "html_url": f"{page}/{one}"} for one in commit.parent_ids
        ],
    }


def full_commit(repository: Record, found: pygit2.Commit) -> Json:
    """GET /commits/{ref}: with its files, at most 300."""
    opened = box().git.open(repository["id"])
    changes = diffs.between(opened, found.parents[0] if found.parents else None, found)
    additions, deletions = sum(one.additions for one in changes), sum(one.deletions for one in changes)
    return {
        **commit(repository, found),
        "stats": {"total": additions + deletions, "additions": additions, "deletions": deletions},
        "files": [diffs.show(repository, one, str(found.id)) for one in changes[:_FILES]],
    }


def person(signature: pygit2.Signature) -> Json:
    return {"name": signature.name, "email": signature.email, "date": stamp(signature.time)}


def message(commit: pygit2.Commit) -> str:
    """Return the message without the newline git ends it with."""
    return commit.message.removesuffix("\n")


def account_of(signature: pygit2.Signature) -> Record | None:
    """Return the account behind an e-mail address."""
    store = box().store
    if found := _NOREPLY.match(signature.email):
        return store.get("account", int(found[1]))
    return next((one for one in store.all("account") if one.get("email") == signature.email), None)


def verification(commit: pygit2.Commit) -> Json:
    """What GitHub says of the signature. Commits made through the API count as signed by GitHub."""
    is_web = (commit.committer.name, commit.committer.email) == _WEB
    return {
        "verified": is_web,
        "reason": "valid" if is_web else "unsigned",
        "signature": None,
        "payload": None,
        "verified_at": stamp(commit.commit_time) if is_web else None,
    }


def _account(signature: pygit2.Signature) -> Json | None:
    found = account_of(signature)
    return objects.simple_user(found) if found is not None else None


def _node(repository: Record, sha: str) -> str:
    return f"C_{repository['id']}_{sha}"
