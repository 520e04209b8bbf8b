"""Everything that can be known to go wrong, found before the first write. Collects all faults; writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from waypost.create.case import Case
from waypost.create.checks import means, names, people, template
from waypost.golden.plan import Fault

# In the order in which people would want to read it.
CHECKS: Sequence[Callable[[Case], Iterator[Fault]]] = (
    template.template_is_sound,
    template.door_is_wide_enough,
    template.plan_is_possible,
    names.repositories_are_ours,
    people.actor_is_allowed,
    people.actor_may_change_others,
    names.names_are_free,
    people.owner_exists,
    people.teams_exist,
    people.people_exist,
    people.visibility_is_allowed,
    template.descriptors_are_right,
    template.secrets_stay_secret,
    means.permissions_suffice,
    means.quota_suffices,
)


def preflight(case: Case) -> list[Fault]:
    """Return everything that is wrong, each once, errors and warnings."""
    found: dict[Fault, None] = {}
    for check in CHECKS:
        found |= dict.fromkeys(check(case))
    return list(found)
