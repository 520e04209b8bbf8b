"""The first commit of a branch: one push, marked in its message, so that a second try finds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from waypost.catalog.made_from import FILE
from waypost.create.kinds.paths import of, part
from waypost.create.marks import is_commit_of, with_trailer
from waypost.create.run import Run
from waypost.forge.creating import Draft
from waypost.forge.mirror import Author
from waypost.forge.protocol import ForgeError, HeadMoved
from waypost.golden.effects import FilesPushed
from waypost.golden.tree import File

Outputs = Mapping[str, Any]


def push_files(run: Run, effect: FilesPushed, key: str) -> Outputs:
    """Bring the first commit of a branch; in a repository of ours it remembers where it came from."""
    place, name = run.place(effect.repository), effect.repository.lower()
    if place is not None and name not in run.first_commits:
        effect = replace(effect, files={**effect.files, FILE: File(run.remembered(effect))})
    author = run.workshop.author()
    if effect.author_name and effect.author_email:
        author = Author(effect.author_name, effect.author_email)
    seconds = place.created if place else int(run.clock())
    message = with_trailer(effect.message or "Initial commit", run.request, key)
    draft = Draft(effect.branch, "", effect.files, message, author, seconds)
    is_new = not run.workshop.head(effect.repository, effect.branch)
    try:
        commit = run.workshop.push(effect.repository, draft)
        if is_new:
            run.say(f"push {len(effect.files)} files to {effect.branch} of {effect.repository}")
    except HeadMoved:
        commit = _pushed_before(run, effect, key)
    if place is not None:
        run.first_commits.setdefault(name, commit)
    return {"commitHash": commit}


def _pushed_before(run: Run, effect: FilesPushed, key: str) -> str:
    """Return our commit on a branch that has others on top of it by now."""
    path = f"{of(effect)}/commits?sha={part(effect.branch)}&per_page=100"
    listed = run.workshop.listing(path, f"looking at the commits of {effect.repository}")
    for one in listed:
        if is_commit_of(one["commit"]["message"], run.request, key):
            return str(one["sha"])
    raise ForgeError(
        f"the branch {effect.branch} of {effect.repository} has commits already, and none of them is this request's."
        f" Push to another branch, or open a pull request instead"
    )


def describe_files(effect: FilesPushed) -> str:
    return f"push {len(effect.files)} files to {effect.branch} of {effect.repository}"
