"""Everything that can be known to go wrong, found before the first write. Collects all faults; writes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches

from waypost.catalog.problems import Severity
from waypost.create import registration
from waypost.create.claim import why_taken
from waypost.create.kinds.paths import at, part
from waypost.create.people import actor, team_exists, user_exists
from waypost.create.shelf import Library
from waypost.create.texts import texts
from waypost.create.wish import Wish, owner_ref, team_of
from waypost.forge.creating import Me, Workshop
from waypost.golden.calls import Call
from waypost.golden.effects import EnvironmentExists, PullOpened, RepositoryExists, TeamAccess, UserAccess, VariableSet
from waypost.golden.plan import Fault, Plan
from waypost.golden.policy import approvers, decide, may_approve
from waypost.golden.steps import MASK
from waypost.golden.template import Template

LEVELS = ("none", "read", "write", "admin")
READS_PER_CALL = 3  # looking at what is there costs calls, too
# https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api: content-creating requests an hour
CONTENT_PER_HOUR = 500
SHORTEST_SECRET = 6  # a shorter value is found in any file
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
# what a classic token needs for what an App needs as a permission
_SCOPES = {"workflows": "workflow", "members": "read:org"}


@dataclass(frozen=True, slots=True)
class Case:
    """One request with everything that is known of it before it begins."""

    workshop: Workshop
    books: Library
    template: Template
    plan: Plan
    wish: Wish
    request: str
    calls: Sequence[Call]
    me: Me
    now: float

    @property
    def repositories(self) -> list[RepositoryExists]:
        return [effect for effect in self.plan.effects if isinstance(effect, RepositoryExists)]

    @property
    def login(self) -> str:
        """Who asks: as the door says, else whose token it is."""
        return self.wish.actor or ("" if self.me.is_app else self.me.login)


def template_is_sound(case: Case) -> Iterator[Fault]:
    for problem in case.template.problems:
        if problem.severity is Severity.ERROR:
            text = f"{problem.path.strip('/') or 'template'}: {problem.message}. {problem.fix}".rstrip()
            yield Fault(f"{problem.file}:{problem.line}", text)


def plan_is_possible(case: Case) -> Iterator[Fault]:
    yield from case.plan.faults


def repositories_are_ours(case: Case) -> Iterator[Fault]:
    """What is created belongs to this organisation and bears the name that was asked for."""
    wanted = case.workshop.organisation.lower()
    names = []
    for effect in case.repositories:
        owner, _, name = effect.repository.partition("/")
        names.append(name)
        if owner.lower() != wanted:
            yield Fault("repoUrl", f"the template creates {effect.repository}, outside {case.workshop.organisation}")
        if not _NAME.fullmatch(name) or name in (".", "..") or name.lower().endswith((".git", ".wiki")):
            fix = 'Use letters, digits, "-", "_" and ".", at most 100'
            yield Fault("name", f'"{name}" is no name for a repository. {fix}')
    if names and case.wish.name not in names:
        yield Fault("name", f"the template creates {names[0]}, not {case.wish.name}: set the parameter it is made of")


def names_are_free(case: Case) -> Iterator[Fault]:
    for effect in case.repositories:
        found = case.workshop.look(at(effect.repository), f"looking for {effect.repository}")
        if found is None or found["full_name"].lower() != effect.repository.lower():
            continue
        if refusal := why_taken(case.workshop, found, case.request):
            yield Fault("name", refusal)


def nobody_else_is_in(case: Case) -> Iterator[Fault]:
    """A repository that seems begun by this request holds nobody but those whom it wants there.

    The mark of a request can be guessed and written by hand, to have a repository of one's own filled with secrets. Who
    makes a repository by hand is its administrator.
    """
    invited = {effect.user.lower() for effect in case.plan.effects if isinstance(effect, UserAccess)}
    invited |= {case.me.login.lower(), case.login.lower()}
    for effect in case.repositories:
        path = f"{at(effect.repository)}/collaborators?affiliation=direct&per_page=100"
        for person in case.workshop.look(path, f"looking who is in {effect.repository}") or ():
            if person["login"].lower() not in invited:
                said = f"{effect.repository} is there and {person['login']} is in it, whom this request does not know"
                yield Fault("name", f"{said}. Choose another name, or have them removed")


def actor_is_allowed(case: Case) -> Iterator[Fault]:
    creation, login = case.books.settings.creation, case.login
    if not login:
        yield Fault("actor", "it is not known who asks: say it with --actor LOGIN")
        return
    owner = owner_ref(case.wish.owner) if case.wish.owner else ""
    teams = {team for entry in creation.allow for team in entry.teams} | {team_of(owner)}
    who = actor(case.workshop, login, teams)
    wanted = {(effect.repository.partition("/")[2], visibility(effect)) for effect in case.repositories}
    # A template that makes no repository, or whose plan is not possible yet, is no way around the list.
    for name, seen_by in sorted(wanted) or [(case.wish.name, str(case.plan.parameters.get("visibility") or "private"))]:
        asked = (case.template.ref, name, seen_by, owner)
        if refusals := decide(creation, who, *asked):
            yield from refusals
        elif agreeing := approvers(creation, who, *asked):
            yield from _not_agreed(case, login, agreeing)


def _not_agreed(case: Case, login: str, agreeing: Sequence[str]) -> Iterator[Fault]:
    if not case.wish.approver:
        teams = ", ".join(agreeing)
        yield Fault("create", f"somebody of {teams} has to agree first: ask them, then add --approved-by LOGIN")
        return
    yield from may_approve(actor(case.workshop, case.wish.approver, agreeing), login, agreeing)


def visibility(effect: RepositoryExists) -> str:
    """Return who will see a repository; GitHub's own default is not left to chance."""
    said = effect.settings.get("visibility")
    return str(said) if said else "public" if effect.settings.get("private") is False else "private"


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


