"""Teams and their members in GraphQL, for who may read an organisation's members.

https://docs.github.com/en/graphql/reference/objects#team
"""

from __future__ import annotations

from waypost.sandbox import access, objects
from waypost.sandbox.auth import caller, may_in
from waypost.sandbox.box import box
from waypost.sandbox.graphql.connections import Connection
from waypost.sandbox.graphql.git_objects import Arguments, Resolver
from waypost.sandbox.graphql.problems import forbidden
from waypost.sandbox.store import Record
from waypost.sandbox.team_objects import members_of, show_simple

_PRIVACY = {"secret": "SECRET", "closed": "VISIBLE"}


def _teams(organization: Record, a: Arguments) -> Connection:
    found = _seen(organization)
    if a.get("privacy"):
        found = [team for team in found if _PRIVACY[team["privacy"]] == a["privacy"]]
    if a.get("rootTeamsOnly"):
        found = [team for team in found if team["parent_id"] is None]
    order = a.get("orderBy") or {"direction": "ASC"}
    found.sort(key=lambda team: team["name"].lower(), reverse=order["direction"] == "DESC")
    return Connection("teams", lambda: found, a)


def _team(organization: Record, a: Arguments) -> Record | None:
    return next((team for team in _seen(organization) if team["slug"] == a["slug"].lower()), None)


def _seen(organization: Record) -> list[Record]:
    """A secret team exists for its members, the organisation's owners and Apps that may read members."""
    if not may_in(organization, "members", "read"):
        raise forbidden()
    user = caller().user
    sees_all = caller().installation is not None or user is None or access.is_owner(user, organization)
    return [
        team
        for team in box().store.where("team", org_id=organization["id"])
        if sees_all or team["privacy"] != "secret" or _is_in(team, user)
    ]


def _is_in(team: Record, user: Record | None) -> bool:
    return user is not None and box().store.first("team_member", team_id=team["id"], user_id=user["id"]) is not None


def _members(team: Record, a: Arguments) -> Connection:
    direct = {one["user_id"] for one in box().store.where("team_member", team_id=team["id"])}
    wanted = a.get("membership") or "ALL"
    found = [one["user_id"] for one in members_of(team)]
    if wanted != "ALL":
        found = [number for number in found if (number in direct) == (wanted == "IMMEDIATE")]
    return Connection("members", lambda: [box().store.must("account", number) for number in found], a)


def _parent(team: Record, _a: Arguments) -> Record | None:
    return box().store.get("team", team["parent_id"]) if team["parent_id"] else None


def _organization(team: Record, _a: Arguments) -> Record:
    return box().store.must("account", team["org_id"])


ORGANIZATION: dict[str, Resolver] = {"team": _team, "teams": _teams}
RESOLVERS: dict[str, dict[str, Resolver]] = {
    "Team": {
        "id": lambda team, _: objects.node_id("T", team["id"]),
        "databaseId": lambda team, _: team["id"],
        "combinedSlug": lambda team, a: f"{_organization(team, a)['login']}/{team['slug']}",
        "createdAt": lambda team, _: team["created_at"],
        "updatedAt": lambda team, _: team["updated_at"],
        "privacy": lambda team, _: _PRIVACY[team["privacy"]],
        "url": lambda team, _: show_simple(team)["html_url"],
        "members": _members,
        "organization": _organization,
        "parentTeam": _parent,
    },
}
