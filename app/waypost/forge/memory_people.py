"""The teams and members of an organisation in memory, secret teams included: what people do, and what an App sees."""

from __future__ import annotations

from dataclasses import replace

from waypost.catalog.people import People, Team


class MemoryPeople:
    """Nobody may look before `allow`, as while the permission members: read was not granted."""

    def __init__(self) -> None:
        self.is_allowed = False
        self._teams: dict[str, Team] = {}
        self._secret: set[str] = set()
        self._members: set[str] = set()
        self._numbers = 0

    # what people do

    def allow(self, allowed: bool = True) -> None:
        self.is_allowed = allowed

    def enroll(self, *logins: str) -> None:
        self._members.update(logins)

    def leave(self, login: str) -> None:
        """Somebody leaves the organisation, and with it all teams."""
        self._members.discard(login)
        for slug in self._teams:
            self.remove(slug, login)

    def team(self, name: str, *logins: str, parent: str = "", description: str = "", secret: bool = False) -> str:
        """Make a team of members (whoever is none becomes one) and return its slug."""
        self._numbers += 1
        slug = name.lower().replace(" ", "-")
        self._teams[slug] = Team(slug, name, description, parent, tuple(sorted(logins, key=str.lower)), self._numbers)
        self._secret |= {slug} if secret else set()
        self.enroll(*logins)
        return slug

    def add(self, slug: str, *logins: str) -> None:
        self.enroll(*logins)
        team = self._teams[slug]
        self._teams[slug] = replace(team, members=tuple(sorted({*team.members, *logins}, key=str.lower)))

    def remove(self, slug: str, login: str) -> None:
        team = self._teams[slug]
        self._teams[slug] = replace(team, members=tuple(one for one in team.members if one != login))

    def rename(self, slug: str, name: str) -> str:
        new = name.lower().replace(" ", "-")
        self._teams[new] = replace(self._teams.pop(slug), slug=new, name=name)
        inside = {one: replace(team, parent=new) for one, team in self._teams.items() if team.parent == slug}
        self._teams.update(inside)
        return new

    def delete(self, slug: str) -> None:
        del self._teams[slug]
        outside = {one: replace(team, parent="") for one, team in self._teams.items() if team.parent == slug}
        self._teams.update(outside)

    # what the App sees

    def seen(self) -> People | None:
        if not self.is_allowed:
            return None
        teams = {slug: team for slug, team in self._teams.items() if slug not in self._secret}
        return People(teams, frozenset(login.lower() for login in self._members))
