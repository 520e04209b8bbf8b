"""Which repositories use an organisation's secret or variable, where its visibility is `selected`.

https://docs.github.com/en/rest/actions/secrets#set-selected-repositories-for-an-organization-secret
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint
from flask.typing import ResponseReturnValue

from waypost.sandbox import objects, places
from waypost.sandbox.auth import on_organization, visible
from waypost.sandbox.box import box
from waypost.sandbox.places import Place
from waypost.sandbox.store import Record
from waypost.sandbox.web import body, conflict, invalid, not_found, paginate

routes = Blueprint("sharing", __name__)

_KINDS = {"secret": "organization_secrets", "variable": "organization_actions_variables"}


def _add_routes(kind: str, permission: str) -> None:
    """The same routes for secrets and for variables."""

    @on_organization(**{permission: "read"})
    def list_selected(organization: Record, held: str) -> ResponseReturnValue:
        ids = set(_selected(kind, organization, held)["selected_repository_ids"])
        found = [one for one in box().store.where("repository", owner_id=organization["id"]) if one["id"] in ids]
        return paginate(visible(found), objects.repository, within="repositories")

    @on_organization(**{permission: "write"})
    def select(organization: Record, held: str) -> ResponseReturnValue:
        asked = body().get("selected_repository_ids")
        if not isinstance(asked, list):
            raise invalid(kind.title(), "selected_repository_ids", "missing_field" if asked is None else "invalid")
        return _keep(kind, organization, _selected(kind, organization, held), map(int, asked))

    @on_organization(**{permission: "write"})
    def add(organization: Record, held: str, number: int) -> ResponseReturnValue:
        found = _selected(kind, organization, held)
        return _keep(kind, organization, found, [*found["selected_repository_ids"], number])

    @on_organization(**{permission: "write"})
    def remove(organization: Record, held: str, number: int) -> ResponseReturnValue:
        found = _selected(kind, organization, held)
        left = [one for one in found["selected_repository_ids"] if one != number]
        return _keep(kind, organization, found, left)

    base = f"/orgs/<org>/actions/{kind}s/<held>/repositories"
    for path, method, view in (
        ("", "GET", list_selected),
        ("", "PUT", select),
        ("/<int:number>", "PUT", add),
        ("/<int:number>", "DELETE", remove),
    ):
        routes.add_url_rule(base + path, f"{kind}_{view.__name__}", view, methods=[method])


for _kind, _permission in _KINDS.items():
    _add_routes(_kind, _permission)


def _selected(kind: str, organization: Record, name: str) -> Record:
    """Return a secret or variable that is for selected repositories; raise 409 for any other."""
    found = places.must(kind, Place(organization=organization), name)
    if found["visibility"] != "selected":
        raise conflict(f"The visibility of {found['name']} is {found['visibility']}, not selected.")
    return found


def _keep(kind: str, organization: Record, found: Record, ids: Iterable[int]) -> ResponseReturnValue:
    wanted, store = sorted(set(ids)), box().store
    for number in wanted:
        repository = store.get("repository", number)
        if repository is None or repository["owner_id"] != organization["id"]:
            raise not_found()
    store.change(kind, found["id"], selected_repository_ids=wanted, updated_at=box().clock.stamp())
    return "", 204
