"""How refs move: what protection refuses, and the events, log and dates that follow. Every write ends here.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#push
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import chain

import pygit2
from pygit2.enums import DeltaStatus, SortMode

from waypost.limits import PUSH_COMMITS, PUSH_FILES_PER_COMMIT
from waypost.sandbox import events, gitstore, objects, protection_checks, rule_checks
from waypost.sandbox.auth import caller
from waypost.sandbox.box import box, full_name
from waypost.sandbox.clock import stamp
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, forbidden, unprocessable

NOTHING = "0" * 40
_BRANCHES_AT_ONCE, _TAGS_AT_ONCE = 5_000, 3
_WORKFLOWS = ".github/workflows/"


def move(repository: Record, ref: str, new: pygit2.Oid | str | None, force: bool = False) -> None:
    """Point a ref of the repository somewhere (None removes it) as the caller, and tell who listens.

    Raise 422 for what is no fast-forward unless forced, and what GitHub answers for protected branches.
    """
    opened = box().git.open(repository["id"])
    with box().git.lock(repository["id"]):
        old = gitstore.target(opened, ref)
        target = None if new is None else str(new)
        if old is not None and target is not None and not force and not _is_fast_forward(opened, old, target):
            raise unprocessable("Update is not a fast forward")
        check_protection(repository, opened, ref, old, target)
        check_rules(repository, opened, ref, old, target)
        if target is not None:
            check_workflows(opened, old, target)
        gitstore.move_ref(opened, ref, target)
    announce(repository, {ref: (old, target)}, "api")


def announce(repository: Record, moves: Mapping[str, tuple[str | None, str | None]], via: str) -> None:
    """Tell of refs that moved: push, create and delete events, the log, the repository's dates."""
    moved = {ref: pair for ref, pair in moves.items() if pair[0] != pair[1]}
    if not moved:
        return
    store, opened = box().store, box().git.open(repository["id"])
    size = box().git.kilobytes(repository["id"])
    repository = store.change("repository", repository["id"], pushed_at=box().clock.stamp(), size=size)
    branches = [ref for ref in moved if ref.startswith("refs/heads/")]
    tags = [ref for ref in moved if ref.startswith("refs/tags/")]
    # more at once than GitHub tells of
    quiet = {*(branches if len(branches) > _BRANCHES_AT_ONCE else ()), *(tags if len(tags) > _TAGS_AT_ONCE else ())}
    at = box().clock.now()
    # what was known before: refs pushed together do not hide each other's commits
    tips = {target for ref, target in gitstore.refs(opened).items() if ref not in moved}
    tips.update(old for old, _ in moved.values() if old)
    for ref, (old, new) in moved.items():
        commits = new_commits(opened, old, new, tips)
        tips.update([new] if new else [])
        _log(repository, ref, old, new, len(commits), via, at)
        if ref not in quiet and ref.startswith(("refs/heads/", "refs/tags/")):
            _emit(repository, opened, ref, old, new, commits)
    for listener in LISTENERS:
        listener(repository, moved)


# called with the repository and {ref: (old, new)} after every move: pull requests follow their branches
LISTENERS: list[Callable[[Record, Mapping[str, tuple[str | None, str | None]]], None]] = []


def new_commits(
    opened: pygit2.Repository, old: str | None, new: str | None, tips: Iterable[str]
) -> list[pygit2.Commit]:
    """Return the commits that a move brings, oldest first; a new ref brings what none of the other tips has."""
    tip = gitstore.resolve(opened, new) if new else None
    if tip is None:
        return []
    walker = opened.walk(tip.id, SortMode.TOPOLOGICAL | SortMode.REVERSE)
    for other in [old] if old else tips:
        known = gitstore.resolve(opened, other)
        if known is not None:
            walker.hide(known.id)
    return list(walker)


def changed_paths(commit: pygit2.Commit) -> dict[str, list[str]]:
    """Return which paths a commit added, removed and modified, against its first parent."""
    before = commit.parents[0].tree if commit.parents else None
    found: dict[str, list[str]] = {"added": [], "removed": [], "modified": []}
    for delta in _diff(before, commit.tree).deltas:
        name = {DeltaStatus.ADDED: "added", DeltaStatus.DELETED: "removed"}.get(delta.status, "modified")
        found[name].append(delta.new_file.path)
    return found


def check_protection(repository: Record, opened: pygit2.Repository, ref: str, old: str | None, new: str | None) -> None:
    """Raise what GitHub answers when the protection of the branch refuses this move."""
    text = protection_checks.refusal(repository, caller(), ref, old, new)
    looked = protection_checks.looks(repository, caller(), ref) if new is not None else set()
    if not text and new is not None and looked:
        commits = new_commits(opened, None, new, gitstore.refs(opened).values())
        is_forced = old is not None and not _is_fast_forward(opened, old, new)
        text = protection_checks.refusal_of_commits(looked, commits, is_forced)
    if text:
        raise unprocessable(text)


