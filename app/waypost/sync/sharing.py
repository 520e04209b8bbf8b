"""Whose turn the quota is: what nobody waits for stops at half of what was left when it began in a window.

The other half is for webhooks, because somebody looks at a screen behind each of them. Makes no call.
"""

from __future__ import annotations

from waypost.forge.protocol import Forge
from waypost.sync.context import Context, Floor

SAME_WINDOW_SECONDS = 60.0  # a reset is told in whole seconds, by answers that come at different moments


def seconds_to_spare(context: Context, installation: int, forge: Forge, resource: str) -> float:
    """Say how long work that can wait should wait; 0: a share of this resource is still its own."""
    budget, now = forge.budgets().get(resource), context.clock()
    if budget is None or budget.reset <= now:
        return 0.0
    floor = context.floors.get((installation, resource))
    if floor is None or abs(floor.reset - budget.reset) > SAME_WINDOW_SECONDS:
        floor = Floor(budget.reset, budget.remaining // 2)
        context.floors[installation, resource] = floor
    return 0.0 if budget.remaining > floor.remaining else budget.reset - now
