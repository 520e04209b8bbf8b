"""Merging a pull request: what GitHub refuses, and the commits that each way of merging makes.

https://docs.github.com/en/rest/pulls/pulls#merge-a-pull-request
"""

from __future__ import annotations

from contextlib import suppress

import pygit2

from waypost.sandbox import access, gitstore, objects, protection_checks, pull_objects, pushes, rule_checks
from waypost.sandbox.auth import actor, caller
from waypost.sandbox.beginnings import author_of
from waypost.sandbox.box import box, owner_of
from waypost.sandbox.commit_objects import web_committer
from waypost.sandbox.conversations import touch
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, conflict, unprocessable

WAYS = {"merge": "allow_merge_commit", "squash": "allow_squash_merge", "rebase": "allow_rebase_merge"}
_NAMES = {"merge": "Merge commits", "squash": "Squash merges", "rebase": "Rebase merges"}


def merge(repository: Record, pull: Record, content: Json) -> str:
    """Merge, move the base branch, close the pull request; return the new head of the base.

    Raise 405 when it cannot be merged, 409 when the head is not the `sha` that the caller saw.
    """
    way = content.get("merge_method", "merge")
    issue = pull_objects.issue_of(pull)
    if way not in WAYS:
        raise unprocessable(f"{way} is not a merge method")
    if issue["state"] == "closed":
        raise ApiError(405, "Pull Request is not mergeable")
    if content.get("sha") not in (None, pull["head_sha"]):
        raise conflict("Head branch was modified. Review and try the merge again.")
    if not objects.merge_settings(repository)[WAYS[way]]:
        raise ApiError(405, f"{_NAMES[way]} are not allowed on this repository.")
    if pull["draft"]:
        raise ApiError(405, "Pull Request is still a draft")
    _check_protection(repository, pull)
    _check_rules(repository, pull, way)
    git = pull_objects.opened(pull)
    ref = f"refs/heads/{pull['base_ref']}"
    with box().git.lock(repository["id"]):
        old = gitstore.target(git, ref)
        index = pull_objects.merged_index(pull) if old is not None else None
        if index is None or old is None:
            raise ApiError(405, "Pull Request is not mergeable")
        new = (
            _rebased(git, pull, old) if way == "rebase" else _committed(git, repository, pull, index, old, way, content)
        )
        if new is None:
            raise ApiError(405, "This branch can't be rebased")
        gitstore.move_ref(git, ref, new)
    close_as_merged(repository, pull, str(new), old)
    pushes.announce(repository, {ref: (old, str(new))}, "merge")
    if objects.merge_settings(repository)["delete_branch_on_merge"] and pull["head_repository_id"] == repository["id"]:
        with suppress(ApiError):  # a rule keeps the branch; the merge stands
            pushes.move(repository, f"refs/heads/{pull['head_ref']}", None)
    return str(new)


def close_as_merged(repository: Record, pull: Record, commit: str, base: str) -> None:
    """Mark a pull request as merged by whoever acts now."""
    now, who = box().clock.stamp(), actor()
    merged = {"merged_at": now, "merged_by_id": who["id"], "merge_commit_sha": commit, "closed_base_sha": base}
    pull = box().store.change("pull", pull["id"], **merged)
    issue = pull_objects.issue_of(pull)
    touch(issue, state="closed", closed_at=now, closed_by_id=who["id"])
    pull_objects.announce(repository, pull, "closed")


def bring_up_to_date(repository: Record, pull: Record) -> None:
    """Merge the base into the head branch; raise 422 when that conflicts."""
    git, index = pull_objects.opened(pull), pull_objects.merged_index(pull)
    base = pull_objects.base_sha(pull)
    if index is None:
        raise unprocessable("merge conflict between base and head")
    if pull_objects.merge_base(pull) == base:
        raise unprocessable("There are no new commits on the base branch.")
    by = author_of(actor(), box().clock.now())
    message = f"Merge branch '{pull['base_ref']}' into {pull['head_ref']}"
    parents = [pygit2.Oid(hex=pull["head_sha"]), pygit2.Oid(hex=base)]
    made = git.create_commit(
        None, by.signature(), web_committer(by.seconds).signature(), message, index.write_tree(git), parents
    )
    pushes.move(repository, f"refs/heads/{pull['head_ref']}", made)


