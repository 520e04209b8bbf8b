"""The organisation's people as GitHub has them: its teams and members. Values only; who owns what is `ownership`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Team:
    """One GitHub team. Secret teams are not here: the catalog's readers may not know of them."""

    slug: str
    name: str
    description: str = ""
    parent: str = ""  # slug
    members: tuple[str, ...] = ()  # logins, sorted; those of child teams are not repeated


@dataclass(frozen=True, slots=True)
class People:
    """All of them. Without a People value (no permission, an offline build) nothing is said about owners' existence."""

    teams: Mapping[str, Team] = field(default_factory=dict)  # by slug, lower-case
    members: frozenset[str] = frozenset()  # logins of the organisation's members, lower-case
