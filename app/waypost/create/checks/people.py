"""People and teams: whether who asks may, and whether whom the plan names is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from waypost.create.case import Case, visibility
from waypost.create.kinds.paths import at, part
from waypost.create.people import actor, team_exists, user_exists
from waypost.create.wish import Door, owner_ref, team_of
from waypost.golden.effects import (
    Dispatched,
    Effect,
    EnvironmentExists,
    FilesPushed,
    IssueLabelled,
    IssueOpened,
    LabelExists,
    PullOpened,
    Registered,
    TeamAccess,
    UserAccess,
)
from waypost.golden.paths import is_workflow
from waypost.golden.plan import Fault
from waypost.golden.policy import approvers, decide, may_approve

AGREEMENT = "approval"  # the path of the fault that somebody's agreement mends
RIGHTS = ("none", "read", "write", "admin")
# What a person needs in a repository to do the same by hand; everything else is for administrators.
NEEDED: Mapping[type[Effect], str] = {
    IssueOpened: "read",
    IssueLabelled: "write",
    LabelExists: "write",
    PullOpened: "read",  # anybody who reads may propose
    Dispatched: "write",
    FilesPushed: "write",
    Registered: "none",
}


def actor_is_allowed(case: Case) -> Iterator[Fault]:
    """Who asks may create this, and where somebody else must agree, they have."""
    if not case.login:
        yield Fault("actor", "it is not known who asks: say it with --actor LOGIN")
        return
    for refusals, agreeing in _rulings(case):
        yield from refusals
        if agreeing:
            yield from _not_agreed(case, agreeing)


def who_must_agree(case: Case) -> Sequence[str]:
    """Return the slugs of the teams of which one person must agree; () when nobody needs to."""
    return sorted({team for _, agreeing in _rulings(case) for team in agreeing})


def _rulings(case: Case) -> Iterator[tuple[Sequence[Fault], Sequence[str]]]:
    """Yield for each repository why it may not be created, and who has to agree when it may."""
    creation, owner = case.books.settings.creation, owner_ref(case.wish.owner) if case.wish.owner else ""
    teams = {team for entry in creation.allow for team in entry.teams} | {team_of(owner)}
    who = actor(case.workshop, case.login, teams)
    wanted = {(effect.repository.partition("/")[2], visibility(effect)) for effect in case.repositories}
    # A template that makes no repository, or whose plan is not possible yet, is no way around the list.
    for name, seen_by in sorted(wanted) or [(case.wish.name, str(case.plan.parameters.get("visibility") or "private"))]:
        asked = (case.template.ref, name, seen_by, owner)
        refusals = decide(creation, who, *asked)
        yield refusals, () if refusals else approvers(creation, who, *asked)


def _not_agreed(case: Case, agreeing: Sequence[str]) -> Iterator[Fault]:
    if case.wish.approver:
        yield from may_approve(actor(case.workshop, case.wish.approver, agreeing), case.login, agreeing)
        return
    advice = {
        Door.COMMAND: "ask them, then add --approved-by LOGIN",
        Door.DISPATCH: f"no run can wait for that, so use the issue form {_form(case)}",
        Door.ISSUE: "they do so in the issue",
    }
    yield Fault(AGREEMENT, f"somebody of {', '.join(agreeing)} has to agree first: {advice[case.wish.door]}")


def _form(case: Case) -> str:
    """Return the address of the template's issue form in the catalog repository."""
    return f"{case.books.server}/{case.books.full_name}/issues/new?template=create-{part(case.template.name)}.yml"


