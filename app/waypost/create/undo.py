"""Take back what a request has made, and nothing else. Refuses where anybody else has left something.

A repository goes as a whole, so everything in it must be the request's own: its commits, issues and pull requests carry
the mark. What it opened elsewhere is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from waypost.create.claim import why_taken
from waypost.create.effects import in_order
from waypost.create.kinds.paths import at, of, part
from waypost.create.marks import is_commit_of, is_hidden_in, unfinished
from waypost.forge.creating import Workshop, Write
from waypost.forge.protocol import ForgeError, NotAllowed
from waypost.golden.effects import IssueOpened, PullOpened, RepositoryExists
from waypost.golden.plan import Plan

# What GitHub itself does in a new repository, as its files ask for it.
BOTS = frozenset({"dependabot[bot]", "github-actions[bot]"})
LATEST_SECONDS = 24 * 3_600.0  # after that, a finished repository is at home


@dataclass(slots=True)
class Undone:
    """What went, what there was nothing of, and why something stays."""

    removed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # each with its reason
    trouble: str = ""  # what stopped it half way


def undo(
    workshop: Workshop, plan: Plan, full_name: str, request: str, say: Callable[[str], None], now: float
) -> Undone:
    """Remove the repositories of a request, and close what it opened in others; all of it or nothing.

    A plan that has become impossible names no repository any more; what was asked for was `full_name`.
    """
    done = Undone()
    own = [effect for effect in plan.effects if isinstance(effect, RepositoryExists)]
    own = own or [RepositoryExists(step="", repository=full_name)]
    found = {effect.repository.lower(): _ours(workshop, effect, request, now, done) for effect in own}
    elsewhere = [
        write
        for key, effect in _opened(plan)
        if effect.repository.lower() not in found
        for write in _closing(workshop, effect, request, key, done)
    ]
    if done.kept:
        return done
    try:
        for write in [*elsewhere, *(_removal(one["full_name"]) for one in found.values() if one is not None)]:
            workshop.write(write)
            say(write.what)
            done.removed.append(write.what)
    except NotAllowed as error:
        done.trouble = f"{error} A classic token needs the scope delete_repo to remove a repository"
    except ForgeError as error:
        done.trouble = str(error)
    return done


def _removal(full_name: str) -> Write:
    return Write("DELETE", at(full_name), f"remove the repository {full_name}")


def _ours(
    workshop: Workshop, effect: RepositoryExists, request: str, now: float, done: Undone
) -> Mapping[str, Any] | None:
    """Return the repository if this request made it and nobody else touched it; None when it is not there."""
    found = workshop.look(of(effect), f"looking for {effect.repository}")
    if found is None or found["full_name"].lower() != effect.repository.lower():
        return None
    if refusal := why_taken(workshop, found, request):
        done.kept.append(f"{effect.repository}: not made by this request: {refusal}")
        return None
    age = now - datetime.fromisoformat(found["created_at"]).timestamp()
    if unfinished(found.get("description")) != request and age > LATEST_SECONDS:
        done.kept.append(f"{effect.repository}: finished more than a day ago. Delete it in its settings if you mean to")
        return None
    traces = [trace for look in TRACES for trace in look(workshop, found, request)]
    done.kept += [f"{effect.repository}: {trace}" for trace in traces]
    return None if traces else dict(found)


def _foreign_commits(workshop: Workshop, found: Mapping[str, Any], request: str) -> Iterator[str]:
    place = at(found["full_name"])
    for branch in workshop.listing(f"{place}/branches?per_page=100", "looking at the branches"):
        path = f"{place}/commits?sha={part(branch['name'])}&per_page=100"
        for one in workshop.look(path, f"looking at the commits of {branch['name']}") or ():
            login = (one.get("author") or {}).get("login", "")
            if login not in BOTS and not is_commit_of(one["commit"]["message"], request):
                who = login or one["commit"]["author"]["name"]
                yield f"{who} has committed {one['sha'][:10]} to {branch['name']}"
                return


def _foreign_issues(workshop: Workshop, found: Mapping[str, Any], request: str) -> Iterator[str]:
    path = f"{at(found['full_name'])}/issues?state=all&per_page=100"
    for one in workshop.listing(path, "looking at the issues"):
        if one["user"]["login"] not in BOTS and not is_hidden_in(one["body"], request):
            kind = "pull request" if one.get("pull_request") else "issue"
            yield f"{one['user']['login']} has opened {kind} {one['number']}: {one['title']}"


def _foreign_comments(workshop: Workshop, found: Mapping[str, Any], request: str) -> Iterator[str]:
    place = at(found["full_name"])
    # the second are those on commits
    for path in (f"{place}/issues/comments?per_page=100", f"{place}/comments?per_page=100"):
        for one in workshop.listing(path, "looking at the comments"):
            if one["user"]["login"] not in BOTS:
                yield f"{one['user']['login']} has commented: {one['html_url']}"


def _reviews(workshop: Workshop, found: Mapping[str, Any], request: str) -> Iterator[str]:
    place = at(found["full_name"])
    for pull in workshop.listing(f"{place}/pulls?state=all&per_page=100", "looking at the pull requests"):
        for one in workshop.listing(f"{place}/pulls/{pull['number']}/reviews?per_page=100", "looking at the reviews"):
            who = (one.get("user") or {}).get("login", "somebody")
            if who not in BOTS:
                yield f"{who} has reviewed pull request {pull['number']}"


def _forks(workshop: Workshop, found: Mapping[str, Any], request: str) -> Iterator[str]:
    if found.get("forks_count"):
        yield f"it has been forked {found['forks_count']} times"


TRACES: Sequence[Callable[[Workshop, Mapping[str, Any], str], Iterator[str]]] = (
    _foreign_commits,
    _foreign_issues,
    _foreign_comments,
    _reviews,
    _forks,
)


def _opened(plan: Plan) -> Iterator[tuple[str, PullOpened | IssueOpened]]:
    """Yield what the plan opens, with the key that it carries."""
    for number, step in enumerate(plan.steps):
        for place, effect in enumerate(in_order(step.effects)):
            if isinstance(effect, PullOpened | IssueOpened):
                yield f"{number}.{place}", effect


def _closing(workshop: Workshop, effect: PullOpened | IssueOpened, request: str, key: str, done: Undone) -> list[Write]:
    """Return what closes a pull request or an issue in a repository that was there before."""
    place = of(effect)
    path = f"{place}/issues?state=open&sort=created&direction=desc&per_page=100"
    listed = workshop.look(path, f"looking at the issues of {effect.repository}") or []
    marked = next((one for one in listed if is_hidden_in(one["body"], request, key)), None)
    if marked is None:
        return []
    name = f"{effect.repository}#{marked['number']}"
    if marked.get("comments"):
        done.kept.append(f"{name}: somebody has commented there")
        return []
    if isinstance(effect, IssueOpened):
        return [Write("PATCH", f"{place}/issues/{marked['number']}", f"close {name}", {"state": "closed"})]
    pull = workshop.look(f"{place}/pulls/{marked['number']}", f"looking at {name}") or {}
    head = pull.get("head", {}).get("sha", "")
    last = workshop.look(f"{place}/commits/{head}", f"looking at {name}") if head else None
    if last is None or not is_commit_of(last["commit"]["message"], request):
        done.kept.append(f"{name}: somebody has committed to {effect.branch}")
        return []
    closing = Write("PATCH", f"{place}/pulls/{marked['number']}", f"close {name}", {"state": "closed"})
    ref = f"{place}/git/refs/heads/{quote(effect.branch)}"
    return [closing, Write("DELETE", ref, f"remove the branch {effect.branch} of {effect.repository}")]