def check_rules(repository: Record, opened: pygit2.Repository, ref: str, old: str | None, new: str | None) -> None:
    """Raise what GitHub answers when a ruleset refuses this move."""
    rules = rule_checks.rules_for(repository, ref, caller())
    found = rule_checks.refusals(repository, rules, old, new)
    if new is not None and any(rule["type"] in rule_checks.BY_COMMITS for rule in rules):
        commits = new_commits(opened, None, new, gitstore.refs(opened).values())
        is_forced = old is not None and not _is_fast_forward(opened, old, new)
        found += rule_checks.refusals_of_commits(rules, commits, is_forced)
    if found:
        raise rule_checks.refused(422, found)


def check_workflows(opened: pygit2.Repository, old: str | None, new: str) -> None:
    """Raise 403 when an App, or a fine-grained token, without the `workflows` permission brings workflow files."""
    if caller().may_touch_workflows:
        return
    for commit in new_commits(opened, old, new, gitstore.refs(opened).values()):
        for path in chain.from_iterable(changed_paths(commit).values()):
            if path.startswith(_WORKFLOWS):
                raise forbidden(
                    f"refusing to allow a GitHub App to create or update workflow `{path}` "
                    "without `workflows` permission"
                )


def _is_fast_forward(opened: pygit2.Repository, old: str, new: str) -> bool:
    before, after = gitstore.resolve(opened, old), gitstore.resolve(opened, new)
    return before is not None and after is not None and gitstore.is_ancestor(opened, before.id, after.id)


def _diff(old: pygit2.Tree | None, new: pygit2.Tree) -> pygit2.Diff:
    return old.diff_to_tree(new) if old is not None else new.diff_to_tree(swap=True)


def _log(repository: Record, ref: str, old: str | None, new: str | None, commits: int, via: str, at: float) -> None:
    box().log.pushes.setdefault(full_name(repository), []).append(
        {"at": at, "ref": ref, "before": old, "after": new, "commits": commits, "via": via, "by": caller().key}
    )


def _emit(
    repository: Record,
    opened: pygit2.Repository,
    ref: str,
    old: str | None,
    new: str | None,
    commits: list[pygit2.Commit],
) -> None:
    name = ref.split("/", 2)[2]
    kind = "branch" if ref.startswith("refs/heads/") else "tag"
    if old is None or new is None:
        about: Json = {"ref": name, "ref_type": kind, "pusher_type": "user"}
        if old is None:
            about |= {"master_branch": repository["default_branch"], "description": repository["description"]}
            about["full_ref"] = ref
        events.emit("create" if old is None else "delete", about, repository=repository)
    events.emit("push", _payload(repository, opened, ref, old, new, commits), repository=repository)


def _payload(
    repository: Record,
    opened: pygit2.Repository,
    ref: str,
    old: str | None,
    new: str | None,
    commits: list[pygit2.Commit],
) -> Json:
    page = f"{box().url}/{full_name(repository)}"
    tip = gitstore.resolve(opened, new) if new else None
    user = caller().user
    login = user["login"] if user else "ghost"
    shown = objects.repository(repository)
    # payloads of a push write these two as numbers, unlike every other
    shown |= {"created_at": _seconds(repository["created_at"]), "pushed_at": int(box().clock.now())}
    shown |= {"master_branch": repository["default_branch"], "stargazers": 0}
    shown["owner"] |= {"name": shown["owner"]["login"], "email": None}
    if shown["owner"]["type"] == "Organization":
        shown["organization"] = shown["owner"]["login"]
    return {
        "ref": ref,
        "before": old or NOTHING,
        "after": new or NOTHING,
        "repository": shown,
        "pusher": {"name": login, "email": (user or {}).get("email")},
        "created": old is None,
        "deleted": new is None,
        "forced": bool(old and new) and not _is_fast_forward(opened, str(old), str(new)),
        "base_ref": None,
        "compare": f"{page}/compare/{(old or NOTHING)[:12]}...{(new or NOTHING)[:12]}",
        "commits": [_commit(page, commit) for commit in commits[-PUSH_COMMITS:]],
        "head_commit": _commit(page, tip) if tip is not None else None,
    }


def _commit(page: str, commit: pygit2.Commit) -> Json:
    paths = _capped(changed_paths(commit))
    return {
        "id": str(commit.id),
        "tree_id": str(commit.tree_id),
        "distinct": True,
        "message": commit.message.rstrip("\n"),
        "timestamp": stamp(commit.commit_time),
        "url": f"{page}/commit/{commit.id}",
        "author": _person(commit.author),
        "committer": _person(commit.committer),
        **paths,
    }


def _capped(paths: dict[str, list[str]]) -> dict[str, list[str]]:
    """List no more files of one commit than GitHub does."""
    left = PUSH_FILES_PER_COMMIT
    for name, held in paths.items():
        paths[name] = held[:left]
        left -= len(paths[name])
    return paths


def _person(signature: pygit2.Signature) -> Json:
    return {"name": signature.name, "email": signature.email, "username": signature.name}


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