def _check_protection(repository: Record, pull: Record) -> None:
    """Raise 405 for what the base branch's protection still waits for."""
    protection = box().store.first("protection", repository_id=repository["id"], branch=pull["base_ref"])
    if protection is None:
        return
    rules = protection["rules"]
    user = caller().user
    administers = user is not None and access.level(user, repository) == "admin"
    if administers and not rules.get("enforce_admins"):
        return
    missing = missing_checks(repository, pull, rules)
    if missing:
        listed = ", ".join(f'"{name}"' for name in missing)
        raise ApiError(405, f"Required status check {listed} is expected.")
    needed = (rules.get("required_pull_request_reviews") or {}).get("required_approving_review_count", 0)
    if _approvals(pull) < needed:
        raise ApiError(405, f"At least {needed} approving review is required by reviewers with write access.")
    restrictions = rules.get("restrictions")
    if restrictions is not None and not protection_checks.is_named(restrictions, caller()):
        raise ApiError(405, "You're not authorized to push to this branch.")


def _check_rules(repository: Record, pull: Record, way: str) -> None:
    """Raise 405 for what the base branch's rulesets wait for."""
    is_behind = pull_objects.merge_base(pull) != pull_objects.base_sha(pull)
    refused = rule_checks.refusals_of_merge(repository, pull, way, caller(), _approvals(pull), is_behind)
    if refused:
        raise rule_checks.refused(405, refused)


def _approvals(pull: Record) -> int:
    reviews = box().store.where("review", pull_id=pull["id"], state="APPROVED")
    return len({review["user_id"] for review in reviews})


def missing_checks(repository: Record, pull: Record, rules: Json) -> list[str]:
    """Return the required status checks that have not succeeded on the head."""
    return rule_checks.missing(repository, pull["head_sha"], protection_checks.required_checks(rules))


def _committed(
    git: pygit2.Repository, repository: Record, pull: Record, index: pygit2.Index, old: str, way: str, content: Json
) -> pygit2.Oid:
    """Write a merge commit, or one commit that holds all changes."""
    issue = pull_objects.issue_of(pull)
    number = pull["number"]
    if way == "merge":
        head_owner = box().store.get("repository", pull["head_repository_id"])
        owner = owner_of(head_owner or repository)["login"]
        title, text = f"Merge pull request #{number} from {owner}/{pull['head_ref']}", issue["title"]
        parents = [pygit2.Oid(hex=old), pygit2.Oid(hex=pull["head_sha"])]
    else:
        title, text = f"{issue['title']} (#{number})", _messages(pull)
        parents = [pygit2.Oid(hex=old)]
    title, text = content.get("commit_title") or title, content.get("commit_message", text) or ""
    message = f"{title}\n\n{text}" if text else title
    by = author_of(actor(), box().clock.now())
    committer = web_committer(by.seconds).signature()
    return git.create_commit(None, by.signature(), committer, message, index.write_tree(git), parents)


def _messages(pull: Record) -> str:
    found = pull_objects.commits(pull)
    if len(found) == 1:
        return found[0].message.partition("\n\n")[2].strip()
    return "\n\n".join(f"* {commit.message.strip()}" for commit in found)


def _rebased(git: pygit2.Repository, pull: Record, onto: str) -> pygit2.Oid | None:
    """Write each commit anew on top of the base; None when one does not apply."""
    by = author_of(actor(), box().clock.now()).signature()
    tip = git[onto].peel(pygit2.Commit)
    for commit in pull_objects.commits(pull):
        if len(commit.parents) != 1:
            return None
        index = git.merge_trees(commit.parents[0].tree, tip.tree, commit.tree)
        if index.conflicts:
            return None
        made = git.create_commit(None, commit.author, by, commit.message, index.write_tree(git), [tip.id])
        tip = git[made].peel(pygit2.Commit)
    return tip.id
