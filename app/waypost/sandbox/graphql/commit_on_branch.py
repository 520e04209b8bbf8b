"""The mutation createCommitOnBranch: one commit on top of the head the caller expects, or nothing.

https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import pygit2
from pygit2.enums import FileMode

from waypost.limits import SMALL_COMMIT_BYTES, SMALL_COMMIT_FILES
from waypost.sandbox import commit_objects, gitstore, pushes
from waypost.sandbox.auth import actor, caller
from waypost.sandbox.beginnings import author_of
from waypost.sandbox.box import box, repository_by_name
from waypost.sandbox.gitstore import Change
from waypost.sandbox.graphql.git_objects import Arguments, GitNode, RefNode
from waypost.sandbox.graphql.problems import Problem, forbidden, no_repository
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError


class TookTooLong(Exception):
    """GitHub ends such a request after 10 seconds; the caller sees status 502 and nothing is written."""


def create_commit_on_branch(_root: object, a: Arguments) -> dict[str, Any]:
    """Commit additions and deletions. Modes cannot be said: a new file is 100644, a known one keeps its own."""
    asked = a["input"]
    repository, branch = _target(asked["branch"])
    with box().git.lock(repository["id"]):
        opened = box().git.open(repository["id"])
        head = gitstore.head(opened, branch)
        if head is None:
            raise Problem("NOT_FOUND", "Branch not found")
        if str(head.id) != asked["expectedHeadOid"]:
            expected = asked["expectedHeadOid"]
            raise Problem(
                "STALE_DATA", f'Expected branch to point to "{expected}" but it did not.  Pull and try again.'
            )
        changes = _changes(head, asked.get("fileChanges") or {})
        message, now = asked["message"], box().clock.now()
        text = message["headline"] + (f"\n\n{message['body']}" if message.get("body") else "")
        author = author_of(actor(), now)
        made = gitstore.commit_files(opened, [head], changes, text, author, commit_objects.web_committer(now))
        _move(repository, f"refs/heads/{branch}", made)
    commit = GitNode(repository, opened[made].peel(pygit2.Commit))
    return {
        "clientMutationId": asked.get("clientMutationId"),
        "commit": commit,
        "ref": RefNode(repository, f"refs/heads/{branch}", str(made)),
    }


def _target(branch: Arguments) -> tuple[Record, str]:
    """Return the repository and the branch, named in either of the two ways."""
    if branch.get("id"):
        _, number, name = (*branch["id"].split("_", 2), "", "")[:3]
        repository = box().store.get("repository", int(number)) if number.isdecimal() else None
        wanted, value = name.removeprefix("refs/heads/"), branch["id"]
    else:
        value = branch.get("repositoryNameWithOwner") or ""
        repository = repository_by_name(*value.split("/")) if value.count("/") == 1 else None
        wanted = (branch.get("branchName") or "").removeprefix("refs/heads/")
    if repository is None or not caller().can_see(repository):
        raise no_repository(value)
    if not caller().may(repository, "contents", "write"):
        raise forbidden()
    if repository["archived"]:
        raise Problem("UNPROCESSABLE", "Repository was archived so is read-only.")
    return repository, wanted


def _changes(head: pygit2.Commit, asked: Arguments) -> dict[str, Change | None]:
    additions, deletions = asked.get("additions") or [], asked.get("deletions") or []
    contents = {one["path"]: _decoded(one) for one in additions}
    paths = [one["path"] for one in (*additions, *deletions)]
    if len(set(paths)) != len(paths):
        raise Problem("UNPROCESSABLE", f"Path must be unique: {next(one for one in paths if paths.count(one) > 1)}")
    if len(paths) > SMALL_COMMIT_FILES or sum(map(len, contents.values())) > SMALL_COMMIT_BYTES:
        raise TookTooLong
    for path in paths:
        if not path or path.startswith("/") or any(part in ("", ".", "..", ".git") for part in path.split("/")):
            raise Problem("UNPROCESSABLE", f"A path was requested which is not valid: `{path}`")
    gone = [one["path"] for one in deletions if not isinstance(gitstore.entry(head.tree, one["path"]), pygit2.Blob)]
    if gone:
        raise Problem(
            "NOT_FOUND", f"A path was requested for deletion which does not exist as of commit oid `{head.id}`"
        )
    kept = {path: Change(content, _mode(head, path)) for path, content in contents.items()}
    return {**kept, **dict.fromkeys((one["path"] for one in deletions), None)}


def _decoded(addition: Arguments) -> bytes:
    try:
        return base64.b64decode(addition["contents"], validate=True)
    except binascii.Error:
        raise Problem("UNPROCESSABLE", f"The contents of {addition['path']} are not valid base64.") from None


def _mode(head: pygit2.Commit, path: str) -> int:
    old = gitstore.entry(head.tree, path)
    is_file = isinstance(old, pygit2.Blob) and old.filemode in (FileMode.BLOB, FileMode.BLOB_EXECUTABLE)
    return int(old.filemode) if old is not None and is_file and old.filemode else FileMode.BLOB


def _move(repository: Record, ref: str, made: pygit2.Oid) -> None:
    """Move the branch; what REST says with a status, GraphQL says with a type."""
    try:
        pushes.move(repository, ref, made)
    except ApiError as error:
        kind = "FORBIDDEN" if error.status == 403 else "BRANCH_PROTECTION_RULE_VIOLATION"
        raise Problem(kind, error.message) from None
