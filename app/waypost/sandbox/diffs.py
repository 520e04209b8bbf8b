"""What differs between two trees, as the API shows files: pull requests, commits and comparisons.

https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

import pygit2
from pygit2.enums import DeltaStatus, DiffFind

from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json

# larger patches are left out: https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits#diff-limits
PATCH_BYTES = 500_000
_STATUS = {
    DeltaStatus.ADDED: "added",
    DeltaStatus.DELETED: "removed",
    DeltaStatus.MODIFIED: "modified",
    DeltaStatus.RENAMED: "renamed",
    DeltaStatus.TYPECHANGE: "changed",
}
_NO_BLOB = "0" * 40


class FileChange(NamedTuple):
    """One file's difference; `patch` is None when it is binary or too large to show."""

    path: str
    old_path: str
    status: str
    blob: str
    additions: int
    deletions: int
    patch: str | None


def between(repository: pygit2.Repository, old: pygit2.Commit | None, new: pygit2.Commit) -> list[FileChange]:
    """Return the files that differ, by path; renames are found as git finds them."""
    diff = repository.diff(old, new) if old is not None else new.tree.diff_to_tree(swap=True)
    diff.find_similar(flags=DiffFind.FIND_RENAMES)
    return sorted(_change(patch) for patch in diff if patch is not None)


def _change(patch: pygit2.Patch) -> FileChange:
    delta = patch.delta
    _, additions, deletions = patch.line_stats
    is_gone = delta.status == DeltaStatus.DELETED
    side = delta.old_file if is_gone else delta.new_file
    hunks = b"".join(_hunk(hunk) for hunk in patch.hunks)
    return FileChange(
        side.path,
        delta.old_file.path,
        _STATUS.get(delta.status, "modified"),
        str(side.id),
        additions,
        deletions,
        hunks.decode("utf-8", "replace").removesuffix("\n") if hunks and len(hunks) <= PATCH_BYTES else None,
    )


def _hunk(hunk: pygit2.DiffHunk) -> bytes:
    lines = []
    for line in hunk.lines:
        # "=", ">" and "<" tell that a file does not end in a newline; their text says so itself
        sign = line.origin if line.origin in "+- " else ""
        lines.append(sign.encode() + line.raw_content)
    return hunk.header.encode() + b"".join(lines)


def show(record: Record, change: FileChange, commit: str) -> Json:
    """One entry of `files`."""
    path, name = quote(change.path), full_name(record)
    page = f"{box().url}/{name}"
    shown: Json = {
        "sha": change.blob if change.blob != _NO_BLOB else None,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{page}/blob/{commit}/{path}",
        "raw_url": f"{page}/raw/{commit}/{path}",
        "contents_url": f"{api_url()}/repos/{name}/contents/{path}?ref={commit}",
    }
    if change.patch is not None:
        shown["patch"] = change.patch
    if change.status == "renamed":
        shown["previous_filename"] = change.old_path
    return shown


def text(repository: pygit2.Repository, old: pygit2.Commit | None, new: pygit2.Commit) -> str:
    """Return the difference as `git diff` prints it."""
    diff = repository.diff(old, new) if old is not None else new.tree.diff_to_tree(swap=True)
    return diff.patch or ""
