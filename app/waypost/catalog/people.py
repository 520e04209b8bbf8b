"""The organisation's people as GitHub has them: its teams and members. Values only; who owns what is `ownership`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Team:
    """One GitHub team. Secret teams are not here: the catalog's readers may not know of them."""

    slug: str
    name: str
    description: str = ""
    parent: str = ""  # slug
    members: tuple[str, ...] = ()  # logins, sorted; those of child teams are not repeated
    id: int = 0  # stays when the team is renamed


@dataclass(frozen=True)  # no slots: what follows from the teams is worked out once
class People:
    """All of them. Without a People value (no permission, an offline build) nothing is said about owners' existence."""

    teams: Mapping[str, Team] = field(default_factory=dict)  # by slug, lower-case
    members: frozenset[str] = frozenset()  # logins of the organisation's members, lower-case

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """The slugs of the teams right below a team, sorted."""
        found: dict[str, list[str]] = {}
        for slug, team in sorted(self.teams.items()):
            if team.parent:
                found.setdefault(team.parent, []).append(slug)
        return {slug: tuple(below) for slug, below in found.items()}

    @cached_property
    def renamed(self) -> Mapping[int, str]:
        """The slug a team has now, by the number that it keeps."""
        return {team.id: slug for slug, team in self.teams.items() if team.id}

    def below(self, slug: str) -> tuple[Team, ...]:
        """A team and all teams inside it; nothing for one that is not there."""
        found: dict[str, Team] = {}
        todo = [slug]
        while todo:
            current = todo.pop()
            if current in self.teams and current not in found:
                found[current] = self.teams[current]
                todo += self.children.get(current, ())
        return tuple(found.values())

    def above(self, slug: str) -> tuple[str, ...]:
        """The slugs of the teams that a team is inside of, the nearest first."""
        found: list[str] = []
        while (team := self.teams.get(slug)) is not None and team.parent and team.parent not in found:
            found.append(team.parent)
            slug = team.parent
        return tuple(found)


def dump(people: People | None) -> bytes:
    """Return people as compact JSON for the cache; None (nobody may say) is a value too."""
    if people is None:
        return b"null"
    teams = [asdict(people.teams[slug]) for slug in sorted(people.teams)]
    return json.dumps({"teams": teams, "members": sorted(people.members)}, separators=(",", ":")).encode()


def load(data: bytes) -> People | None:
    """Return what `dump` wrote."""
    value = json.loads(data)
    if value is None:
        return None
    teams = [Team(**{**team, "members": tuple(team["members"])}) for team in value["teams"]]
    return People({team.slug.lower(): team for team in teams}, frozenset(value["members"]))
