"""Teams as answers and payloads show them. No routes.

https://docs.github.com/en/rest/teams/teams
"""

from __future__ import annotations

from waypost.sandbox import access, objects
from waypost.sandbox.box import api_url, box
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json

# the API's names, from the weakest; what each includes is in access.py
PERMISSIONS = ("pull", "triage", "push", "maintain", "admin")


def show(team: Record, permission: str = "") -> Json:
    """The form of lists and payloads; `permission` is the one for a repository."""
    parent = box().store.get("team", team["parent_id"]) if team["parent_id"] else None
    shown = show_simple(team)
    if permission:
        shown |= {"permission": permission, "permissions": permissions(permission)}
    return shown | {"parent": show_simple(parent) if parent is not None else None}


def show_simple(team: Record) -> Json:
    """The form that a child shows of its parent."""
    organization = box().store.must("account", team["org_id"])
    # GitHub writes /organizations/1/team/1 here, which its description of the API does not know; these routes it does
    url = f"{api_url()}/orgs/{organization['login']}/teams/{team['slug']}"
    return {
        "name": team["name"],
        "id": team["id"],
        "node_id": objects.node_id("T", team["id"]),
        "slug": team["slug"],
        "description": team["description"],
        "privacy": team["privacy"],
        "notification_setting": team["notification_setting"],
        "url": url,
        "html_url": f"{box().url}/orgs/{organization['login']}/teams/{team['slug']}",
        "members_url": f"{url}/members{{/member}}",
        "repositories_url": f"{url}/repos",
        "type": "organization",
        "organization_id": organization["id"],
        "permission": team["permission"],
    }


def show_full(team: Record) -> Json:
    """GET /orgs/{org}/teams/{team_slug}."""
    organization = objects.organization(box().store.must("account", team["org_id"]))
    return {
        **show(team),
        "created_at": team["created_at"],
        "updated_at": team["updated_at"],
        "members_count": len(members_of(team)),
        "repos_count": len(repositories_of(team)),
        "organization": organization,
    }


def show_repository(repository: Record, permission: str) -> Json:
    """A repository as the list of a team shows it: with what the team may do there."""
    role = {"pull": "read", "push": "write"}.get(permission, permission)
    return {**objects.repository(repository), "permissions": permissions(permission), "role_name": role}


def permissions(permission: str) -> Json:
    return {name: access.at_least(permission, name) for name in reversed(PERMISSIONS)}


def members_of(team: Record) -> list[Record]:
    """Return the memberships of a team, those of its child teams included, each account once."""
    store = box().store
    found = {one["user_id"]: one for one in store.where("team_member", team_id=team["id"])}
    for child in store.where("team", org_id=team["org_id"], parent_id=team["id"]):
        for one in members_of(child):
            found.setdefault(one["user_id"], one)
    return sorted(found.values(), key=lambda one: one["user_id"])


def repositories_of(team: Record) -> list[tuple[Record, str]]:
    """Return the team's repositories and permissions, those of its parents included; the strongest counts."""
    store = box().store
    found: dict[int, str] = {}
    level: Record | None = team
    while level is not None:
        for held in store.where("team_repository", team_id=level["id"]):
            given = [found.get(held["repository_id"], "pull"), held["permission"]]
            found[held["repository_id"]] = max(given, key=PERMISSIONS.index)
        level = store.get("team", level["parent_id"]) if level["parent_id"] else None
    return [(store.must("repository", number), permission) for number, permission in sorted(found.items())]
