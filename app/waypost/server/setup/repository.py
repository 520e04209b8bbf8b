"""Makes the catalog repository: by the App that may create, filled from the template that comes with Waypost, guarded.

What is there already is never changed: files of the template that are missing are added.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from urllib.parse import quote

from waypost.config import Config
from waypost.create import our_actions
from waypost.create.beginning import Beginning, Facts, begin
from waypost.create.disk import shipped
from waypost.forge import guarding
from waypost.forge.creating import Draft, Workshop, Write
from waypost.forge.github import connect
from waypost.forge.protocol import ForgeError, HeadMoved
from waypost.forge.registering import writer_of

PLATFORM = "platform"  # the team that owns the shipped templates
ATTEMPTS = 5
_OF_TEMPLATE = re.compile(r"^templates/[^/]+/")
DESCRIPTION = "What this organisation has, who owns it and how it fits together. Written by Waypost."


def make(config: Config, catalog: str, is_public: bool) -> str:
    """Create the repository unless it is there, and add what it lacks of the template. Raises ForgeErrors.

    Return what was left out of it and why, in words; "" when nothing was.
    """
    owner, _, name = catalog.partition("/")
    workshop = connect(writer_of(config)).workshop(owner)
    found = workshop.look(f"/repos/{quote(catalog)}", f"looking for {catalog}")
    if found is None:
        body = {"name": name, "private": not is_public, "description": DESCRIPTION, "has_wiki": False}
        found = workshop.write(Write("POST", f"/orgs/{quote(owner)}/repos", f"creating {catalog}", body))
    facts, reason = _facts(config, workshop, catalog)
    facts = replace(facts, branch=found["default_branch"])
    beginning = begin(shipped("catalog_template"), shipped("schemas"), facts)
    _fill(workshop, catalog, found["default_branch"], beginning)
    return _left_out(beginning, reason)


def _facts(config: Config, workshop: Workshop, catalog: str) -> tuple[Facts, str]:
    """Look who reviews and where our actions are; return why the last cannot be told."""
    facts = Facts("app", f"{config.web_url}/{catalog}", _platform_team(workshop))
    try:
        word = config.actions
        found = our_actions.look_up(word, config.web_url) if word else our_actions.installed(config.web_url)
    except our_actions.Unknown as error:
        return facts, str(error)
    return replace(facts, actions=found), ""


def _platform_team(workshop: Workshop) -> str:
    """Return owner/slug of the team that reviews people's files, "" where there is none or nobody may look."""
    team = f"{workshop.organisation}/{PLATFORM}"
    try:
        address = f"/orgs/{quote(workshop.organisation)}/teams/{PLATFORM}"
        return team if workshop.look(address, f"looking for the team {team}") else ""
    except ForgeError:
        return ""


def _left_out(beginning: Beginning, reason: str) -> str:
    said = []
    of: dict[str, list[str]] = {"actions": [], "team": []}
    for path, fact in sorted(beginning.left_out.items()):
        name = _OF_TEMPLATE.sub("templates/*/", path)  # the same one of each template is told once
        if fact in of and name not in of[fact]:
            of[fact].append(name)
    if of["actions"]:
        said.append(
            f"{', '.join(of['actions'])}: {reason}. Set WAYPOST_ACTIONS=OWNER/REPO@TAG for this server, or run "
            "waypost init --add --mode app in a clone."
        )
    if of["team"]:
        said.append(f'{", ".join(of["team"])}: there is no team "{PLATFORM}". Write it for the team that reviews here.')
    return " ".join(said)


def _fill(workshop: Workshop, catalog: str, branch: str, beginning: Beginning) -> None:
    """Commit on top of whatever is there: a worker may publish its first pages at the same moment."""
    for _ in range(ATTEMPTS):
        head = workshop.head(catalog, branch)
        there = workshop.files(catalog, head) if head else {}
        missing = {path: entry for path, entry in beginning.files.items() if path not in there}
        if not missing:
            return
        draft = Draft(branch, head, missing, "Begin the catalog", workshop.author(), int(time.time()), expected=head)
        try:
            workshop.push(catalog, draft)
        except HeadMoved:
            continue
        return
    raise HeadMoved(f"the branch {branch} of {catalog} kept moving; nothing was added to it. Try again")


def guard(config: Config, catalog: str) -> str:
    """Make the ruleset unless the catalog is guarded; return what GitHub said against it, "" when all is well."""
    try:
        workshop = connect(writer_of(config)).workshop(catalog.partition("/")[0])
        if _is_guarded(workshop, config, catalog):
            return ""
        body = guarding.ruleset(config.app_id, config.writer_app_id)
        workshop.write(Write("POST", f"/repos/{quote(catalog)}/rulesets", f"guarding {catalog}", body))
    except ForgeError as error:  # plans without rulesets for private repositories answer 403
        return str(error)
    return ""


def is_guarded(config: Config, catalog: str) -> bool:
    """Say whether rules let people change the catalog by checked pull requests only; False where nobody may look."""
    try:
        return _is_guarded(connect(writer_of(config)).workshop(catalog.partition("/")[0]), config, catalog)
    except ForgeError:
        return False


def _is_guarded(workshop: Workshop, config: Config, catalog: str) -> bool:
    address = f"/repos/{quote(catalog)}/rulesets"
    listed = workshop.listing(f"{address}?per_page=100", f"listing the rulesets of {catalog}")
    shown = [workshop.look(f"{address}/{one['id']}", "reading a ruleset") or {} for one in listed]
    branch = (workshop.look(f"/repos/{quote(catalog)}", f"looking for {catalog}") or {}).get("default_branch", "main")
    return not guarding.is_guarded(shown, config.app_id, config.writer_app_id, branch)
