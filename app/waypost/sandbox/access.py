"""What a user may do in a repository, worked out from memberships, teams and collaborators.

https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories
"""

from __future__ import annotations

from waypost.sandbox.box import box
from waypost.sandbox.store import Record

LEVELS = ("none", "read", "triage", "write", "maintain", "admin")
# the older names that the API still speaks
NAMES = {"pull": "read", "push": "write"}


def level(user: Record, repository: Record) -> str:
    """Return the strongest of what the user was given in any way."""
    store = box().store
    if user.get("site_admin") or repository["owner_id"] == user["id"]:
        return "admin"
    given = ["read" if repository["visibility"] == "public" else "none"]
    membership = store.first("membership", user_id=user["id"], org_id=repository["owner_id"])
    if membership is not None and membership["state"] == "active":
        owner = store.must("account", repository["owner_id"])
        given.append("admin" if membership["role"] == "admin" else owner.get("default_repository_permission", "read"))
        given.extend(_by_team(user, repository))
        given.append("read" if repository["visibility"] == "internal" else "none")
    direct = store.where("collaborator", user_id=user["id"], repository_id=repository["id"])
    given.extend(record["permission"] for record in direct)
    return max((NAMES.get(name, name) for name in given), key=LEVELS.index)


def at_least(held: str, wanted: str) -> bool:
    """Tell whether one level includes another."""
    return LEVELS.index(NAMES.get(held, held)) >= LEVELS.index(NAMES.get(wanted, wanted))


def is_owner(user: Record, organization: Record) -> bool:
    """Tell whether a user administers an organisation."""
    if user.get("site_admin") or user["id"] == organization["id"]:
        return True
    found = box().store.first("membership", user_id=user["id"], org_id=organization["id"])
    return found is not None and bool(found["role"] == "admin" and found["state"] == "active")


def is_member(user: Record, organization: Record) -> bool:
    """Tell whether a user belongs to an organisation."""
    if is_owner(user, organization):
        return True
    found = box().store.first("membership", user_id=user["id"], org_id=organization["id"])
    return found is not None and bool(found["state"] == "active")


def _by_team(user: Record, repository: Record) -> list[str]:
    store = box().store
    teams = {record["team_id"] for record in store.where("team_member", user_id=user["id"])}
    # a team also has what its parents have
    for team_id in list(teams):
        team = store.get("team", team_id)
        while team is not None and team.get("parent_id"):
            teams.add(team["parent_id"])
            team = store.get("team", team["parent_id"])
    return [
        record["permission"]
        for record in store.where("team_repository", repository_id=repository["id"])
        if record["team_id"] in teams
    ]
