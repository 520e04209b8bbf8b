"""Each organisation's catalog repository: whether it is there, guarded, shown to the right people, and well set."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from waypost.catalog import settings
from waypost.catalog.problems import Severity
from waypost.forge.guarding import is_guarded
from waypost.forge.inspecting import Looker
from waypost.forge.protocol import NotInstalled
from waypost.sync.doctor.finding import Finding, error, ok, warning
from waypost.sync.doctor.patient import Patient

Body = Mapping[str, Any]


def catalogs(patient: Patient) -> Iterator[Finding]:
    """Look at all of them; what a repository lacks is told in one go."""
    for one in patient.active():
        full_name = patient.catalog(one.account)
        looker = patient.forges.looker(one.account, "contents", "pages")
        found = looker.look(f"/repos/{quote(full_name)}", f"looking for {full_name}")
        if found is None:
            fix = "Create it (/setup or waypost init), or name another: WAYPOST_CATALOG_REPOSITORY"
            lacking = "the App was not given it" if patient.as_app else "the token may not see it"
            yield error(f"catalog {full_name}", f"is not there, or {lacking}", fix)
            continue
        yield from _seen(full_name, found)
        yield from _guard(patient, one.account, full_name, found)
        yield from _site(looker, full_name, found)
        yield from _settings(looker, full_name)


def _seen(full_name: str, found: Body) -> Iterator[Finding]:
    subject, visibility = f"catalog {full_name}", found.get("visibility", "private")
    if found.get("archived"):
        yield error(subject, "is archived: nothing can be published", "Unarchive it: Settings, Danger Zone")
    elif visibility == "public":
        text = "is public: repositories that are not are left out of it"
        yield warning(subject, text, "Make it internal or private to show those too")
    else:
        yield ok(subject, f"{visibility}, published to {found['default_branch']}")


def _guard(patient: Patient, account: str, full_name: str, found: Body) -> Iterator[Finding]:
    if (forges := patient.as_app) is None:
        return
    app, writer = forges.app.id, forges.writer.id
    # who may pass by is shown to those who could change it
    try:
        looker = forges.looker(account, "administration", as_writer=True)
    except NotInstalled:
        return  # the check of the permissions says so
    address, what = f"/repos/{quote(full_name)}/rulesets", f"reading the rulesets of {full_name}"
    listed = looker.look(f"{address}?per_page=100", what) or ()
    rulesets = [one for row in listed if (one := looker.look(f"{address}/{row['id']}", what)) is not None]
    missing = is_guarded(rulesets, app, writer if writer != app else 0, found["default_branch"])
    subject = f"ruleset of {full_name}"
    if not missing:
        yield ok(subject, "people change it by pull requests that our check has passed; the App commits")
        return
    say = error if any("may not bypass" in text for text in missing) else warning
    fix = "/setup offers a ruleset; by hand: Settings of the repository, Rules (paid plans where it is private)"
    yield say(subject, "; ".join(missing), fix)


def _site(looker: Looker, full_name: str, found: Body) -> Iterator[Finding]:
    subject, is_closed = f"Pages of {full_name}", found.get("visibility", "private") != "public"
    if not found.get("has_pages"):
        yield ok(subject, "there is no site")
        return
    site = looker.look(f"/repos/{quote(full_name)}/pages", f"looking at the site of {full_name}")
    fix = "Switch it off, or restrict it (Enterprise Cloud): Settings of the repository, Pages"
    if not is_closed:
        yield ok(subject, "the site is as public as the catalog")
    elif site is None:
        yield warning(subject, "there is a site, and without pages: read nobody can say who sees it", fix)
    elif site.get("public"):
        yield error(subject, f"everybody can read {site['html_url']}, and the catalog is not public", fix)
    else:
        yield ok(subject, "the site is for those who may read the repository")


def _settings(looker: Looker, full_name: str) -> Iterator[Finding]:
    subject, address = f"{settings.FILE} of {full_name}", f"/repos/{quote(full_name)}/contents/{settings.FILE}"
    file = looker.look(address, f"reading {settings.FILE}")
    if file is None:
        yield ok(subject, "is not there: everything is as by default")
        return
    text = base64.b64decode(file.get("content") or "").decode(errors="replace")
    _, problems = settings.parse(text, full_name)
    for problem in problems:
        say = error if problem.severity == Severity.ERROR else warning
        yield say(subject, f"line {problem.line}: {problem.message}", problem.fix or f"waypost problems {problem.id}")
    if not problems:
        yield ok(subject, "is understood")
