"""Pull requests: open, list, read, edit, files, commits, merge.

https://docs.github.com/en/rest/pulls/pulls
"""

from __future__ import annotations

from typing import Any

import pygit2
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import commit_objects, conversations, diffs, forks, gitstore, merging, pull_objects
from waypost.sandbox.auth import actor, caller, on_repository
from waypost.sandbox.box import account_by_login, box, owner_of
from waypost.sandbox.conversations import own_or_triage, take_part, text_of, touch
from waypost.sandbox.pull_objects import announce, issue_of, show, show_simple
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, body, invalid, media, not_found, paginate, text_field

routes = Blueprint("pulls", __name__)

# https://docs.github.com/en/rest/pulls/pulls#list-commits-on-a-pull-request and #list-pull-requests-files
MOST_COMMITS, MOST_FILES = 250, 3_000
_ONE = "/repos/<owner>/<name>/pulls/<int:number>"


@routes.get("/repos/<owner>/<name>/pulls")
@on_repository(pull_requests="read")
def list_pulls(repository: Record) -> ResponseReturnValue:
    found = [one for one in box().store.where("pull", repository_id=repository["id"]) if _wanted(one)]
    key = {"updated": "updated_at"}.get(request.args.get("sort", ""), "created_at")
    default = "desc" if request.args.get("sort", "created") == "created" else "asc"
    found.sort(
        key=lambda one: (issue_of(one)[key], one["number"]),
        reverse=request.args.get("direction", default) == "desc",
    )
    return paginate(found, lambda pull: show_simple(repository, pull))


@routes.post("/repos/<owner>/<name>/pulls")
@on_repository()
def create_pull(repository: Record) -> ResponseReturnValue:
    who, content = take_part(repository, "pull_requests"), body()
    title = text_of(content, "PullRequest", "title")
    if not title:
        raise invalid("PullRequest", "title", "missing_field")
    source, head_ref, head = _head(repository, text_field(content, "PullRequest", "head"))
    base_ref = text_field(content, "PullRequest", "base")
    git = box().git.open(repository["id"])
    base = gitstore.head(git, base_ref)
    if base is None:
        raise invalid("PullRequest", "base")
    forks.bring(repository, source, head)
    if not gitstore.is_ancestor(git, head.id, base.id):
        _refuse_second(repository, source, head_ref, base_ref)
    else:
        raise _custom(f"No commits between {base_ref} and {head_ref}")
    pull = _open(
        repository,
        {"title": title, "body": text_of(content, "PullRequest", "body"), "user_id": who["id"]},
        head_repository_id=source["id"],
        head_ref=head_ref,
        head_sha=str(head.id),
        base_ref=base_ref,
        base_sha=str(base.id),
        draft=bool(content.get("draft", False)),
    )
    announce(repository, pull, "opened")
    shown = show(repository, pull)
    return shown, 201, {"Location": shown["url"]}


@routes.get(_ONE)
@on_repository(pull_requests="read")
def get_pull(repository: Record, number: int) -> ResponseReturnValue:
    pull = must(repository, number)
    if media() in ("diff", "patch"):
        text = pull_objects.difference(pull)
        return Response(text, content_type=f"application/vnd.github.{media()}; charset=utf-8")
    return show(repository, pull)


@routes.patch(_ONE)
@on_repository()
def edit_pull(repository: Record, number: int) -> ResponseReturnValue:
    pull, content = must(repository, number), body()
    take_part(repository, "pull_requests")
    issue = issue_of(pull)
    own_or_triage(repository, issue)
    new: dict[str, Any] = {
        "title": text_of(content, "PullRequest", "title", issue["title"]) or issue["title"],
        "body": text_of(content, "PullRequest", "body", issue["body"]),
    }
    changes: Json = {field: {"from": issue[field] or ""} for field in new if new[field] != issue[field]}
    if content.get("base", pull["base_ref"]) != pull["base_ref"]:
        changes["base"] = {"ref": {"from": pull["base_ref"]}, "sha": {"from": pull_objects.base_sha(pull)}}
        pull = _change_base(repository, pull, content["base"])
    touch(issue, **new)
    if changes:
        announce(repository, pull, "edited", changes=changes)
    state = content.get("state", issue["state"])
    if state not in ("open", "closed"):
        raise invalid("PullRequest", "state")
    if state != issue["state"]:
        pull = close(repository, pull) if state == "closed" else _reopen(repository, pull)
    return show(repository, pull)


@routes.get(f"{_ONE}/files")
@on_repository(pull_requests="read")
def list_files(repository: Record, number: int) -> ResponseReturnValue:
    pull = must(repository, number)
    changes = pull_objects.changes(pull)[:MOST_FILES]
    return paginate(changes, lambda change: diffs.show(repository, change, pull["head_sha"]))


@routes.get(f"{_ONE}/commits")
@on_repository(pull_requests="read")
def list_commits(repository: Record, number: int) -> ResponseReturnValue:
    found = pull_objects.commits(must(repository, number))[:MOST_COMMITS]
    return paginate(found, lambda commit: commit_objects.commit(repository, commit))