def actor_may_change_others(case: Case) -> Iterator[Fault]:
    """What a template changes in a repository that is there, the person could change by hand.

    The App may do it everywhere: without this, whoever may use a template that asks for a repository could have the
    App change any.
    """
    made = {effect.repository.lower() for effect in case.repositories}
    wanted: dict[str, tuple[str, str]] = {}
    for effect in case.plan.effects:
        if effect.repository.lower() not in made:
            level = _needed(effect)
            before = wanted.get(effect.repository, ("none", ""))[0]
            wanted[effect.repository] = (max(level, before, key=RIGHTS.index), effect.step)
    for repository, (level, step) in sorted(wanted.items()):
        path = f"{at(repository)}/collaborators/{part(case.login)}/permission"
        found = case.workshop.look(path, f"looking what {case.login} may do in {repository}") if case.login else None
        held = str((found or {}).get("permission", "none"))
        if RIGHTS.index(held if held in RIGHTS else "none") < RIGHTS.index(level):
            said = f"it changes {repository}, where {case.login or 'nobody'} has {held}, not {level}"
            yield Fault(f"steps/{step}", f"{said}. Ask somebody who has")


def _needed(effect: Effect) -> str:
    if isinstance(effect, PullOpened) and any(map(is_workflow, effect.files)):
        return "write"  # its branch would run with the repository's secrets
    return NEEDED.get(type(effect), "admin")


def visibility_is_allowed(case: Case) -> Iterator[Fault]:
    """An organisation may forbid its members what an App or an owner may."""
    wanted = {visibility(effect) for effect in case.repositories}
    if case.me.is_app or not wanted:
        return
    organisation = case.workshop.organisation
    found = case.workshop.look(f"/orgs/{part(organisation)}", f"looking at {organisation}") or {}
    for one in sorted(wanted):
        if found.get(f"members_can_create_{one}_repositories") is False and not _is_owner(case):
            yield Fault("visibility", f"{organisation} lets its members create no {one} repositories. Ask an owner")


def _is_owner(case: Case) -> bool:
    path = f"/user/memberships/orgs/{part(case.workshop.organisation)}"
    found = case.workshop.look(path, "looking at your membership")
    return bool(found and found.get("role") == "admin")


def owner_exists(case: Case) -> Iterator[Fault]:
    """The owner is an entity of the catalog, or a team of GitHub."""
    if not case.wish.owner:
        return
    ref = owner_ref(case.wish.owner)
    slug = team_of(ref)
    if ref in case.books.entities or (slug and team_exists(case.workshop, slug)):
        return
    yield Fault("owner", f'{case.workshop.organisation} has no team "{slug or ref}".{_nearest(case, slug or ref)}')


def teams_exist(case: Case) -> Iterator[Fault]:
    wanted: dict[str, str] = {}
    for effect in case.plan.effects:
        slugs: Sequence[str] = ()
        if isinstance(effect, TeamAccess):
            slugs = (effect.team,)
        elif isinstance(effect, EnvironmentExists):
            slugs = effect.reviewing_teams
        elif isinstance(effect, PullOpened):
            slugs = effect.team_reviewers
        wanted |= dict.fromkeys(slugs, effect.step)
    for slug, step in sorted(wanted.items()):
        if not team_exists(case.workshop, slug):
            said = f'{case.workshop.organisation} has no team "{slug}".{_nearest(case, slug)}'
            yield Fault(f"steps/{step}", said)


def people_exist(case: Case) -> Iterator[Fault]:
    for effect in case.plan.effects:
        users: Sequence[str] = ()
        if isinstance(effect, UserAccess):
            users = (effect.user,)
        elif isinstance(effect, EnvironmentExists):
            users = effect.reviewing_users
        for login in users:
            if not user_exists(case.workshop, login):
                yield Fault(f"steps/{effect.step}", f'there is no user "{login}" on GitHub')


def _nearest(case: Case, slug: str) -> str:
    path = f"/orgs/{part(case.workshop.organisation)}/teams?per_page=100"
    known = [team["slug"] for team in case.workshop.listing(path, "looking at the teams")]
    near = get_close_matches(slug, known, n=1)
    if near:
        return f' Did you mean "{near[0]}"?'
    return f" There are: {', '.join(known[:10])}" if known else " It has none"
