"""Where variables and secrets of Actions live: an organisation, a repository or one of its environments. No routes.

https://docs.github.com/en/actions/reference/workflows-and-actions/variables#naming-conventions-for-configuration-variables
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from waypost.sandbox import environments
from waypost.sandbox.auth import View, on_organization, on_repository
from waypost.sandbox.box import api_url, box
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, invalid, not_found, unprocessable

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LONGEST_VALUE = 48 * 1024
VISIBILITIES = ("all", "private", "selected")


@dataclass(frozen=True, slots=True)
class Place:
    """The owner of variables or secrets."""

    repository: Record | None = None
    environment: Record | None = None
    organization: Record | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """The fields by which a record belongs here."""
        return {
            "repository_id": self.repository["id"] if self.repository is not None else None,
            "environment_id": self.environment["id"] if self.environment is not None else None,
            "org_id": self.organization["id"] if self.organization is not None else None,
        }

    @property
    def key(self) -> str:
        """What no other place has."""
        kind, number = next((kind, number) for kind, number in self._by_depth() if number is not None)
        return f"{kind}:{number}"

    def _by_depth(self) -> list[tuple[str, int | None]]:
        held = self.fields
        return [(kind, held[f"{kind}_id"]) for kind in ("environment", "repository", "org")]


Guard = Callable[[str], Callable[[Callable[..., ResponseReturnValue]], View]]


def add_routes(
    blueprint: Blueprint,
    kind: str,
    views: Mapping[tuple[str, str], tuple[str, Callable[..., ResponseReturnValue]]],
    repository_permission: str,
    organization_permission: str,
) -> None:
    """Give the three places the same routes: (method, rest of the path) -> (level of the permission, view)."""
    places: tuple[tuple[str, Guard], ...] = (
        (f"/orgs/<org>/actions/{kind}", _in_organization(organization_permission)),
        (f"/repos/<owner>/<name>/actions/{kind}", _in_repository(repository_permission)),
        (f"/repos/<owner>/<name>/environments/<path:environment>/{kind}", _in_environment),
    )
    for number, (base, guard) in enumerate(places):
        for (method, rest), (level, view) in views.items():
            endpoint = f"{number}_{view.__name__}"
            blueprint.add_url_rule(base + rest, endpoint, guard(level)(view), methods=[method])


def _in_organization(permission: str) -> Guard:
    def guard(level: str) -> Callable[[Callable[..., ResponseReturnValue]], View]:
        def decorate(view: Callable[..., ResponseReturnValue]) -> View:
            @on_organization(**{permission: level})
            def placed(organization: Record, **rest: Any) -> ResponseReturnValue:
                return view(Place(organization=organization), **rest)

            return placed

        return decorate

    return guard


def _in_repository(permission: str) -> Guard:
    def guard(level: str) -> Callable[[Callable[..., ResponseReturnValue]], View]:
        def decorate(view: Callable[..., ResponseReturnValue]) -> View:
            @on_repository(even_archived=False, **{permission: level})
            def placed(repository: Record, **rest: Any) -> ResponseReturnValue:
                return view(Place(repository=repository), **rest)

            return placed

        return decorate

    return guard


def _in_environment(level: str) -> Callable[[Callable[..., ResponseReturnValue]], View]:
    def decorate(view: Callable[..., ResponseReturnValue]) -> View:
        @on_repository(environments=level)
        def placed(repository: Record, environment: str, **rest: Any) -> ResponseReturnValue:
            return view(Place(repository, environments.must(repository, environment)), **rest)

        return placed

    return decorate


def of(kind: str, place: Place) -> list[Record]:
    """Return the variables or secrets of a place by name."""
    return sorted(box().store.where(kind, **place.fields), key=lambda one: one["name"])


def must(kind: str, place: Place, name: str) -> Record:
    """Return one, whatever the case of its name, or raise 404."""
    held = find(kind, place, name)
    if held is None:
        raise not_found()
    return held


def find(kind: str, place: Place, name: str) -> Record | None:
    return next((one for one in of(kind, place) if one["name"] == name.upper()), None)


def checked_name(kind: str, name: object) -> str:
    """Return a name as it is kept, in capitals; raise 422 for one that cannot be."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise unprocessable(
            f"{kind} names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). "
            "Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_)."
        )
    if name.upper().startswith("GITHUB_"):
        raise unprocessable(f"{kind} names must not start with GITHUB_.")
    return name.upper()


def check_size(value: str) -> None:
    if len(value.encode()) > LONGEST_VALUE:
        raise ApiError(422, f"Value is too large: at most {LONGEST_VALUE // 1024} KB.")


def sharing(place: Place, content: Json, held: Record | None) -> Json:
    """Return for which repositories an organisation's variable or secret is; others are for their own place."""
    if place.organization is None:
        return {}
    known = held or {}
    visibility = content.get("visibility", known.get("visibility"))
    if visibility not in VISIBILITIES:
        raise invalid("Organization", "visibility", "missing_field" if visibility is None else "invalid")
    ids = content.get("selected_repository_ids", known.get("selected_repository_ids")) or []
    return {"visibility": visibility, "selected_repository_ids": [int(one) for one in ids]}


def show_sharing(kind: str, place: Place, held: Record) -> Json:
    if place.organization is None:
        return {}
    shown = {"visibility": held["visibility"]}
    if held["visibility"] == "selected":
        base = f"{api_url()}/orgs/{place.organization['login']}/actions/{kind}/{held['name']}"
        shown["selected_repositories_url"] = f"{base}/repositories"
    return shown


def shared_with(kind: str, repository: Record) -> list[Record]:
    """Return the organisation's variables or secrets that a repository may use, by name."""
    found = box().store.where(kind, org_id=repository["owner_id"])
    is_private = repository["visibility"] != "public"
    return sorted((one for one in found if _reaches(one, repository, is_private)), key=lambda one: one["name"])


def in_force(kind: str, repository: Record, run: Record) -> dict[str, str]:
    """Return name and value of what a run's jobs see: their environments', then the repository's own, then the rest."""
    layers = [shared_with(kind, repository), of(kind, Place(repository))]
    for name in run.get("environments", ()):
        held = environments.named(repository, name)
        if held is not None and environments.lets_in(held, run["ref"]):
            layers.append(of(kind, Place(repository, held)))
    return {one["name"]: one["value"] for layer in layers for one in layer}


def _reaches(held: Record, repository: Record, is_private: bool) -> bool:
    if held["visibility"] == "selected":
        return repository["id"] in held["selected_repository_ids"]
    return held["visibility"] == "all" or is_private
