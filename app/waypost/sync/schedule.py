"""What is due without any delivery: listings, each installation at its own minute, and the look for missed deliveries.

The period of an installation is up to a quarter shorter than the others', by its number, and of those that are late
only a few begin at once: a hundred that were installed on one day, or a worker that was down, must not list everything
together.
"""

from __future__ import annotations

from waypost.forge.protocol import Installation
from waypost.queue.protocol import Key, Mark
from waypost.sync import deliveries
from waypost.sync.context import Context
from waypost.sync.sweep import ABSENT_SECONDS
from waypost.sync.tenants import Tenant

SHORTEST = 0.75  # of the period
AT_ONCE = 20
_PRIME = 7_919  # spreads numbers that follow each other


def due(context: Context) -> list[Mark]:
    """Name the keys that a look around marks."""
    if not context.pace.sweep:
        return []
    marks = [Mark(deliveries.KEY)] if context.forges.deliveries() is not None else []
    waiting = [(_lateness(context, one), one.id) for one in context.forges.installations() if not one.is_suspended]
    late = sorted(((seconds, number) for seconds, number in waiting if seconds > 0), reverse=True)
    return marks + [Mark(Key(number, "installation", str(number))) for _, number in late[:AT_ONCE]]


def period(number: int, longest: float) -> float:
    """Return the seconds between the listings of an installation."""
    return longest * (1 - (1 - SHORTEST) * (number * _PRIME % 100) / 100)


def _lateness(context: Context, one: Installation) -> float:
    tenant, now = context.tenant(one.id), context.clock()
    if one.selects_all and _is_doubtful(tenant, now):
        return now - tenant.swept
    return now - tenant.swept - period(one.id, context.pace.sweep)


def _is_doubtful(tenant: Tenant, now: float) -> bool:
    """Say whether a second listing would settle what the first one lacked."""
    return any(not one.is_confirmed and now - one.since >= ABSENT_SECONDS for one in tenant.absences.values())
