"""Issues, pull requests and check runs, to read; a check run can be asked for again."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import pull_objects
from waypost.sandbox.box import box, full_name
from waypost.sandbox.check_objects import announce_run
from waypost.sandbox.pages.frame import HEADERS, PageMissing, check_own_page, on_page, page, routes
from waypost.sandbox.pages.history import lines
from waypost.sandbox.store import Record


@routes.get("/<login:owner>/<name>/issues")
@on_page
def show_issues(repository: Record) -> ResponseReturnValue:
    return _list(repository, is_pull=False)


@routes.get("/<login:owner>/<name>/pulls")
@on_page
def show_pulls(repository: Record) -> ResponseReturnValue:
    return _list(repository, is_pull=True)


@routes.get("/<login:owner>/<name>/issues/<int:number>")
@on_page
def show_issue(repository: Record, number: int) -> ResponseReturnValue:
    issue = _must(repository, number)
    if issue.get("pull_id"):
        return redirect(f"/{full_name(repository)}/pull/{number}")
    return page("issue.html", repository, **_conversation(issue))


@routes.get("/<login:owner>/<name>/pull/<int:number>")
@on_page
def show_pull(repository: Record, number: int) -> ResponseReturnValue:
    issue = _must(repository, number)
    if not issue.get("pull_id"):
        return redirect(f"/{full_name(repository)}/issues/{number}")
    pull = box().store.must("pull", issue["pull_id"])
    is_open = issue["state"] == "open"
    runs = _newest(box().store.where("check_run", repository_id=repository["id"], head_sha=pull["head_sha"]))
    return page(
        "issue.html",
        repository,
        **_conversation(issue),
        pull=pull,
        commits=pull_objects.commits(pull),
        changes=[(change, lines(change.patch)) for change in pull_objects.changes(pull)[:300]],
        runs=runs,
        remarks=_remarks(runs),
        conflicts=is_open and pull_objects.merged_index(pull) is None,
    )


@routes.get("/<login:owner>/<name>/pull/<int:number>.diff")
@on_page
def show_diff(repository: Record, number: int) -> ResponseReturnValue:
    issue = _must(repository, number)
    if not issue.get("pull_id"):
        raise PageMissing(404, f"#{number} is no pull request.")
    text = pull_objects.difference(box().store.must("pull", issue["pull_id"]))
    return Response(text, content_type="text/plain; charset=utf-8", headers=HEADERS)


@routes.get("/<login:owner>/<name>/runs/<int:run>")
@on_page
def show_run(repository: Record, run: int) -> ResponseReturnValue:
    found = box().store.get("check_run", run)
    if found is None or found["repository_id"] != repository["id"]:
        raise PageMissing(404, f"{full_name(repository)} has no check run {run}.")
    app = box().store.must("app", found["app_id"])
    return page("run.html", repository, has_form=True, run=found, app=app)


@routes.post("/<login:owner>/<name>/runs/<int:run>/rerequest")
@on_page
def rerun(repository: Record, run: int) -> ResponseReturnValue:
    """The click on "Re-run": the App that made the run is asked to make it again, nothing else."""
    check_own_page()
    found = box().store.get("check_run", run)
    if found is None or found["repository_id"] != repository["id"]:
        raise PageMissing(404, f"{full_name(repository)} has no check run {run}.")
    announce_run(repository, found, "rerequested")
    return redirect(f"/{full_name(repository)}/runs/{run}", 303)


def _newest(runs: list[Record]) -> list[Record]:
    """Of each App and name only the newest run counts."""
    return list({(run["app_id"], run["name"]): run for run in runs}.values())


def _remarks(runs: list[Record]) -> dict[tuple[str, int], list[dict[str, Any]]]:
    """The annotations by the line below which they are shown."""
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for run in runs:
        for one in run["annotations"]:
            found.setdefault((one["path"], one["end_line"]), []).append({**one, "check": run["name"]})
    return found


def _list(repository: Record, is_pull: bool) -> ResponseReturnValue:
    state = "closed" if request.args.get("state") == "closed" else "open"
    all_ones = box().store.where("issue", repository_id=repository["id"])
    mine = [one for one in all_ones if bool(one.get("pull_id")) == is_pull]
    shown = [_line(one) for one in reversed(mine) if one["state"] == state]
    count = {name: sum(1 for one in mine if one["state"] == name) for name in ("open", "closed")}
    return page("issues.html", repository, issues=shown, is_pull=is_pull, state=state, count=count)


def _line(issue: Record) -> dict[str, Any]:
    store = box().store
    pull = store.get("pull", issue["pull_id"]) if issue.get("pull_id") else None
    return {
        **issue,
        "author": store.must("account", issue["user_id"])["login"],
        "labels": [store.must("label", number) for number in issue["label_ids"]],
        "comment_count": len(store.where("comment", issue_id=issue["id"])),
        "is_merged": pull is not None and pull["merged_at"] is not None,
    }


def _conversation(issue: Record) -> dict[str, Any]:
    store = box().store
    comments = [
        {**one, "author": store.must("account", one["user_id"])["login"]}
        for one in store.where("comment", issue_id=issue["id"])
    ]
    assignees = [store.must("account", number)["login"] for number in issue["assignee_ids"]]
    return {"issue": _line(issue), "comments": comments, "assignees": assignees}


def _must(repository: Record, number: int) -> Record:
    issue = box().store.first("issue", repository_id=repository["id"], number=number)
    if issue is None:
        raise PageMissing(404, f"{full_name(repository)} has no issue or pull request #{number}.")
    return issue
