"""What issues, pull requests and comments share: who may take part, how they are shown. No routes.

https://docs.github.com/en/rest/issues
"""

from __future__ import annotations

from typing import Any

from waypost.sandbox import access, labels, objects
from waypost.sandbox.auth import actor, caller, require
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, forbidden, invalid, not_found

# https://docs.github.com/en/rest/issues/comments: "body is too long (maximum is 65536 characters)"
BODY_CHARACTERS = 65_536
TITLE_CHARACTERS = 256
REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def take_part(repository: Record, *permissions: str) -> Record:
    """Return who speaks; an App needs any of the permissions to write, a person only to see the repository."""
    who = actor()
    if caller().installation is not None:
        require(repository, **dict.fromkeys(permissions, "write"))
    elif repository["archived"]:
        raise ApiError(403, "Repository was archived so is read-only.")
    return who


def may_triage(repository: Record) -> bool:
    """Tell whether the caller may set labels, assignees and states of what others opened."""
    who = caller()
    if who.installation is not None or who.user is None:
        return who.installation is not None
    return access.at_least(access.level(who.user, repository), "triage")


def own_or_triage(repository: Record, record: Record) -> None:
    """Raise unless the caller wrote it or may triage here."""
    if actor()["id"] != record["user_id"] and not may_triage(repository):
        raise forbidden("Must have admin rights to Repository.")


def text_of(content: Json, resource: str, field: str, old: str | None = None) -> str | None:
    """Return a body or title of a request, as long as GitHub takes it."""
    if field not in content:
        return old
    value = content[field]
    if value is not None and not isinstance(value, str):
        raise invalid(resource, field)
    largest = TITLE_CHARACTERS if field == "title" else BODY_CHARACTERS
    if value is not None and len(value) > largest:
        message = f"{field} is too long (maximum is {largest} characters)"
        raise invalid(resource, field, "custom", message)
    return value


def by_number(repository: Record, number: int) -> Record:
    """Return the issue (or the issue side of a pull request), or raise 404."""
    issue = box().store.first("issue", repository_id=repository["id"], number=number)
    if issue is None:
        raise not_found()
    return issue


def add(repository: Record, **fields: Any) -> Record:
    """Keep a new issue, or the issue side of a pull request, under the repository's next number."""
    store = box().store
    now = box().clock.stamp()
    app = caller().app
    return store.add(
        "issue",
        repository_id=repository["id"],
        number=store.next_id(f"number:{repository['id']}"),
        state="open",
        state_reason=None,
        locked=False,
        created_at=now,
        updated_at=now,
        closed_at=None,
        closed_by_id=None,
        app_id=app["id"] if app else None,
        **fields,
    )


def touch(issue: Record, **fields: Any) -> Record:
    """Change an issue and say when."""
    return box().store.change("issue", issue["id"], updated_at=box().clock.stamp(), **fields)


def author_association(repository: Record, user: Record) -> str:
    """https://docs.github.com/en/graphql/reference/enums#commentauthorassociation"""
    if repository["owner_id"] == user["id"]:
        return "OWNER"
    store = box().store
    if store.first("membership", user_id=user["id"], org_id=repository["owner_id"]) is not None:
        return "MEMBER"
    direct = store.first("collaborator", user_id=user["id"], repository_id=repository["id"])
    return "COLLABORATOR" if direct is not None else "NONE"


def account(account_id: int | None) -> Json | None:
    """Show an account in short, or null."""
    found = box().store.get("account", account_id) if account_id is not None else None
    return objects.simple_user(found) if found is not None else None


def accounts(account_ids: list[int]) -> list[Json]:
    return [objects.simple_user(box().store.must("account", number)) for number in account_ids]


def made_by_app(record: Record) -> Json | None:
    """Show the App through which something was written, or null."""
    app = box().store.get("app", record["app_id"]) if record.get("app_id") else None
    return objects.app(app) if app is not None else None


def reactions(url: str, record: Record) -> Json:
    """Count the reactions of an issue or comment."""
    given = [one["content"] for one in record.get("reactions", ())]
    return {
        "url": f"{url}/reactions",
        "total_count": len(given),
        **{content: given.count(content) for content in REACTIONS},
    }


def issue_address(repository: Record, issue: Record) -> str:
    return f"{api_url()}/repos/{full_name(repository)}/issues/{issue['number']}"


def page_address(repository: Record, issue: Record) -> str:
    kind = "pull" if issue.get("pull_id") else "issues"
    return f"{box().url}/{full_name(repository)}/{kind}/{issue['number']}"


def labels_of(repository: Record, issue: Record) -> list[Json]:
    store = box().store
    return [labels.show(repository, store.must("label", number)) for number in issue["label_ids"]]


def show_issue(repository: Record, issue: Record) -> Json:
    """GET /repos/{owner}/{repo}/issues/{issue_number}."""
    store = box().store
    url, page = issue_address(repository, issue), page_address(repository, issue)
    assignees = accounts(issue["assignee_ids"])
    shown = {
        "url": url,
        "repository_url": f"{api_url()}/repos/{full_name(repository)}",
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": page,
        "id": issue["id"],
        "node_id": objects.node_id("PR" if issue.get("pull_id") else "I", issue.get("pull_id") or issue["id"]),
        "number": issue["number"],
        "title": issue["title"],
        "user": account(issue["user_id"]),
        "labels": labels_of(repository, issue),
        "state": issue["state"],
        "locked": issue["locked"],
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "milestone": None,
        "comments": len(store.where("comment", issue_id=issue["id"])),
        "created_at": issue["created_at"],
        "updated_at": issue["updated_at"],
        "closed_at": issue["closed_at"],
        "author_association": author_association(repository, store.must("account", issue["user_id"])),
        "active_lock_reason": None,
        "body": issue["body"],
        "closed_by": account(issue["closed_by_id"]),
        "reactions": reactions(url, issue),
        "timeline_url": f"{url}/timeline",
        "performed_via_github_app": made_by_app(issue),
        "state_reason": issue["state_reason"],
    }
    if issue.get("pull_id"):
        pull = store.must("pull", issue["pull_id"])
        shown["draft"] = pull["draft"]
        shown["pull_request"] = {
            "url": url.replace("/issues/", "/pulls/"),
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": pull["merged_at"],
        }
    return shown


def show_comment(repository: Record, comment: Record) -> Json:
    """GET /repos/{owner}/{repo}/issues/comments/{comment_id}."""
    store = box().store
    issue = store.must("issue", comment["issue_id"])
    url = f"{api_url()}/repos/{full_name(repository)}/issues/comments/{comment['id']}"
    return {
        "url": url,
        "html_url": f"{page_address(repository, issue)}#issuecomment-{comment['id']}",
        "issue_url": issue_address(repository, issue),
        "id": comment["id"],
        "node_id": objects.node_id("IC", comment["id"]),
        "user": account(comment["user_id"]),
        "created_at": comment["created_at"],
        "updated_at": comment["updated_at"],
        "author_association": author_association(repository, store.must("account", comment["user_id"])),
        "body": comment["body"],
        "reactions": reactions(url, comment),
        "performed_via_github_app": made_by_app(comment),
    }
