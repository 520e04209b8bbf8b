"""Reviews of pull requests, and who was asked for one.

https://docs.github.com/en/rest/pulls/reviews and https://docs.github.com/en/rest/pulls/review-requests
"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from waypost.sandbox import conversations, objects
from waypost.sandbox.auth import on_repository
from waypost.sandbox.box import account_by_login, box
from waypost.sandbox.conversations import take_part, text_of
from waypost.sandbox.pull_objects import issue_of, show_simple
from waypost.sandbox.pulls import must
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, body, invalid, paginate

routes = Blueprint("reviews", __name__)

_ONE = "/repos/<owner>/<name>/pulls/<int:number>"


@routes.get(f"{_ONE}/reviews")
@on_repository(pull_requests="read")
def list_reviews(repository: Record, number: int) -> ResponseReturnValue:
    pull = must(repository, number)
    return paginate(box().store.where("review", pull_id=pull["id"]), lambda one: _review(repository, pull, one))


@routes.post(f"{_ONE}/reviews")
@on_repository()
def create_review(repository: Record, number: int) -> ResponseReturnValue:
    pull, content = must(repository, number), body()
    who, event = take_part(repository, "pull_requests"), content.get("event", "COMMENT")
    states = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
    if event not in states:
        raise invalid("PullRequestReview", "event")
    if event != "COMMENT" and who["id"] == issue_of(pull)["user_id"]:
        verb = "approve" if event == "APPROVE" else "request changes on"
        raise ApiError(422, "Unprocessable Entity", [f"Can not {verb} your own pull request"])
    if event != "APPROVE" and not content.get("body"):
        raise ApiError(422, "Unprocessable Entity", ["Body can't be blank"])
    review = box().store.add(
        "review",
        pull_id=pull["id"],
        user_id=who["id"],
        state=states[event],
        body=text_of(content, "PullRequestReview", "body") or "",
        commit_id=content.get("commit_id") or pull["head_sha"],
        submitted_at=box().clock.stamp(),
    )
    return _review(repository, pull, review)


@routes.post(f"{_ONE}/requested_reviewers")
@on_repository(pull_requests="write")
def request_reviewers(repository: Record, number: int) -> ResponseReturnValue:
    pull = must(repository, number)
    users = [account_by_login(str(login)) for login in body().get("reviewers", [])]
    asked = [user["id"] for user in users if user is not None]
    if len(asked) != len(users):
        raise ApiError(422, "Reviews may only be requested from collaborators.")
    kept = list(dict.fromkeys([*pull["reviewer_ids"], *asked]))
    return show_simple(repository, box().store.change("pull", pull["id"], reviewer_ids=kept)), 201


def _review(repository: Record, pull: Record, review: Record) -> Json:
    url = show_simple(repository, pull)["url"]
    page = conversations.page_address(repository, issue_of(pull))
    html = f"{page}#pullrequestreview-{review['id']}"
    user = box().store.must("account", review["user_id"])
    return {
        "id": review["id"],
        "node_id": objects.node_id("PRR", review["id"]),
        "user": conversations.account(review["user_id"]),
        "body": review["body"],
        "state": review["state"],
        "html_url": html,
        "pull_request_url": url,
        "author_association": conversations.author_association(repository, user),
        "_links": {"html": {"href": html}, "pull_request": {"href": url}},
        "submitted_at": review["submitted_at"],
        "commit_id": review["commit_id"],
    }
