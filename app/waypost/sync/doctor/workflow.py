"""What keeps a catalog without a server: the token that reads, the rules that its writer meets, the workflow itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from waypost.forge.app import App
from waypost.forge.guarding import BLOCKING
from waypost.sync.doctor.finding import Finding, error, ok, warning
from waypost.sync.doctor.machine import duration
from waypost.sync.doctor.patient import Patient

REFRESH = "refresh.yml"
LATE_SECONDS = 3 * 3_600.0  # of a schedule that comes every hour, where GitHub has time
SOON_SECONDS = 14 * 86_400.0
ENDS = "github-authentication-token-expiration"


def reading(patient: Patient) -> Iterator[Finding]:
    """Say who reads, and how much; a token that is not valid raises, and is told as such."""
    if (forges := patient.in_workflow) is None:
        return
    (owner,) = forges.organisations()
    if forges.app is not None:
        yield from _as_app(forges.app, owner)
        return
    looker = forges.looker(owner)
    address = f"/orgs/{quote(owner)}/repos?per_page=1&type=all"
    answer = looker.api.call(looker.credential, "GET", address, f"listing the repositories of {owner}")
    if patient.config.token:
        yield ok("reading", f"with the token in WAYPOST_TOKEN; {owner} answers it")
    else:
        fix = "In a workflow give both: its own token reads no other repository"
        yield warning("reading", "WAYPOST_TOKEN is not set, GITHUB_TOKEN reads as well", fix)
    yield from _end(answer.headers.get(ENDS, ""), patient.clock())
    if looker.look(f"/orgs/{quote(owner)}/teams?per_page=1", f"listing the teams of {owner}") is None:
        yield _no_people("Give it Members: read, a permission of the organisation")


def _as_app(app: App, owner: str) -> Iterator[Finding]:
    name, there = app.show()["name"], app.over(owner)
    settings = f"Settings of {owner}, GitHub Apps"
    if there.is_suspended:
        yield error("reading", f"the App {name} is suspended over {owner}", f"An owner can lift it: {settings}")
        return
    yield ok("reading", f"as the App {name}, whose key is in WAYPOST_TOKEN")
    if not there.selects_all:
        text = f"{name} was given selected repositories: the catalog shows no others"
        yield warning("reading", text, f"Give it all repositories: {settings}")
    if "members" not in there.permissions:
        yield _no_people("Grant members: read on the App's settings page, then accept it")


def _no_people(fix: str) -> Finding:
    return warning("people", "teams and members may not be read, so the pages know none", fix)


def _end(said: str, now: float) -> Iterator[Finding]:
    """Say when a token ends, where GitHub says it: 2026-12-24 09:30:00 UTC."""
    try:
        left = datetime.fromisoformat(f"{said[:10]}T00:00:00+00:00").timestamp() - now
    except ValueError:
        return
    if left > SOON_SECONDS:
        yield ok("end of the token", f"on {said[:10]}")
    else:
        fix = "Make a new one and put it into the secret; an App's key does not end"
        yield warning("end of the token", f"on {said[:10]}: nothing is read from then on", fix)


def rules(patient: Patient) -> Iterator[Finding]:
    """Look for rules that a workflow's own token cannot pass: it may be exempted from none."""
    if (forges := patient.in_workflow) is None:
        return
    (owner,) = forges.organisations()
    full_name, looker = patient.catalog(owner), forges.looker(owner)
    found = looker.look(f"/repos/{quote(full_name)}", f"looking for {full_name}")
    if found is None:
        return  # the check of the catalogs says so
    subject, branch = f"rules of {full_name}", found["default_branch"]
    address = f"/repos/{quote(full_name)}/rules/branches/{quote(branch)}?per_page=100"
    stopping = sorted({one["type"] for one in looker.look(address, f"reading the {subject}") or ()} & set(BLOCKING))
    if not stopping:
        yield ok(subject, f"nothing stops a workflow from committing to {branch}")
        return
    fix = "Forbid force pushes and deletion only (Settings of the repository, Rules), or let the App write"
    yield error(subject, f"{', '.join(stopping)}: the token of a workflow can bypass no rule", fix)


def refreshes(patient: Patient) -> Iterator[Finding]:
    """Say whether the workflow is switched on, and how its last run ended."""
    if (forges := patient.in_workflow) is None:
        return
    (owner,) = forges.organisations()
    full_name, looker = patient.catalog(owner), forges.looker(owner, "actions")
    address, what = f"/repos/{quote(full_name)}/actions/workflows/{REFRESH}", f"looking at {REFRESH}"
    if (shown := looker.look(address, what)) is None:
        fix = "waypost init --add . adds it. Actions: read lets the token look"
        yield warning(REFRESH, "is not there, or the token that reads may not look at Actions", fix)
        return
    if shown["state"] != "active":
        why = "GitHub switches schedules off after 60 quiet days" if shown["state"] == "disabled_inactivity" else ""
        text = f"is switched off ({why or shown['state']}): nothing is read"
        yield error(REFRESH, text, f"Press Enable workflow: {_page(shown)}")
        return
    runs = looker.look(f"{address}/runs?per_page=1&status=completed", what) or {}
    if not (last := next(iter(runs.get("workflow_runs") or ()), None)):
        yield warning(REFRESH, "has never ended a run", f"gh workflow run {REFRESH} --repo {full_name}")
        return
    age = patient.clock() - datetime.fromisoformat(last["updated_at"]).timestamp()
    if last["conclusion"] != "success":
        yield error(REFRESH, f"the last run ended with {last['conclusion']}", f"See why: {last['html_url']}")
    elif age > LATE_SECONDS:
        fix = f"GitHub starts schedules late on busy days; ask for a run: {_page(shown)}"
        yield warning(REFRESH, f"the last run ended {duration(age)} ago", fix)
    else:
        yield ok(REFRESH, f"the last run ended well, {duration(max(0.0, age))} ago")


def _page(workflow: Mapping[str, Any]) -> str:
    """Where people see the runs of a workflow; what GitHub calls its address leads to the file."""
    return f"{workflow['html_url'].partition('/blob/')[0]}/actions/workflows/{REFRESH}"
