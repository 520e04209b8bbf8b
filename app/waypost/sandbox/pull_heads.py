"""Pull requests follow their branches: new heads, bases that now hold the head, heads that are gone. No routes."""

from __future__ import annotations

from collections.abc import Mapping

import pygit2

from waypost.sandbox import forks, gitstore, merging, pull_objects
from waypost.sandbox.box import box
from waypost.sandbox.conversations import touch
from waypost.sandbox.pull_objects import announce, issue_of
from waypost.sandbox.pulls import close
from waypost.sandbox.store import Record


def follow(repository: Record, moved: Mapping[str, tuple[str | None, str | None]]) -> None:
    """Follow branches that moved: new heads, bases that now hold the head, heads that are gone."""
    for ref, (old, new) in moved.items():
        if not ref.startswith("refs/heads/"):
            continue
        branch = ref.removeprefix("refs/heads/")
        for pull in box().store.all("pull"):
            if issue_of(pull)["state"] != "open":
                continue
            into = box().store.must("repository", pull["repository_id"])
            if pull["head_repository_id"] == repository["id"] and pull["head_ref"] == branch:
                _head_moved(repository, into, pull, old, new)
            elif pull["repository_id"] == repository["id"] and pull["base_ref"] == branch and new is not None:
                _base_moved(repository, pull, old, new)


def _head_moved(source: Record, repository: Record, pull: Record, old: str | None, new: str | None) -> None:
    if new is None:
        close(repository, pull)
        return
    forks.bring(repository, source, box().git.open(source["id"])[new].peel(pygit2.Commit))
    pull = box().store.change("pull", pull["id"], head_sha=new)
    gitstore.move_ref(pull_objects.opened(pull), f"refs/pull/{pull['number']}/head", new)
    touch(issue_of(pull))
    announce(repository, pull, "synchronize", before=old or pull["head_sha"], after=new)


def _base_moved(repository: Record, pull: Record, old: str | None, new: str) -> None:
    """A push that brings the whole head to the base merges the pull request, as on GitHub."""
    git = pull_objects.opened(pull)
    if gitstore.is_ancestor(git, pygit2.Oid(hex=pull["head_sha"]), pygit2.Oid(hex=new)):
        merging.close_as_merged(repository, pull, new, old or new)