@routes.get("/repos/<owner>/<name>/commits/<sha>/pulls")
@on_repository(pull_requests="read", contents="read")
def pulls_of_commit(repository: Record, sha: str) -> ResponseReturnValue:
    """The pull requests that brought a commit, or would bring it."""
    commit = gitstore.resolve(box().git.open(repository["id"]), sha, repository["default_branch"])
    if commit is None:
        raise ApiError(422, f"No commit found for SHA: {sha}")
    found = [
        pull
        for pull in box().store.where("pull", repository_id=repository["id"])
        if pull["merge_commit_sha"] == str(commit.id) or commit.id in {one.id for one in pull_objects.commits(pull)}
    ]
    return paginate(found, lambda pull: show_simple(repository, pull))


@routes.get(f"{_ONE}/merge")
@on_repository(pull_requests="read")
def is_merged(repository: Record, number: int) -> ResponseReturnValue:
    if must(repository, number)["merged_at"] is None:
        raise not_found()
    return "", 204


@routes.put(f"{_ONE}/merge")
@on_repository(contents="write")
def merge(repository: Record, number: int) -> ResponseReturnValue:
    commit = merging.merge(repository, must(repository, number), body())
    return {"sha": commit, "merged": True, "message": "Pull Request successfully merged"}


@routes.put(f"{_ONE}/update-branch")
@on_repository(pull_requests="write")
def update_branch(repository: Record, number: int) -> ResponseReturnValue:
    """Merge the base into the head."""
    pull, content = must(repository, number), body()
    if content.get("expected_head_sha") not in (None, pull["head_sha"]):
        raise ApiError(422, "expected head sha didn't match current head ref.")
    merging.bring_up_to_date(repository, pull)
    page = f"{box().url}/{owner_of(repository)['login']}/{repository['name']}/pull/{number}"
    return {"message": "Updating pull request branch.", "url": page}, 202


def must(repository: Record, number: int) -> Record:
    """Return the pull request, or raise 404."""
    pull = box().store.first("pull", repository_id=repository["id"], number=number)
    if pull is None:
        raise not_found()
    return pull


def _wanted(pull: Record) -> bool:
    asked = request.args
    state, issue = asked.get("state", "open"), issue_of(pull)
    if state not in ("all", issue["state"]) or asked.get("base", pull["base_ref"]) != pull["base_ref"]:
        return False
    owner, _, branch = asked.get("head", "").rpartition(":")
    if not owner:  # GitHub ignores a head without its owner
        return True
    source = box().store.get("repository", pull["head_repository_id"])
    return branch == pull["head_ref"] and source is not None and owner_of(source)["login"].lower() == owner.lower()


def _head(repository: Record, text: str) -> tuple[Record, str, pygit2.Commit]:
    """Find what `branch` or `owner:branch` names: the repository, the branch and its commit."""
    login, _, branch = text.rpartition(":")
    owner = account_by_login(login) if login else owner_of(repository)
    source = forks.source_of(repository, owner) if owner is not None else None
    head = gitstore.head(box().git.open(source["id"]), branch) if source is not None else None
    if source is None or head is None or not caller().can_see(source):
        raise invalid("PullRequest", "head")
    return source, branch, head


def _refuse_second(repository: Record, source: Record, head_ref: str, base_ref: str) -> None:
    same = box().store.where(
        "pull", repository_id=repository["id"], head_repository_id=source["id"], head_ref=head_ref, base_ref=base_ref
    )
    if any(issue_of(pull)["state"] == "open" for pull in same):
        raise _custom(f"A pull request already exists for {owner_of(source)['login']}:{head_ref}.")


def _custom(message: str) -> ApiError:
    return ApiError(422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": message}])


def _open(repository: Record, about: Json, **fields: Any) -> Record:
    store = box().store
    issue = conversations.add(repository, label_ids=[], assignee_ids=[], **about)
    nothing = {"merged_at": None, "merged_by_id": None, "merge_commit_sha": None, "closed_base_sha": None}
    pull = store.add(
        "pull",
        repository_id=repository["id"],
        issue_id=issue["id"],
        number=issue["number"],
        reviewer_ids=[],
        **nothing,
        **fields,
    )
    store.change("issue", issue["id"], pull_id=pull["id"])
    gitstore.move_ref(box().git.open(repository["id"]), f"refs/pull/{pull['number']}/head", fields["head_sha"])
    return pull


def _change_base(repository: Record, pull: Record, base: object) -> Record:
    head = gitstore.head(box().git.open(repository["id"]), str(base))
    if head is None:
        raise invalid("PullRequest", "base")
    return box().store.change("pull", pull["id"], base_ref=str(base), base_sha=str(head.id))


def close(repository: Record, pull: Record) -> Record:
    now, who = box().clock.stamp(), actor()
    pull = box().store.change("pull", pull["id"], closed_base_sha=pull_objects.base_sha(pull))
    touch(issue_of(pull), state="closed", closed_at=now, closed_by_id=who["id"])
    announce(repository, pull, "closed")
    return pull


def _reopen(repository: Record, pull: Record) -> Record:
    source = box().store.get("repository", pull["head_repository_id"])
    head = gitstore.head(box().git.open(source["id"]), pull["head_ref"]) if source is not None else None
    if pull["merged_at"] is not None or head is None:
        raise invalid("PullRequest", "state")
    pull = box().store.change("pull", pull["id"], closed_base_sha=None, head_sha=str(head.id))
    touch(issue_of(pull), state="open", state_reason=None, closed_at=None, closed_by_id=None)
    announce(repository, pull, "reopened")
    return pull
