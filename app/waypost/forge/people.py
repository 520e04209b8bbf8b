"""An organisation's visible teams and its members, as GitHub tells them. Secret teams are never asked for.

Teams by GraphQL: a hundred with their direct members are one call of one point, where REST needs a call a team and
mixes in the members of the teams inside. Members by REST: a page that has not changed since costs nothing.
https://docs.github.com/en/graphql/reference/objects#team
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from waypost.catalog.people import People, Team
from waypost.forge.api import Api
from waypost.forge.credentials import Credential

_MEMBERS = "members(first: 100, after: $members, membership: IMMEDIATE)"
_LOGINS = "{ pageInfo { hasNextPage endCursor } nodes { login } }"
TEAMS = f"""query teams($login: String!, $after: String, $members: String) {{
  organization(login: $login) {{
    teams(first: 100, after: $after, privacy: VISIBLE) {{
      pageInfo {{ hasNextPage endCursor }}
      nodes {{ databaseId slug name description privacy parentTeam {{ slug }} {_MEMBERS} {_LOGINS} }}
    }}
  }}
}}"""
TEAM = f"""query team($login: String!, $slug: String!, $members: String) {{
  organization(login: $login) {{ team(slug: $slug) {{ {_MEMBERS} {_LOGINS} }} }}
}}"""


def read(api: Api, credential: Credential, organisation: str) -> People:
    """Ask for all of them; raise NotAllowed or NotFound where this credential may not know."""
    found = {team.slug.lower(): team for team in _teams(api, credential, organisation)}
    address = f"/orgs/{quote(organisation)}/members?per_page=100"
    pages = api.pages(credential, address, f"listing the members of {organisation}", _logins)
    return People(found, frozenset(login.lower() for page in pages for login in page))


def _teams(api: Api, credential: Credential, organisation: str) -> Iterator[Team]:
    after: str | None = None
    while True:
        asked = {"login": organisation, "after": after}
        data = api.graphql(credential, TEAMS, asked, f"listing the teams of {organisation}")
        page = data["organization"]["teams"]
        for node in page["nodes"]:
            if node is not None and node["privacy"] == "VISIBLE":
                yield _team(node, _members(api, credential, organisation, node))
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def _members(api: Api, credential: Credential, organisation: str, team: Mapping[str, Any]) -> list[str]:
    """Return the logins of one team; beyond a hundred there are further pages."""
    page, slug = team["members"], team["slug"]
    logins = [one["login"] for one in page["nodes"] if one is not None]
    while page["pageInfo"]["hasNextPage"]:
        asked = {"login": organisation, "slug": slug, "members": page["pageInfo"]["endCursor"]}
        data = api.graphql(credential, TEAM, asked, f"listing the members of {organisation}/{slug}")
        if (found := data["organization"]["team"]) is None:  # deleted meanwhile: the event of that marks it again
            break
        page = found["members"]
        logins += [one["login"] for one in page["nodes"] if one is not None]
    return logins


def _team(node: Mapping[str, Any], logins: Sequence[str]) -> Team:
    return Team(
        slug=node["slug"],
        name=node["name"],
        description=node["description"] or "",
        parent=((node["parentTeam"] or {}).get("slug") or "").lower(),
        members=tuple(sorted(logins, key=str.lower)),
        id=node["databaseId"] or 0,
    )


def _logins(body: Sequence[Mapping[str, Any]]) -> list[str]:
    return [one["login"] for one in body]
