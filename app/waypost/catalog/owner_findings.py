"""Checks of owners: does anybody answer for an entity, and do GitHub's teams, members and CODEOWNERS agree?

Without People only what the catalog itself knows is said. Alarms are for what is present: nobody mends an archive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from waypost.catalog.discovery import WELL_KNOWN
from waypost.catalog.entities import Entity, Relation
from waypost.catalog.nearest import nearest_name
from waypost.catalog.ownership import (
    PLACEHOLDERS,
    TEAM,
    agrees,
    login_of,
    member_in,
    stated_slug,
    team_of,
)
from waypost.catalog.problems import Severity
from waypost.catalog.surroundings import Found, Surroundings, hint, place_of, problem
from waypost.catalog.teams import is_derived, successor, team_ref

_PROJECT = "github.com/project-slug"
_NAMED = 3  # of CODEOWNERS in a message


def face(entity: Entity) -> tuple[object, ...]:
    """Return what the checks below see of a group or user."""
    return (entity.state, entity.annotations.get(TEAM), login_of(entity), is_derived(entity), entity.reason)


def _owners(around: Surroundings, entity: Entity) -> Iterator[tuple[Relation, str]]:
    """The relations that state an owner, with the ref of what is meant."""
    for relation in entity.relations:
        if relation.source == entity.ref and relation.type == "ownedBy":
            yield relation, around.assumed.get(relation.target, relation.target)


def _can_own(ref: str) -> bool:
    return ref.startswith(("group:", "user:"))


def _has_a_known_owner(around: Surroundings, entity: Entity) -> Found:
    for relation, target in _owners(around, entity):
        if (target in around.entities and _can_own(target)) or member_in(target, around.people):
            continue
        written = entity.spec.get("owner")
        guess = around.missing.get(relation.target, "") or _near(around, relation.target)
        several = around.titled.get(relation.target, ())
        if target in around.entities:
            what = f'"{written}" is {target}, not a group or user.'
        elif several:
            what = f'"{written}" may be {" or ".join(several)}.'
        elif _is_placeholder(str(written)):
            what = f'"{written}" is nobody: there is no such group or user.'
        else:
            what = f'no group or user "{written}".{hint(guess)}'
        place = place_of(entity, relation)
        message = f"{entity.ref}: {what}"
        yield problem(entity, "owner-unknown", place, message, _fix(several, guess, around), Severity.WARNING)


def _is_placeholder(written: str) -> bool:
    return written.lower().rpartition(":")[2].removeprefix("default/") in PLACEHOLDERS


def _near(around: Surroundings, target: str) -> str:
    """The team or member with the name most like the one that was written: in @acme/team only the end is misspelt."""
    kind, _, rest = target.partition(":")
    namespace, _, name = rest.partition("/")
    if around.people is None:
        return ""
    if kind == "group" and namespace.removeprefix("@") in ("default", around.organisation.lower()):
        found = nearest_name(name, around.people.teams)
        return team_ref(found) if found else ""
    found = nearest_name(name.removeprefix("@"), around.people.members) if kind == "user" else ""
    return f"user:{found}" if found else ""


def _fix(several: tuple[str, ...], guess: str, around: Surroundings) -> str:
    if several:
        return f"Write {several[0]}, or whichever is meant."
    if guess:
        return f"Write {guess}."
    if around.people is not None:
        return "Name a team of the organisation, or a group or user of the catalog."
    return "Name a group or user of the catalog, or register the team in registrations/."


def _owner_is_there(around: Surroundings, entity: Entity) -> Found:
    """The owner is known, but the team is gone or empty, or the person has left."""
    if around.people is None or entity.state != "present":
        return
    for relation, target in _owners(around, entity):
        owner = around.entities.get(target)
        if owner is None:
            continue
        for id, what, fix in _decay(around, owner):
            message = f"{entity.ref}: {what}"
            yield problem(entity, id, place_of(entity, relation), message, fix, Severity.WARNING)


def _decay(around: Surroundings, owner: Entity) -> Iterator[tuple[str, str, str]]:
    people, organisation = around.people, around.organisation
    assert people is not None
    if is_derived(owner) and owner.state == "orphan":
        now = successor(owner, people)
        fix = f"Write {now}." if now else "Name the team that answers for it now."
        yield "owner-team-deleted", f"its owner is gone: {owner.reason}.", fix
    team = team_of(owner, people, organisation)
    if team is not None and not any(one.members for one in people.below(team.slug.lower())):
        what = f"its owner, the team {organisation}/{team.slug}, has no members."
        yield "owner-team-empty", what, "Add people to the team, or name the team that answers for it now."
    login = login_of(owner)
    if login and login not in people.members:
        what = f"its owner, {login}, is not a member of {organisation}."
        yield "owner-left", what, "Name the team that answers for it now."


def _agrees_with_codeowners(around: Surroundings, entity: Entity) -> Found:
    """Only of a component that is its repository: deeper down, other lines of CODEOWNERS may count."""
    origin = entity.origin
    if around.people is None or entity.kind != "Component" or entity.state != "present":
        return
    snapshot = around.snapshots.get(origin.repository_id)
    is_about_it = str(entity.annotations.get(_PROJECT) or origin.repository).lower() == origin.repository.lower()
    if snapshot is None or origin.path not in WELL_KNOWN or not is_about_it:
        return
    named = snapshot.evidence.owners
    for relation, target in _owners(around, entity):
        owner = around.entities.get(target) or member_in(target, around.people)
        if not owner or agrees(named, owner, around.people, around.organisation):
            continue
        shown = ", ".join(named[:_NAMED]) + (f" and {len(named) - _NAMED} more" if len(named) > _NAMED else "")
        message = f"{entity.ref}: its owner is {target}, but CODEOWNERS names {shown}."
        fix = "Name the same team in both; the one that reviews changes should answer for them."
        yield problem(entity, "codeowners-differ", place_of(entity, relation), message, fix, Severity.WARNING)


def _has_its_team(around: Surroundings, entity: Entity) -> Found:
    """A group says which GitHub team it is, and that team is not there."""
    if around.people is None or entity.kind != "Group" or entity.state != "present":
        return
    slug = stated_slug(entity, around.organisation)
    if not slug or slug in around.people.teams:
        return
    guess = nearest_name(slug, around.people.teams)
    message = f"{entity.ref}: {around.organisation} has no team {slug}: deleted, renamed or secret.{hint(guess)}"
    place = f"/metadata/annotations/{TEAM.replace('/', '~1')}"
    fix = f"Correct the annotation {TEAM}, or remove it."
    yield problem(entity, "team-missing", place, message, fix, Severity.WARNING)


def _team_in_its_state(around: Surroundings, entity: Entity) -> Found:
    """Notes only: what such a team owns has the alarm."""
    if not is_derived(entity) or entity.state == "present":
        return
    since = f" since {entity.since[:10]}" if entity.since else ""
    message = f"{entity.ref} is {'an orphan' if entity.state == 'orphan' else entity.state}{since}: {entity.reason}."
    fix = "Grant the Waypost App the permission members: read; what was known last is shown until then."
    if entity.state == "orphan":
        fix = "Give what it owns another owner: this page goes when its grace period ends."
    yield problem(entity, entity.state, "", message, fix, Severity.NOTE)


CHECKS: tuple[Callable[[Surroundings, Entity], Found], ...] = (
    _has_a_known_owner,
    _owner_is_there,
    _agrees_with_codeowners,
    _has_its_team,
    _team_in_its_state,
)
