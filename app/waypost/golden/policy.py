"""Who may create what: a request held against the allow-list of waypost.yaml. Asks nobody and changes nothing.

An entry that fits wholly allows the request. Where none does, the entry that comes nearest is explained, so that the
person reads which line stands in the way and who could help.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from waypost.catalog.creation import Allowance, Creation
from waypost.catalog.refs import DEFAULT_NAMESPACE, parse_ref
from waypost.golden.faults import Fault

FIELD = "create"  # the path of a fault that no field of the form can mend


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `teams` are slugs of GitHub teams as GitHub says them.

    Never the groups of the catalog: anybody may declare in a repository of their own that they belong to one.
    """

    login: str
    teams: Sequence[str] = ()


def decide(
    creation: Creation, actor: Actor, template_ref: str, name: str, visibility: str = "private", owner: str = ""
) -> tuple[Fault, ...]:
    """Return why the actor may not create this; () when they may. `owner` is an entity ref, "" when there is none."""
    usable = _usable(creation, actor, template_ref)
    if not usable:
        return (Fault(FIELD, _not_this_template(creation, actor, template_ref)),)
    return min((_crossed(entry, actor, name, visibility, owner) for entry in usable), key=len)


def approvers(
    creation: Creation, actor: Actor, template_ref: str, name: str, visibility: str = "private", owner: str = ""
) -> tuple[str, ...]:
    """Return the slugs of the teams of which one member must agree to an allowed request; () when nobody needs to.

    Of several entries that allow it, one that asks for nobody's agreement is enough.
    """
    asked = [
        entry.approvers
        for entry in _usable(creation, actor, template_ref)
        if not _crossed(entry, actor, name, visibility, owner)
    ]
    return () if () in asked else tuple(sorted({team for teams in asked for team in teams}))


def may_approve(approver: Actor, requester: str, teams: Sequence[str]) -> tuple[Fault, ...]:
    """Return why this person's agreement does not count; () when it does."""
    if approver.login.lower() == requester.lower():
        return (Fault(FIELD, f"{approver.login} asked for it: somebody else of {_teams(teams)} has to agree"),)
    if not _slugs(approver) & set(teams):
        return (Fault(FIELD, f"{approver.login} is not in {_teams(teams)}: one of its members has to agree"),)
    return ()


def _usable(creation: Creation, actor: Actor, template_ref: str) -> list[Allowance]:
    """Return the entries for a team of the actor and for this template."""
    own = _slugs(actor)
    return [entry for entry in creation.allow if _is_in(own, entry.teams) and _fits(template_ref, entry.templates)]


def _crossed(entry: Allowance, actor: Actor, name: str, visibility: str, owner: str) -> tuple[Fault, ...]:
    """Return the bounds of an entry that a request does not keep."""
    allowed_to = f"waypost.yaml allows {_teams(entry.teams)}"
    found = []
    if not any(fnmatchcase(name.lower(), pattern.lower()) for pattern in entry.names):
        wanted = " or ".join(f'"{pattern}"' for pattern in entry.names)
        found.append(Fault("name", f'"{name}" is not a name that {allowed_to} to use: {wanted}'))
    if visibility not in entry.visibilities:
        wanted = " or ".join(entry.visibilities)
        found.append(Fault("visibility", f'"{visibility}" is not one of the visibilities {allowed_to}: {wanted}'))
    if owner and not _may_own(entry, actor, owner):
        teams = ", ".join(sorted(_slugs(actor)))
        further = f", or {' or '.join(entry.owners)}" if entry.owners else ""
        message = f'"{owner}" is not a team of {actor.login}; {allowed_to} to create for their own: {teams}{further}'
        found.append(Fault("owner", message))
    return tuple(found)


def _may_own(entry: Allowance, actor: Actor, owner: str) -> bool:
    try:
        ref = str(parse_ref(owner, "group"))
    except ValueError:
        return False
    own = {f"group:{DEFAULT_NAMESPACE}/{slug}" for slug in _slugs(actor)}
    return ref in own or ref == f"user:{DEFAULT_NAMESPACE}/{actor.login.lower()}" or _fits(ref, entry.owners, "group")


def _not_this_template(creation: Creation, actor: Actor, template_ref: str) -> str:
    name = _short(template_ref, "template")
    teams = ", ".join(sorted(_slugs(actor)))
    who = f"{actor.login} (teams {teams})" if teams else f"{actor.login} (in no team of the organisation)"
    allowed = sorted({team for entry in creation.allow if _fits(template_ref, entry.templates) for team in entry.teams})
    refusal = f'{who} may not use "{name}": '
    line = f"- {{teams: [{sorted(_slugs(actor))[0] if teams else 'platform'}], templates: [{name}]}}"
    add = f"below create.allow in waypost.yaml of the catalog repository: {line}"
    if not creation.allow:
        return refusal + f"waypost.yaml allows nobody to create anything. Add, {add}"
    if not allowed:
        return refusal + f"waypost.yaml allows it to nobody. Add, {add}"
    if "*" in allowed:
        return refusal + "waypost.yaml allows it to members of any team. Ask an owner of a team to add you"
    return refusal + f"waypost.yaml allows it to {_teams(allowed)}. Ask them, or add, {add}"


def _is_in(own: set[str], teams: Sequence[str]) -> bool:
    # "*" is every team, not everybody: in a public organisation a stranger can open an issue.
    return bool(own) if "*" in teams else bool(own & set(teams))


def _fits(ref: str, patterns: Sequence[str], kind: str = "template") -> bool:
    """Say whether a full ref, or its name in the default namespace, fits a glob."""
    forms = {ref.lower(), _short(ref, kind)}
    return any(fnmatchcase(form, pattern.lower()) for form in forms for pattern in patterns)


def _short(ref: str, kind: str) -> str:
    prefix = f"{kind}:{DEFAULT_NAMESPACE}/"
    return ref.lower().removeprefix(prefix)


def _slugs(actor: Actor) -> set[str]:
    return {_short(team, "group") for team in actor.teams}


def _teams(teams: Sequence[str]) -> str:
    if "*" in teams:
        return "members of any team"
    names = sorted(teams)
    return f"team {names[0]}" if len(names) == 1 else f"teams {', '.join(names[:-1])} and {names[-1]}"
