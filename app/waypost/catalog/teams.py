"""GitHub teams that no descriptor describes, as groups: so that owners resolve and have pages.

They claim nothing: a repository that declares the name later takes it over, and what entities/ records of them only
tells that there was such a team.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from waypost.catalog.dates import is_over
from waypost.catalog.entities import Entity, Origin
from waypost.catalog.kinds import KINDS
from waypost.catalog.ownership import TEAM, team_slug
from waypost.catalog.people import People, Team
from waypost.catalog.refs import DEFAULT_NAMESPACE, full_ref
from waypost.catalog.relations import relations

ORIGIN = Origin(0, "", "", line=0)  # no repository declares them
NUMBER = "waypost.dev/team-id"
# What Backstage allows as a name; GitHub's slugs may be longer.
_NAME = re.compile(r"[a-z0-9]([a-z0-9_.-]{0,61}[a-z0-9])?")


def is_derived(entity: Entity) -> bool:
    """Say whether an entity stands for a GitHub team that nobody declared."""
    return entity.origin == ORIGIN


def can_be_named(slug: str) -> bool:
    """Say whether an entity may have this name."""
    return _NAME.fullmatch(slug) is not None


def team_ref(slug: str) -> str:
    """Return the ref that the group of a team has, when no descriptor gives it another name."""
    return full_ref("group", DEFAULT_NAMESPACE, slug)


def slug_in(ref: str) -> str:
    """Return the slug of the team whose group has this ref; "" for the ref of anything else."""
    start = f"group:{DEFAULT_NAMESPACE}/"
    return ref.removeprefix(start) if ref.startswith(start) else ""


def derive(organisation: str, team: Team, parent: str) -> Entity:
    """Return the group of a team; `parent` is the ref of the group that stands for the team around it, or ""."""
    metadata: dict[str, Any] = {"name": team.slug.lower()}
    if team.description:
        metadata["description"] = team.description
    metadata["annotations"] = {TEAM: f"{organisation}/{team.slug}"} | ({NUMBER: str(team.id)} if team.id else {})
    spec: dict[str, Any] = {"type": "team", "profile": {"displayName": team.name}}
    if parent:
        spec["parent"] = slug_in(parent) or parent
    spec["children"] = []
    ref = team_ref(team.slug)
    stated, _ = relations(ref, DEFAULT_NAMESPACE, spec, KINDS["Group"].fields)
    data = {"apiVersion": "backstage.io/v1alpha1", "kind": "Group", "metadata": metadata, "spec": spec}
    return Entity(ref, "Group", DEFAULT_NAMESPACE, team.slug.lower(), data, ORIGIN, stated)


def remains(record: Entity, people: People | None, grace_days: int, today: str) -> Entity | None:
    """Return what is kept of a recorded team that is not there any more, or of which nobody could be asked."""
    name = str(record.annotations.get(TEAM) or record.name)
    since = record.since if record.state == "orphan" else ""
    if people is None:
        reason = f"the teams of {name.partition('/')[0]} could not be read"
        return record if since else replace(record, state="stale", reason=reason, since="")
    if is_over(since, grace_days, today):
        return None
    now = successor(record, people)
    reason = f"the team {name} is called {now} now" if now else f"the team {name} was deleted on GitHub, or made secret"
    return replace(record, state="orphan", reason=reason, since=since or today)


def successor(record: Entity, people: People | None) -> str:
    """Return the slug that a recorded team has by now; "" when it is gone."""
    number = str(record.annotations.get(NUMBER) or "")
    return people.renamed.get(int(number), "") if people is not None and number.isdecimal() else ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Which groups stand for which teams, while a catalog is made: `entities` and `aliases` change under it."""

    organisation: str
    people: People | None
    is_hidden: bool
    recorded: Mapping[str, Entity]
    entities: Mapping[str, Entity]
    aliases: Mapping[str, Sequence[str]]

    def concerned(self, refs: Iterable[str]) -> set[str]:
        """Return those of the refs that are, were or may be the group of a team, and what is right inside them."""
        teams = self.people.teams if self.people is not None else {}
        found = {ref for ref in refs if slug_in(ref) in teams or self._was_derived(ref)}
        if self.people is not None:  # a group names the one that stands for the team around it
            found.update(team_ref(one) for ref in list(found) for one in self.people.children.get(slug_in(ref), ()))
        return found

    def group(self, ref: str, grace_days: int, today: str) -> Entity | None:
        """Return the group that a ref has because of a team; None where a descriptor speaks for it."""
        if self.is_hidden or self._holder(ref) != ref:
            return None
        slug, record = slug_in(ref), self.recorded.get(ref)
        team = self.people.teams.get(slug) if self.people is not None else None
        if team is not None:
            return derive(self.organisation, team, self._around(team)) if can_be_named(slug) else None
        if record is not None and is_derived(record):
            return remains(record, self.people, grace_days, today)
        return None

    def _around(self, team: Team) -> str:
        """Return the group that stands for the team around this one; "" for none."""
        holder = self._holder(team_ref(team.parent)) if team.parent else ""
        return holder if holder in self.entities or can_be_named(team.parent) else ""

    def _holder(self, ref: str) -> str:
        """Return the group that stands for the team whose own group would have this ref."""
        entity = self.entities.get(ref)
        if entity is not None and not is_derived(entity):
            return ref
        slug = slug_in(ref)
        stand = (other for other in self.aliases.get(ref, ()) if other in self.entities)
        return next((other for other in stand if team_slug(self.entities[other], self.organisation) == slug), ref)

    def _was_derived(self, ref: str) -> bool:
        known = (self.entities.get(ref), self.recorded.get(ref))
        return any(entity is not None and is_derived(entity) for entity in known)
