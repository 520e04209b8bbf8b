"""The pages of groups and users: whom to ask, what they own in the order of its weight, who depends on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from waypost.catalog.entities import Entity
from waypost.integrations.urls import safe_url
from waypost.pages.columns import users
from waypost.pages.entity import closing, opened, tools
from waypost.pages.markdown import DASH, Md, join, link, table, text
from waypost.pages.page import Page
from waypost.pages.problems import problem_table
from waypost.pages.view import View

_OWNS = ("name", "type", "tier", "lifecycle", "system", "used by", "problems")
_KINDS = ("component", "api", "resource", "system", "domain")


def group_files(view: View, ref: str) -> Iterator[tuple[str, str]]:
    """A team: how to reach it, its people, what it owns, what is wrong there, and who outside relies on it."""
    entity = view.catalog.entities[ref]
    page = opened(view, entity)
    cells = {
        "On call": join(view.in_short(ref, "on-call")[:3], "<br>") or DASH,
        "Chat": join(view.in_short(ref, "chat")[:3], "<br>") or DASH,
        "How to ask": join([*view.in_section(ref, "ask"), *_mail(entity)][:3], "<br>") or DASH,
        "Part of": view.links(view.related(ref, "childOf"), page.up),
        "GitHub team": join(view.in_section(ref, "people")[:2], "<br>") or DASH,
    }
    page.say(table(list(cells), [list(cells.values())]))
    _people(view, page, ref)
    owned = owned_by(view, ref)
    _owns(view, page, ref, owned)
    _problems(view, page, owned)
    _dependents(view, page, owned)
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


def _people(view: View, page: Page, ref: str) -> None:
    if members := view.related(ref, "hasMember"):
        page.heading("Members")
        if len(members) <= 60:
            page.say(view.links(members, page.up, 60))
        else:
            page.listing(view, ref, "members", members, ("name",))
    if teams := view.related(ref, "parentOf"):
        page.heading("Teams inside")
        page.say(view.links(teams, page.up, 200))
