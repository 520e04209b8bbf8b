"""Who may create which repositories, as an organisation decides it under `create:` in waypost.yaml. Decides nothing.

Nothing is allowed that is not written there. `waypost.golden.policy` holds a request against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Allowance:
    """One entry of `create.allow`: these teams may use these templates, within these bounds."""

    teams: tuple[str, ...]  # slugs of GitHub teams, lower-case; "*" means every team
    templates: tuple[str, ...]  # globs of template names, or of full refs
    names: tuple[str, ...] = ("*",)  # globs of repository names
    visibilities: tuple[str, ...] = ("private",)
    owners: tuple[str, ...] = ()  # globs of owners besides the teams of the person who asks
    approvers: tuple[str, ...] = ()  # slugs of the teams of which one person must agree


@dataclass(frozen=True, slots=True)
class Creation:
    """All of it. Without an entry nobody may create anything."""

    allow: tuple[Allowance, ...] = ()


def creation(value: Mapping[str, Any]) -> Creation:
    """Read what fits the schema: the value of `create:`."""
    return Creation(tuple(_allowance(entry) for entry in value.get("allow") or ()))


def _allowance(entry: Mapping[str, Any]) -> Allowance:
    default = Allowance((), ())
    return Allowance(
        teams=_lower(entry["teams"]),
        templates=tuple(entry["templates"]),
        names=tuple(entry.get("names", default.names)),
        visibilities=tuple(entry.get("visibilities", default.visibilities)),
        owners=tuple(entry.get("owners", default.owners)),
        approvers=_lower(entry.get("approvers", default.approvers)),
    )


def _lower(slugs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(slug.lower() for slug in slugs)
