"""Under which other names people call a group or a user, and which GitHub team or account is meant by it.

Who owns what, the catalog's relations say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from waypost.catalog.entities import Entity
from waypost.catalog.people import People, Team
from waypost.catalog.refs import DEFAULT_NAMESPACE, full_ref

TEAM = "github.com/team-slug"
USER = "github.com/user-login"
# What people write where they should name somebody.
PLACEHOLDERS = frozenset({"guest", "guests", "n/a", "na", "nobody", "none", "null", "tba", "tbd", "todo", "unknown"})


def other_names(entity: Entity, organisation: str) -> tuple[str, ...]:
    """Return the refs that people write for a group or user besides its own, sorted.

    A team is called by its slug (`payments`, `acme/payments`, `@acme/payments`), a person by name or login (`ada`,
    `@ada`), both by e-mail address. Nobody else is ever called so.
    """
    kind = entity.kind.lower()
    if kind not in ("group", "user"):
        return ()
    names = set(_team_names(entity, organisation) if kind == "group" else _person_names(entity))
    return tuple(sorted(names - {entity.ref}))


def titles(entity: Entity) -> tuple[str, ...]:
    """Return the refs that its title makes, as `Payments Team`: several may have the same."""
    kind = entity.kind.lower()
    if kind not in ("group", "user") or entity.title == entity.name:
        return ()
    names = {full_ref(kind, DEFAULT_NAMESPACE, entity.title), full_ref("group", DEFAULT_NAMESPACE, entity.title)}
    return tuple(sorted(names - {entity.ref}))


def _team_names(entity: Entity, organisation: str) -> Iterator[str]:
    slug = _text(entity.annotations.get(TEAM)).rpartition("/")[2]
    own = entity.name if entity.namespace.lower() == DEFAULT_NAMESPACE else ""
    for name in filter(None, (slug, own)):
        for namespace in (DEFAULT_NAMESPACE, organisation, f"@{organisation}"):
            yield full_ref("group", namespace, name)
    if address := _address(entity):
        yield full_ref("group", DEFAULT_NAMESPACE, address)


def _person_names(entity: Entity) -> Iterator[str]:
    own = entity.name if entity.namespace.lower() == DEFAULT_NAMESPACE else ""
    for name in filter(None, (_text(entity.annotations.get(USER)), own)):
        # an owner without a kind is taken for a group
        for kind in ("user", "group"):
            yield full_ref(kind, DEFAULT_NAMESPACE, name)
            yield full_ref(kind, DEFAULT_NAMESPACE, f"@{name}")
    if address := _address(entity):
        yield full_ref("user", DEFAULT_NAMESPACE, address)
        yield full_ref("group", DEFAULT_NAMESPACE, address)


def _address(entity: Entity) -> str:
    profile = entity.spec.get("profile")
    return _text(profile.get("email")) if isinstance(profile, Mapping) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def stated_slug(group: Entity, organisation: str) -> str:
    """Return the slug of this organisation's team that a group names in its annotation, lower-case; "" for none."""
    owner, _, slug = _text(group.annotations.get(TEAM)).lower().removeprefix("@").rpartition("/")
    return slug if owner in ("", organisation.lower()) else ""


def team_slug(group: Entity, organisation: str) -> str:
    """Return the slug of the team that a group stands for: the one it names, else the one of its own name."""
    if group.kind != "Group":
        return ""
    if _text(group.annotations.get(TEAM)):
        return stated_slug(group, organisation)
    return group.name.lower() if group.namespace.lower() == DEFAULT_NAMESPACE else ""


def team_of(group: Entity, people: People | None, organisation: str) -> Team | None:
    """Return the GitHub team that a group stands for, if there is one."""
    return None if people is None else people.teams.get(team_slug(group, organisation))


def login_of(user: Entity) -> str:
    """Return the GitHub account that a user names, lower-case; "" where it names none: its name may be any."""
    return _text(user.annotations.get(USER)).lower() if user.kind == "User" else ""


def member_in(ref: str, people: People | None) -> str:
    """Return the login of the organisation's member that a ref means, though no entity describes them; else ""."""
    kind, _, rest = ref.partition(":")
    namespace, _, name = rest.partition("/")
    login = name.removeprefix("@")
    is_person = kind in ("user", "group") and namespace == DEFAULT_NAMESPACE
    return login if people is not None and is_person and login in people.members else ""


def agrees(codeowners: Sequence[str], owner: Entity | str, people: People, organisation: str) -> bool:
    """Say whether CODEOWNERS names the owner: their team, one inside or above it, or a person in it.

    `owner` is a group, a user or a login. What cannot be judged (an e-mail address, another organisation) agrees.
    """
    slug = team_slug(owner, organisation) if isinstance(owner, Entity) else ""
    teams = {team.slug.lower() for team in people.below(slug)}
    logins = {login.lower() for team in people.below(slug) for login in team.members}
    login = owner if isinstance(owner, str) else login_of(owner)
    if not (teams or login):
        return True
    related = teams.union(people.above(slug))
    for written in codeowners:
        place, _, name = written.lower().removeprefix("@").rpartition("/")
        if not written.startswith("@") or place not in ("", organisation.lower()):
            return True
        if place and (name in related or login in _everybody(people, name)):
            return True
        if not place and (name in logins or name == login):
            return True
    return not codeowners


def _everybody(people: People, slug: str) -> set[str]:
    return {login.lower() for team in people.below(slug) for login in team.members}
