"""GitHub's JSON about pull requests, checks, comments and issues as the desk's values. Sends nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from waypost.forge.desk import Change, Comment, Issue, Labelling, Person, Pull, Review, Verdict

Body = Mapping[str, Any]
COMMENT_CHARACTERS = 65_536
CUT = "\n\n(cut: longer than GitHub allows)"


def person(found: Body | None) -> Person:
    """Read an account; whoever deleted theirs is GitHub's ghost."""
    if found is None:
        return Person("ghost")
    return Person(found["login"], found.get("type") == "Bot", found["id"])


def pull(found: Body) -> Pull:
    """Read a pull request of a listing, or a whole one: only that knows whether it can be merged."""
    head, base = found["head"], found["base"]
    return Pull(
        number=found["number"],
        title=found["title"],
        author=person(found["user"]),
        branch=head["ref"],
        head=head["sha"],
        head_repository=(head["repo"] or {}).get("full_name", ""),
        base=base["ref"],
        base_commit=base["sha"],
        state=found["state"],
        is_draft=bool(found.get("draft")),
        is_merged=bool(found.get("merged_at")),
        labels=tuple(label["name"] for label in found["labels"]),
        body=found.get("body") or "",
        created=found["created_at"],
        updated=found["updated_at"],
    )


def pulls(body: Sequence[Body]) -> list[Pull]:
    return [pull(one) for one in body]


def changes(body: Sequence[Body]) -> list[Change]:
    return [Change(one["filename"], one["status"], one.get("previous_filename") or "") for one in body]


def comments(body: Sequence[Body]) -> list[Comment]:
    return [
        Comment(one["id"], person(one["user"]), one.get("body") or "", one["created_at"], one["updated_at"])
        for one in body
    ]


def labellings(body: Sequence[Body]) -> list[Labelling]:
    """Read an issue's events; all but those about labels are left out."""
    return [
        Labelling(one["label"]["name"], person(one["actor"]), one["event"] == "labeled", one["created_at"])
        for one in body
        if one["event"] in ("labeled", "unlabeled")
    ]


def reviews(body: Sequence[Body]) -> list[Review]:
    return [
        Review(person(one["user"]), one["state"], one.get("commit_id") or "", one.get("body") or "") for one in body
    ]


def issues(body: Sequence[Body]) -> list[Issue]:
    """Read a listing of issues; GitHub lists pull requests among them."""
    return [issue(one) for one in body if "pull_request" not in one]


def issue(found: Body) -> Issue:
    labels = (one if isinstance(one, str) else one.get("name") or "" for one in found["labels"])
    return Issue(
        found["number"],
        found["title"],
        found.get("body") or "",
        person(found["user"]),
        found["state"],
        tuple(labels),
        found["created_at"],
        found["updated_at"],
    )


def run_verdicts(body: Body) -> list[tuple[int, Verdict]]:
    """Read check runs as verdicts, each with the number of the App that gave it."""
    return [
        ((run.get("app") or {}).get("id", 0), Verdict(run["name"], run["conclusion"] or "pending"))
        for run in body["check_runs"]
    ]


def status_verdicts(body: Body) -> list[Verdict]:
    """Read the combined statuses of a commit: the newest of each context."""
    return [Verdict(one["context"], one["state"]) for one in body["statuses"]]


def cut(text: str, most: int) -> str:
    """Shorten to so many bytes, saying so; GitHub refuses a text that is longer."""
    data = text.encode()
    if len(data) <= most:
        return text
    return data[: most - len(CUT.encode())].decode(errors="ignore") + CUT
