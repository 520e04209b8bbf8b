"""The worker's lane for requests: joins the keys that sync hands out with the door of create. Decides nothing.

Neither of the two packages knows the other, so the command that needs both puts them together.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from waypost.create.door.look import Counter, look
from waypost.create.job import Means
from waypost.forge.creating import Workshops
from waypost.forge.protocol import NotAllowed, NotFound
from waypost.forge.redact import redact
from waypost.queue.protocol import Lease
from waypost.sync.context import Context
from waypost.sync.events.requests import KIND
from waypost.sync.worker import Lane

log = logging.getLogger("waypost.requests")
FIRST_RUN_SECONDS = 60.0  # then the issue has its link, and the thread is free


def requests_lane(workshops: Workshops) -> Lane:
    """Return the lane; it takes its time, so it wants a thread of its own."""

    def work(context: Context, leases: Sequence[Lease]) -> None:
        (lease,) = leases
        repository, _, number = lease.key.subject.partition("#")
        forge = context.forge(lease.key.installation)
        try:
            catalog = forge.repository(int(repository)).full_name
            workshop = workshops.workshop(catalog.partition("/")[0])
            means = Means(context.clock, time.sleep, lambda text: log.info("%s#%s: %s", catalog, number, redact(text)))
            outcome = look(Counter(forge.desk(catalog), workshop, catalog, means, FIRST_RUN_SECONDS), int(number))
            log.info("%s#%s: %s", catalog, number, outcome.state)
        except NotFound as error:  # the issue, or the repository, is gone
            log.info("%s: %s", lease.key, error)
        except NotAllowed as error:  # no more tries: the next event looks again
            log.warning("%s: %s", lease.key, error)
        context.queue.finish(leases)

    return Lane(KIND, 1, work)
