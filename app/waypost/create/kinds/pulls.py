"""Pull requests with their branch: found again by a mark in the commit and one in the text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from waypost.create.kinds.paths import of
from waypost.create.marks import hidden, is_commit_of, is_hidden_in, with_trailer
from waypost.create.run import Run, is_refusal
from waypost.forge.creating import Draft, Write
from waypost.forge.protocol import ForgeError, HeadMoved, NotFound
from waypost.golden.effects import PullOpened

Outputs = Mapping[str, Any]


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
