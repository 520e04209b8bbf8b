"""Under which other names people call a group or a user. Who owns what, the catalog's relations say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from waypost.catalog.entities import Entity
from waypost.catalog.refs import DEFAULT_NAMESPACE, full_ref

_TEAM = "github.com/team-slug"
_USER = "github.com/user-login"


def other_names(entity: Entity, organisation: str) -> tuple[str, ...]:
    """Return the refs that people write for a group or user besides its own, sorted.

    A team is called by its slug (`payments`, `acme/payments`, `@acme/payments`), a person by login or e-mail address.
    """
    kind = entity.kind.lower()
    if kind not in ("group", "user"):
        return ()
    names = set(_team_names(entity, organisation) if kind == "group" else _person_names(entity))
    return tuple(sorted(names - {entity.ref}))


def _team_names(entity: Entity, organisation: str) -> Iterator[str]:
    slug = str(entity.annotations.get(_TEAM) or "").rpartition("/")[2]
    own = entity.name if entity.namespace.lower() == DEFAULT_NAMESPACE else ""
    for name in filter(None, (slug, own)):
        for namespace in (DEFAULT_NAMESPACE, organisation, f"@{organisation}"):
            yield full_ref("group", namespace, name)


def _person_names(entity: Entity) -> Iterator[str]:
    if login := entity.annotations.get(_USER):
        yield full_ref("user", DEFAULT_NAMESPACE, str(login))
    profile = entity.spec.get("profile")
    if isinstance(profile, Mapping) and isinstance(email := profile.get("email"), str) and email:
        yield full_ref("user", DEFAULT_NAMESPACE, email)
        yield full_ref("group", DEFAULT_NAMESPACE, email)  # an owner without a kind is taken for a group
