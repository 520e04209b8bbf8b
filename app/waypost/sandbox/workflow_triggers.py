"""Events start workflows: which files there are at a commit, and a run for each that wants the event. No routes.

https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
"""

from __future__ import annotations

from collections.abc import Iterator

import pygit2

from waypost.sandbox import gitstore, pull_objects
from waypost.sandbox.actions_app import APP_ID
from waypost.sandbox.auth import caller
from waypost.sandbox.box import box
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json
from waypost.sandbox.workflow_files import FOLDER, WorkflowFile, is_workflow, parse
from waypost.sandbox.workflow_filters import EVENTS, is_skipped, starts
from waypost.sandbox.workflow_runs import begin

# what GITHUB_TOKEN does starts nothing, these excepted
_ALSO_BY_TOKEN = {"repository_dispatch", "workflow_dispatch"}


def files_at(repository: Record, commit: pygit2.Commit | None) -> Iterator[WorkflowFile]:
    """Read the workflow files of a commit, in the order of their names."""
    folder = gitstore.entry(commit.tree, FOLDER) if commit is not None else None
    for held in folder if isinstance(folder, pygit2.Tree) else ():
        path = f"{FOLDER}{held.name}"
        if isinstance(held, pygit2.Blob) and is_workflow(path):
            yield parse(path, held.data)


def listen(event: str, payload: Json, repository: Record, actor: Record) -> None:
    """Begin what an event starts. A fork's workflows wait until somebody enables them, which nobody can here."""
    if event not in EVENTS or repository["fork"] or repository["archived"]:
        return
    if (caller().app or {}).get("id") == APP_ID and event not in _ALSO_BY_TOKEN:
        return
    ref, sha = _head(event, payload, repository)
    git = box().git.open(repository["id"])
    commit = gitstore.resolve(git, sha) if sha else None
    if commit is None or (event in ("push", "pull_request") and is_skipped(commit.message)):
        return
    for file in files_at(repository, commit):
        if _is_disabled(repository, file):
            continue
        if file.problem:  # a push tells its author of it
            wanted = event == "push"
        else:
            wanted = starts(file.triggers, event, payload, lambda: _changed(event, payload))
        if wanted:
            begin(repository, file, event, (ref, sha), actor, payload, _title(event, payload, commit))


def _head(event: str, payload: Json, repository: Record) -> tuple[str, str]:
    """Return the ref and the commit that an event is about: mostly the default branch's."""
    if event == "push":
        return payload["ref"], payload["after"]
    if event == "pull_request":  # GitHub takes the merge of both sides; here it is the head alone
        return f"refs/heads/{payload['pull_request']['head']['ref']}", payload["pull_request"]["head"]["sha"]
    branch = repository["default_branch"]
    head = gitstore.head(box().git.open(repository["id"]), branch)
    return f"refs/heads/{branch}", str(head.id) if head is not None else ""


def _changed(event: str, payload: Json) -> Iterator[str]:
    if event == "pull_request":
        pull = box().store.must("pull", payload["pull_request"]["id"])
        yield from (change.path for change in pull_objects.changes(pull))
        return
    for commit in payload["commits"]:
        for kind in ("added", "removed", "modified"):
            yield from commit[kind]


def _title(event: str, payload: Json, commit: pygit2.Commit) -> str:
    if event in ("issues", "issue_comment"):
        return str(payload["issue"]["title"])
    if event == "pull_request":
        return str(payload["pull_request"]["title"])
    if event == "repository_dispatch":
        return str(payload["action"])
    return commit.message.partition("\n")[0]


def _is_disabled(repository: Record, file: WorkflowFile) -> bool:
    found = box().store.first("workflow", repository_id=repository["id"], path=file.path)
    return found is not None and found["state"] != "active"
