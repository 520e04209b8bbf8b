"""What is done once and has no name to be found by: commits, pull requests, issues, dispatches.

Each carries a mark of the request, so that a second try finds what the first one made. A dispatch can carry none: it is
written down before and after (see `ledger`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from waypost.catalog.made_from import FILE
from waypost.create.kinds.paths import of, part
from waypost.create.ledger import Entry, Ledger, ledger
from waypost.create.marks import hidden, is_commit_of, is_hidden_in, with_trailer
from waypost.create.run import OUTAGE_WAITS, Run, is_refusal
from waypost.forge.creating import Draft, Write
from waypost.forge.mirror import Author
from waypost.forge.protocol import ForgeError, HeadMoved, NotFound
from waypost.golden.effects import Dispatched, FilesPushed, IssueOpened, PullOpened
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


def open_pull(run: Run, effect: PullOpened, key: str) -> Outputs:
    base = effect.base or str(run.must_look(effect.repository)["default_branch"])
    pull = _found_pull(run, effect, key)
    if pull is None:
        _push_branch(run, effect, base, key)
        pull = _found_pull(run, effect, "") if effect.updates else None
    if pull is None:
        body = {
            "title": effect.title,
            "head": effect.branch,
            "base": base,
            "body": f"{effect.body}\n\n{hidden(run.request, key)}".lstrip(),
            "draft": effect.is_draft,
        }
        try:
            pull = run.write(Write("POST", f"{of(effect)}/pulls", describe_pull(effect), body))
        except ForgeError as error:
            pull = _found_pull(run, effect, key) if is_refusal(error) else None
            if pull is None:
                raise
    _ask_people(run, effect, pull)
    return {"remoteUrl": pull["html_url"], "pullRequestNumber": pull["number"], "targetBranchName": base}


def _found_pull(run: Run, effect: PullOpened, key: str) -> Mapping[str, Any] | None:
    """Find the pull request that this request opened as `key`; "" finds anybody's open one."""
    owner = effect.repository.partition("/")[0]
    asked = urlencode({"state": "all" if key else "open", "head": f"{owner}:{effect.branch}", "per_page": 100})
    listed = run.workshop.listing(f"{of(effect)}/pulls?{asked}", f"looking for pull requests of {effect.branch}")
    return next((one for one in listed if not key or is_hidden_in(one["body"], run.request, key)), None)


def _push_branch(run: Run, effect: PullOpened, base: str, key: str) -> None:
    head = run.workshop.head(effect.repository, effect.branch)
    if head:
        if _is_ours(run, effect, head, key):
            return
        if not effect.updates:
            raise ForgeError(f"{effect.repository} has a branch {effect.branch} already. Choose another branchName")
    parent = head or run.workshop.head(effect.repository, base)
    if not parent:
        raise NotFound(f"{effect.repository} has no branch {base} to open a pull request against")
    message = with_trailer(effect.message or effect.title, run.request, key)
    author, seconds = run.workshop.author(), int(run.clock())
    draft = Draft(effect.branch, parent, effect.files, message, author, seconds, effect.removed, expected=head)
    try:
        run.workshop.push(effect.repository, draft)
    except HeadMoved:
        if not _is_ours(run, effect, run.workshop.head(effect.repository, effect.branch), key):
            raise
    run.say(f"push {len(effect.files)} files to {effect.branch} of {effect.repository}")


def _is_ours(run: Run, effect: PullOpened, head: str, key: str) -> bool:
    last = run.workshop.look(f"{of(effect)}/commits/{head}", f"looking at the branch {effect.branch}")
    return last is not None and is_commit_of(last["commit"]["message"], run.request, key)


def _ask_people(run: Run, effect: PullOpened, pull: Mapping[str, Any]) -> None:
    asked = {one["login"].lower() for one in pull.get("requested_reviewers") or ()}
    teams = {one["slug"] for one in pull.get("requested_teams") or ()}
    wanted = {
        "reviewers": [login for login in effect.reviewers if login.lower() not in asked],
        "team_reviewers": [slug for slug in effect.team_reviewers if slug not in teams],
    }
    body = {field: names for field, names in wanted.items() if names}
    if body:
        path = f"{of(effect)}/pulls/{pull['number']}/requested_reviewers"
        run.write(Write("POST", path, f"ask for reviews of pull request {pull['number']}", body))
    held = {one["login"].lower() for one in pull.get("assignees") or ()}
    missing = [login for login in effect.assignees if login.lower() not in held]
    if missing:
        path = f"{of(effect)}/issues/{pull['number']}/assignees"
        what = f"assign pull request {pull['number']}"
        run.write(Write("POST", path, what, {"assignees": missing}))


def describe_pull(effect: PullOpened) -> str:
    return f'open the pull request "{effect.title}" in {effect.repository}'


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


def dispatch(run: Run, effect: Dispatched, key: str) -> Outputs:
    words = describe_dispatch(effect)
    record = _record(run)
    entry = record.entry(key) if record else None
    is_new = entry is None
    if record is not None and entry is None:
        entry = record.intend(key, words)
    begun = None if is_new or entry is None else _run_since(run, effect, entry)
    if begun is None and (entry is None or not entry.is_done):
        body = {"ref": effect.ref, **({"inputs": dict(effect.inputs)} if effect.inputs else {})}
        path = f"{of(effect)}/actions/workflows/{part(effect.workflow)}/dispatches"
        run.write(Write("POST", path, words, body))
        begun = _run_since(run, effect, entry) if entry is not None else None
    if record is not None and entry is not None and not entry.is_done:
        record.finish(key, words)
    return _outputs_of_run(begun)


def _outputs_of_run(begun: Mapping[str, Any] | None) -> Outputs:
    if begun is None:
        return {}
    return {"workflowRunId": begun["id"], "workflowRunUrl": begun["url"], "workflowRunHtmlUrl": begun["html_url"]}


def _record(run: Run) -> Ledger | None:
    """The ledger on the first commit that this request made; None when it makes no repository."""
    for name, commit in run.first_commits.items():
        return ledger(run, run.places[name].full_name, commit)
    return None


def _run_since(run: Run, effect: Dispatched, entry: Entry) -> Mapping[str, Any] | None:
    """Return the run of a dispatch that was intended then, if it took place: it shows, perhaps a little late."""
    asked = urlencode({"event": "workflow_dispatch", "per_page": 100})
    path = f"{of(effect)}/actions/workflows/{part(effect.workflow)}/runs?{asked}"
    for wait in (0.0, *OUTAGE_WAITS):
        run.sleep(wait)
        found = run.workshop.look(path, f"looking for runs of {effect.workflow}")
        since = [one for one in (found or {}).get("workflow_runs", ()) if one["created_at"] >= entry.since]
        if since:
            oldest: Mapping[str, Any] = since[-1]
            return oldest
    return None


def describe_dispatch(effect: Dispatched) -> str:
    return f"start the workflow {effect.workflow} of {effect.repository}"


def describe_files(effect: FilesPushed) -> str:
    return f"push {len(effect.files)} files to {effect.branch} of {effect.repository}"
