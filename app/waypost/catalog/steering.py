"""What an organisation lets Waypost do in its repositories, as waypost.yaml says it. Values; every default is safe.

`pulls`, `registrations`, `published` and `onboarding` in schemas/waypost.schema.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Merging:
    """Under which rules a registration merges by itself: `registrations.merge`. Off unless it is written."""

    is_on: bool = False
    teams: tuple[str, ...] = ()  # slugs of GitHub teams whose members are known authors; "*": every member
    new_minutes: int = 3 * 24 * 60  # to wait when something new is registered
    update_minutes: int = 10  # when only what the author's team owns already changes


@dataclass(frozen=True, slots=True)
class Onboarding:
    """Pull requests that offer a drafted descriptor: `onboarding`. Off unless it is written."""

    is_on: bool = False
    include: tuple[str, ...] = ("*",)  # globs of repository names, or of owner/name
    exclude: tuple[str, ...] = ()
    per_day: int = 5  # pull requests a day, over the whole organisation
    reports: bool = True  # whether the grouped report issue is kept in the catalog repository


@dataclass(frozen=True, slots=True)
class Steering:
    """All of it."""

    comments: bool = True  # in pull requests that change something
    published: bool = True  # the check run that says when a change is live
    merging: Merging = field(default_factory=Merging)
    onboarding: Onboarding = field(default_factory=Onboarding)


def steering(value: Mapping[str, Any]) -> Steering:
    """Read what fits the schema: the whole of waypost.yaml."""
    default, pulls = Steering(), value.get("pulls") or {}
    published = (value.get("published") or {}).get("enabled", default.published)
    return Steering(
        comments=pulls.get("comments", default.comments),
        published=published,
        merging=_merging((value.get("registrations") or {}).get("merge")),
        onboarding=_onboarding(value.get("onboarding") or {}),
    )


def _merging(value: Mapping[str, Any] | None) -> Merging:
    default = Merging()
    if value is None:
        return default
    wait = value.get("wait_minutes") or {}
    return Merging(
        is_on=True,
        teams=tuple(slug.lower() for slug in value["teams"]),
        new_minutes=wait.get("new", default.new_minutes),
        update_minutes=wait.get("update", default.update_minutes),
    )


def _onboarding(value: Mapping[str, Any]) -> Onboarding:
    default = Onboarding()
    return Onboarding(
        is_on=value.get("enabled", default.is_on),
        include=tuple(value.get("include", default.include)),
        exclude=tuple(value.get("exclude", default.exclude)),
        per_day=value.get("per_day", default.per_day),
        reports=value.get("report", default.reports),
    )
