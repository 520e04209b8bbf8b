"""The pages of groups and users: whom to ask, what they own in the order of its weight, who depends on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from waypost.catalog.entities import Entity
from waypost.catalog.ownership import login_of, team_of
from waypost.catalog.people import Team
from waypost.integrations.urls import quote, quote_path, safe_url
from waypost.pages.columns import users
from waypost.pages.entity import closing, opened, tools
from waypost.pages.markdown import DASH, NOTHING, Md, bold, code, join, link, table, text
from waypost.pages.page import Page
from waypost.pages.problems import problem_table
from waypost.pages.view import View

_OWNS = ("name", "type", "tier", "lifecycle", "system", "used by", "problems")
_NAMED, _FOLDED = 60, 500  # members on a page: in sight, and folded
_HANDOVERS = 100
_KINDS = ("component", "api", "resource", "system", "domain")


def group_files(view: View, ref: str) -> Iterator[tuple[str, str]]:
    """A team: how to reach it, its people, what it owns, what is wrong there, and who outside relies on it."""
    entity = view.catalog.entities[ref]
    team = team_of(entity, view.catalog.people, view.catalog.organisation)
    page = opened(view, entity)
    ask = [*view.in_section(ref, "ask"), *_mail(entity)][:3] or _mention(view, team)
    cells = {
        "On call": join(view.in_short(ref, "on-call")[:3], "<br>") or DASH,
        "Chat": join(view.in_short(ref, "chat")[:3], "<br>") or DASH,
        "How to ask": join(ask, "<br>") or DASH,
        "Part of": view.links(view.related(ref, "childOf"), page.up),
        "GitHub team": _github(view, team) or join(view.in_section(ref, "people")[:2], "<br>") or DASH,
    }
    page.say(table(list(cells), [list(cells.values())]))
    _people(view, page, ref, team)
    owned = owned_by(view, ref)
    _owns(view, page, ref, owned)
    _problems(view, page, owned)
    _dependents(view, page, owned)
    _handovers(view, page, [ref, *owned])
    tools(view, page, entity)
    closing(view, page, entity)
    return page.files()


def user_files(view: View, ref: str) -> Iterator[tuple[str, str]]:
    """A person: their teams, how to reach them, what they own themselves."""
    entity = view.catalog.entities[ref]
    page = opened(view, entity)
    cells = {
        "Teams": view.links(view.related(ref, "memberOf"), page.up),
        "Mail": join(_mail(entity)) or DASH,
        "Chat": join(view.in_section(ref, "chat")[:3], "<br>") or DASH,
        "GitHub": join(view.in_section(ref, "people")[:2], "<br>") or DASH,
    }
    page.say(table(list(cells), [list(cells.values())]))
    owned = owned_by(view, ref)
    _owns(view, page, ref, owned)
    _problems(view, page, owned)
    tools(view, page, entity)
    closing(view, page, entity)
    return page.files()


def owned_by(view: View, ref: str) -> list[str]:
    """What exists and is owned by a group or user, the weightiest first: by tier, then kind, then name."""
    owned = [target for target in view.related(ref, "ownerOf") if target in view.catalog.entities]
    return sorted(owned, key=lambda target: (view.tier(target) or "~", _rank(target), target))


def _rank(ref: str) -> int:
    kind = ref.partition(":")[0]
    return _KINDS.index(kind) if kind in _KINDS else len(_KINDS)


def _mail(entity: Entity) -> list[Md]:
    profile = entity.spec.get("profile")
    address = profile.get("email") if isinstance(profile, Mapping) else None
    if not isinstance(address, str):
        return []
    url = safe_url(f"mailto:{address}")
    return [link(text(address), url)] if url else [text(address)]


def _owns(view: View, page: Page, ref: str, owned: list[str]) -> None:
    if owned:
        page.heading("Owns")
        page.listing(view, ref, "owns", owned, _OWNS)


def _problems(view: View, page: Page, owned: list[str]) -> None:
    problems = [problem for ref in owned for problem in view.catalog.problems_of(ref)]
    if problems:
        page.heading("To mend")
        page.say(problem_table(view, problems))


def _dependents(view: View, page: Page, owned: list[str]) -> None:
    """Who outside the team uses what it owns, by team: whom to tell before a change."""
    mine = set(owned)
    teams: dict[str, tuple[set[str], set[str]]] = {}
    for ref in owned:
        for user in users(view, ref):
            if user not in mine:
                theirs, ours = teams.setdefault(view.owner(user) or "", (set(), set()))
                theirs.add(user)
                ours.add(ref)
    if teams:
        page.heading("Who depends on it")
        rows = [
            [
                view.link(team, page.up) if team else Md("nobody"),
                view.links(sorted(theirs), page.up),
                view.links(sorted(ours), page.up),
            ]
            for team, (theirs, ours) in sorted(teams.items(), key=lambda item: (-len(item[1][0]), item[0]))
        ]
        page.say(table(["Team", "What it runs", "What it needs of these"], rows[:200]))


def _people(view: View, page: Page, ref: str, team: Team | None) -> None:
    described = list(view.related(ref, "hasMember"))
    if team is not None or described:
        page.heading("Members")
    if team is not None:
        described = _on_github(view, page, team, described)
        if described:
            page.say(Md("Not in the team on GitHub, by what descriptors say:"))
    if len(described) > _NAMED:
        page.listing(view, ref, "members", described, ("name",))
    elif described:
        page.say(view.links(described, page.up, _NAMED))
    if teams := view.related(ref, "parentOf"):
        page.heading("Teams inside")
        page.say(view.links(teams, page.up, 200))


def _on_github(view: View, page: Page, team: Team, described: list[str]) -> list[str]:
    """Name the members of the team itself (those of the teams inside stand there); return who is left of others."""
    by_login = {_login(view, ref): ref for ref in described}
    logins, count = [login.lower() for login in team.members], len(team.members)
    named = [
        view.link(by_login[login], page.up) if login in by_login else view.account(written)
        for login, written in zip(logins[:_FOLDED], team.members, strict=False)
    ]
    people = view.catalog.people
    if named:
        page.say(Md(f"{count:,} on GitHub: {', '.join(named[:_NAMED])}"))
        page.fold(Md(f"{count - _NAMED:,} more"), join(named[_NAMED:], ", "))
    elif people is not None and any(one.members for one in people.below(team.slug.lower())):
        page.say(Md("None of its own: everybody is in the teams inside."))
    else:
        page.alert("WARNING", join([bold(Md("Nobody.")), Md("The team has no members on GitHub.")], " "))
    if count > _FOLDED:
        page.say(
            Md(f"…and {count - _FOLDED:,} whom only {link(Md('GitHub'), f'{_address(view, team)}/members')} lists.")
        )
    members = set(logins)
    return [ref for login, ref in by_login.items() if login not in members]


def _login(view: View, ref: str) -> str:
    """The account of somebody in the catalog: the one they name, else the one of their own name."""
    entity = view.entity(ref)
    return (login_of(entity) if entity else "") or ref.rpartition("/")[2]


def _github(view: View, team: Team | None) -> Md:
    if team is None:
        return NOTHING
    return link(text(f"{view.catalog.organisation}/{team.slug}"), _address(view, team))


def _address(view: View, team: Team) -> str:
    return f"{view.site.server_url}/orgs/{quote(view.catalog.organisation)}/teams/{quote(team.slug)}"


def _mention(view: View, team: Team | None) -> list[Md]:
    """What reaches a team that has said nothing of how to ask."""
    return [] if team is None else [Md(f"mention {code(f'@{view.catalog.organisation}/{team.slug}')}")]


def _handovers(view: View, page: Page, mine: list[str]) -> None:
    """What waypost.yaml gives another home: who holds a name changes by a reviewed line only."""
    given = view.catalog.settings.handovers
    found = [(ref, given[ref]) for ref in mine if ref in given] if given else []
    if found:
        page.heading("Hand-overs")
        rows = [
            [view.link(ref, page.up), link(text(home), f"{view.site.server_url}/{quote_path(home)}")]
            for ref, home in found[:_HANDOVERS]
        ]
        page.say(table(["What", "Its new home"], rows))
