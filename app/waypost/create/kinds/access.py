"""Who may do what in a repository: teams, people and deploy keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from waypost.create.kinds.paths import of, part
from waypost.forge.creating import Workshop, Write
from waypost.golden.effects import DeployKeyExists, TeamAccess, UserAccess

# GitHub's listing of people speaks of roles, its calls of permissions: the same things under two names
ROLES = {"pull": "read", "push": "write"}


def read_teams(workshop: Workshop, effect: TeamAccess) -> list[Any]:
    return workshop.listing(f"{of(effect)}/teams?per_page=100", f"looking at the teams of {effect.repository}")


def compare_team(present: Sequence[Mapping[str, Any]], effect: TeamAccess) -> list[Write]:
    held = {team["slug"]: team.get("permission") for team in present}
    if held.get(effect.team) == effect.permission:
        return []
    organisation = effect.repository.partition("/")[0]
    path = f"/orgs/{part(organisation)}/teams/{part(effect.team)}{of(effect)}"
    return [Write("PUT", path, describe_team(effect), {"permission": effect.permission})]


def describe_team(effect: TeamAccess) -> str:
    return f"give team {effect.team} {effect.permission} on {effect.repository}"


def read_people(workshop: Workshop, effect: UserAccess) -> list[Any]:
    path = f"{of(effect)}/collaborators?affiliation=direct&per_page=100"
    return workshop.listing(path, f"looking at the collaborators of {effect.repository}")


def compare_user(present: Sequence[Mapping[str, Any]], effect: UserAccess) -> list[Write]:
    held = {person["login"].lower(): person.get("role_name") for person in present}
    if held.get(effect.user.lower()) == ROLES.get(effect.permission, effect.permission):
        return []
    path = f"{of(effect)}/collaborators/{part(effect.user)}"
    return [Write("PUT", path, describe_user(effect), {"permission": effect.permission})]


def describe_user(effect: UserAccess) -> str:
    return f"give {effect.user} {effect.permission} on {effect.repository}"


def read_keys(workshop: Workshop, effect: DeployKeyExists) -> list[Any]:
    return workshop.listing(f"{of(effect)}/keys?per_page=100", f"looking at the deploy keys of {effect.repository}")


def compare_key(present: Sequence[Mapping[str, Any]], effect: DeployKeyExists) -> list[Write]:
    if any(_key(held["key"]) == _key(effect.key) for held in present):
        return []
    body = {"title": effect.title, "key": effect.key, "read_only": effect.is_read_only}
    return [Write("POST", f"{of(effect)}/keys", describe_key(effect), body)]


def describe_key(effect: DeployKeyExists) -> str:
    return f'add the deploy key "{effect.title}" to {effect.repository}'


def _key(text: str) -> list[str]:
    """A public key without the comment behind it, which GitHub does not keep."""
    return text.split()[:2]
