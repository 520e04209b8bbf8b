"""The commits of a repository or a path, and one commit with what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from typing import NamedTuple

import pygit2
from flask import request
from flask.typing import ResponseReturnValue
from pygit2.enums import SortMode

from waypost.sandbox import check_objects, commit_objects, diffs, gitstore
from waypost.sandbox.box import box
from waypost.sandbox.clock import stamp
from waypost.sandbox.pages.frame import PageMissing, commit_at, on_page, page, routes, split_ref
from waypost.sandbox.store import Record

_A_PAGE = 35
_FILES = 300  # https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits#diff-limits


class Line(NamedTuple):
    """A line of a difference: kind is "hunk", "added", "removed" or "same"."""

    kind: str
    old: int | None
    new: int | None
    text: str


@routes.get("/<login:owner>/<name>/commits")
@routes.get("/<login:owner>/<name>/commits/<path:rest>")
@on_page
def show_commits(repository: Record, rest: str = "") -> ResponseReturnValue:
    git = box().git.open(repository["id"])
    ref, path = split_ref(git, rest or repository["default_branch"])
    tip = commit_at(git, repository, ref)
    start = commit_at(git, repository, request.args["after"]) if "after" in request.args else tip
    found = list(islice(touching(git, start, path), _A_PAGE + 1 + (start is not tip)))
    if start is not tip:
        found = found[1:]
    shown, more = found[:_A_PAGE], found[_A_PAGE:]
    days = [(day, list(commits)) for day, commits in groupby(shown, key=lambda one: stamp(one.commit_time)[:10])]
    checks = {str(one.id): _checks(repository, str(one.id)) for one in shown}
    after = str(shown[-1].id) if more else ""
    return page("commits.html", repository, ref=ref, path=path, days=days, after=after, checks=checks)


@routes.get("/<login:owner>/<name>/commit/<sha>")
@on_page
def show_commit(repository: Record, sha: str) -> ResponseReturnValue:
    git = box().git.open(repository["id"])
    found = gitstore.find(git, sha)
    if not isinstance(found, pygit2.Commit):
        raise PageMissing(404, f"There is no commit {sha} here.")
    changes = diffs.between(git, found.parents[0] if found.parents else None, found)
    runs = box().store.where("check_run", repository_id=repository["id"], head_sha=str(found.id))
    return page(
        "commit.html",
        repository,
        commit=found,
        verified=commit_objects.verification(found)["verified"],
        changes=[(change, lines(change.patch)) for change in changes[:_FILES]],
        left_out=max(len(changes) - _FILES, 0),
        additions=sum(change.additions for change in changes),
        deletions=sum(change.deletions for change in changes),
        runs=runs,
    )


def touching(git: pygit2.Repository, start: pygit2.Commit, path: str) -> Iterator[pygit2.Commit]:
    """Walk back through the commits that changed a path ("" is everything)."""
    for commit in git.walk(start.id, SortMode.TOPOLOGICAL | SortMode.TIME):
        if not path or _changed(commit, path):
            yield commit


def _changed(commit: pygit2.Commit, path: str) -> bool:
    here = _id_at(commit, path)
    before = [_id_at(parent, path) for parent in commit.parents]
    return all(one != here for one in before) if before else here is not None


def _id_at(commit: pygit2.Commit, path: str) -> pygit2.Oid | None:
    found = gitstore.entry(commit.tree, path)
    return found.id if found is not None else None


def lines(patch: str | None) -> list[Line]:
    """Number the lines of a patch as the page shows them."""
    found: list[Line] = []
    old = new = 0
    for text in (patch or "").split("\n"):
        if text.startswith("@@"):
            spans = text.split(" ")
            old, new = int(spans[1][1:].split(",")[0]), int(spans[2][1:].split(",")[0])
            found.append(Line("hunk", None, None, text))
        elif text.startswith("+"):
            found.append(Line("added", None, new, text[1:]))
            new += 1
        elif text.startswith("-"):
            found.append(Line("removed", old, None, text[1:]))
            old += 1
        elif text.startswith("\\") or not found:
            found.append(Line("same", None, None, text))
        else:
            found.append(Line("same", old, new, text[1:]))
            old, new = old + 1, new + 1
    return found if patch else []


def _checks(repository: Record, sha: str) -> str | None:
    """Return how the checks of a commit stand, or None when there are none."""
    runs = box().store.where("check_run", repository_id=repository["id"], head_sha=sha)
    if not runs:
        return None
    status, conclusion = check_objects.verdict(runs)
    return conclusion or status
