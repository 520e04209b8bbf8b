"""Who asks, as GitHub knows them: their login and the teams that the allow-list or the owner speak of."""

from __future__ import annotations

from collections.abc import Iterable

from waypost.create.kinds.paths import part
from waypost.forge.creating import Workshop
from waypost.golden.policy import Actor

MOST_TEAMS = 200  # looked through to find whether somebody is in any team at all


def actor(workshop: Workshop, login: str, slugs: Iterable[str]) -> Actor:
    """Return somebody with those of these teams that they are in; "*" asks for any team."""
    wanted = {slug.lower() for slug in slugs if slug}
    teams = [slug for slug in sorted(wanted - {"*"}) if _is_member(workshop, slug, login)]
    if "*" in wanted and not teams:
        teams = _any_team(workshop, login)
    return Actor(login, tuple(teams))


def _any_team(workshop: Workshop, login: str) -> list[str]:
    path = f"/orgs/{part(workshop.organisation)}/teams?per_page=100"
    listed = workshop.listing(path, f"looking at the teams of {workshop.organisation}")
    slugs = (team["slug"] for team in listed[:MOST_TEAMS])
    return next(([slug] for slug in slugs if _is_member(workshop, slug, login)), [])


def _is_member(workshop: Workshop, slug: str, login: str) -> bool:
    path = f"/orgs/{part(workshop.organisation)}/teams/{part(slug)}/memberships/{part(login)}"
    found = workshop.look(path, f"looking whether {login} is in team {slug}")
    return found is not None and found.get("state") == "active"


def team_exists(workshop: Workshop, slug: str) -> bool:
    path = f"/orgs/{part(workshop.organisation)}/teams/{part(slug)}"
    return workshop.look(path, f"looking for the team {slug}") is not None


def user_exists(workshop: Workshop, login: str) -> bool:
    return workshop.look(f"/users/{part(login)}", f"looking for {login}") is not None
