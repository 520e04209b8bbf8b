"""Issues: found again by a mark in their text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from waypost.create.kinds.paths import of
from waypost.create.marks import hidden, is_hidden_in
from waypost.create.run import Run
from waypost.forge.creating import Write
from waypost.golden.effects import IssueOpened

Outputs = Mapping[str, Any]


def open_issue(run: Run, effect: IssueOpened, key: str) -> Outputs:
    issue = _found_issue(run, effect, key)
    if issue is None:
        body: dict[str, Any] = {"title": effect.title, "body": f"{effect.body}\n\n{hidden(run.request, key)}".lstrip()}
        body |= {"labels": list(effect.labels)} if effect.labels else {}
        body |= {"assignees": list(effect.assignees)} if effect.assignees else {}
        body |= {"milestone": effect.milestone} if effect.milestone is not None else {}
        issue = run.write(Write("POST", f"{of(effect)}/issues", describe_issue(effect), body))
        issue = _only_one(run, effect, issue, key)
    return {"issueUrl": issue["html_url"], "issueNumber": issue["number"]}


def _found_issue(run: Run, effect: IssueOpened, key: str) -> Mapping[str, Any] | None:
    """Find the first issue that this request opened as `key`: among the newest hundred, for it is a moment old."""
    path = f"{of(effect)}/issues?state=all&sort=created&direction=desc&per_page=100"
    listed = run.workshop.look(path, f"looking for issues of {effect.repository}") or []
    ours = [one for one in listed if is_hidden_in(one["body"], run.request, key)]
    return min(ours, key=lambda one: int(one["number"]), default=None)


def _only_one(run: Run, effect: IssueOpened, issue: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Close an issue that another process with the same request has opened just before."""
    first = _found_issue(run, effect, key)
    if first is None or first["number"] == issue["number"]:
        return issue
    body = {"state": "closed", "state_reason": "not_planned"}
    path = f"{of(effect)}/issues/{issue['number']}"
    run.write(Write("PATCH", path, f"close issue {issue['number']}: it is there already", body))
    return first


def describe_issue(effect: IssueOpened) -> str:
    return f'open the issue "{effect.title}" in {effect.repository}'