def permissions_suffice(case: Case) -> Iterator[Fault]:
    """What the token may do, as far as that can be known, against what every planned call needs."""
    needed: dict[tuple[str, str], str] = {}
    for call in case.calls:
        for name, level in _needs(call.permission):
            needed.setdefault((name, level), call.why)
    for (name, level), why in sorted(needed.items()):
        if case.me.permissions is not None:
            held = case.me.permissions.get(name, "none")
            if LEVELS.index(held) < LEVELS.index(level):
                advice = "An owner can grant it: Settings, GitHub Apps, Waypost, Permissions"
                yield Fault("permissions", f"the App may not {why}: it has {name}: {held}, not {level}. {advice}")
        elif case.me.scopes is not None:
            scope = _SCOPES.get(name, "repo")
            if not case.me.scopes & {scope, "admin:org" if scope == "read:org" else scope}:
                yield Fault(
                    "permissions", f"your token may not {why}: it lacks the scope {scope}. Make one that has it"
                )


def _needs(text: str) -> Iterator[tuple[str, str]]:
    """Read "administration: write, workflows: write"."""
    yield from re.findall(r"([a-z_]+)\s*:\s*(read|write|admin)", text)


def quota_suffices(case: Case) -> Iterator[Fault]:
    budget, writes = case.workshop.budget(), len(case.calls)
    needed = writes * (1 + READS_PER_CALL) + 20
    if budget is not None and budget.remaining < needed:
        at_time = datetime.fromtimestamp(budget.reset, UTC).strftime("%H:%M UTC")
        said = f"this takes about {needed} calls, but only {budget.remaining} of {budget.limit} are left in this hour"
        yield Fault("quota", f"{said}. Run it again after {at_time}")
    if writes > CONTENT_PER_HOUR:
        yield Fault(
            "quota", f"this makes {writes} changes; GitHub takes {CONTENT_PER_HOUR} an hour. Split the template"
        )


def descriptors_are_right(case: Case) -> Iterator[Fault]:
    yield from registration.faults(case.plan, case.books.entities)


def secrets_stay_secret(case: Case) -> Iterator[Fault]:
    """No secret is in a file, a text or a setting that others can read; what would be masked there is no use either."""
    for effect in case.plan.effects:
        if isinstance(effect, VariableSet) and MASK in effect.value:
            fix = "Everybody could read it there: set it as a secret"
            yield Fault(f"steps/{effect.step}", f"the variable {effect.name} is made of a secret. {fix}")
    values = {name: value for name, value in case.wish.secrets.items() if len(value) >= SHORTEST_SECRET}
    for effect in case.plan.effects if values else ():
        for place, text in texts(effect):
            for name, value in values.items():
                if value in text:
                    fix = "Hand it on as a repository secret instead"
                    yield Fault(f"steps/{effect.step}", f"the secret {name} would be readable in {place}. {fix}")


# In the order in which people would want to read it.
CHECKS: Sequence[Callable[[Case], Iterator[Fault]]] = (
    template_is_sound,
    plan_is_possible,
    repositories_are_ours,
    actor_is_allowed,
    names_are_free,
    nobody_else_is_in,
    owner_exists,
    teams_exist,
    people_exist,
    visibility_is_allowed,
    descriptors_are_right,
    secrets_stay_secret,
    permissions_suffice,
    quota_suffices,
)


def preflight(case: Case) -> list[Fault]:
    """Return everything that is wrong, each once, errors and warnings."""
    found: dict[Fault, None] = {}
    for check in CHECKS:
        found |= dict.fromkeys(check(case))
    return list(found)
