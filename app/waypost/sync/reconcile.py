"""The full look: list everything, read everything that differs, publish what came out.

Runs the worker's own work until nothing is due, so a reconcile beside running workers shares their leases, and one
without any server (in a workflow) keeps its keys in a file that is thrown away.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from waypost.forge.protocol import ForgeError, Installation, Store
from waypost.queue import open_queue
from waypost.queue.protocol import Key, Lease, Mark, Queue
from waypost.sync.context import Context, today
from waypost.sync.drift import Drift
from waypost.sync.publish import Draft, Edition, Memory, Place, draft
from waypost.sync.worker import (
    ANNOUNCE,
    DOCS,
    HEADS,
    INSTALLATIONS,
    LANES,
    MERGES,
    ONBOARDING,
    OPEN_PULLS,
    PEOPLE,
    PULLS,
    REPOSITORIES,
    Lane,
    Worker,
)
from waypost.sync.writer import find_place, publish

# A key that waits longer than this waits for quota, or after failures: somebody should hear of it instead.
LONGEST_WAIT_SECONDS = 90.0
STEP_SECONDS = 0.25
PATIENCE_SECONDS = 900.0  # with nothing but failures: whoever asked, a person or a schedule, can ask again
FIRST_PATIENCE_SECONDS = 60.0  # when nothing ever worked: more likely a wrong address than an outage
Progress = Callable[[int, int], None]  # keys done, keys in all
# Nor is documentation its business: that has a workflow of its own.
TALKING = (PULLS, HEADS, OPEN_PULLS, ANNOUNCE, ONBOARDING, DOCS)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a full look did."""

    repositories: int
    read: int
    commits: int
    calls: int  # charged to the quota
    left: int  # keys that could not be worked on; 0: everything was
    reason: str = ""  # why some are left
    failures: tuple[str, ...] = ()  # what went wrong on the way, in words
    drift: tuple[Drift, ...] = ()  # what differed although no delivery had told


@contextmanager
def scratch() -> Iterator[Queue]:
    """A queue that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="waypost-") as folder:
        queue = open_queue(f"sqlite:///{Path(folder) / 'queue.db'}")
        try:
            yield queue
        finally:
            queue.close()


def reconcile(
    worker: Worker,
    organisation: str = "",
    progress: Progress = lambda done, total: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Summary:
    """List and read the installations (or that of one organisation) and publish the difference."""
    context = worker.context
    for one in chosen(context, organisation):
        context.queue.mark([Mark(Key(one.id, "installation", str(one.id)))])
    reason = drain(worker, lanes(context), progress, sleep)
    return summarise(context, reason)


def lanes(context: Context) -> Sequence[Lane]:
    """What to work on. A workflow has nobody to talk to: its own token reaches no other repository."""
    found = [lane for lane in LANES if lane is not MERGES]  # they wait for days, and nobody waits for them
    if context.forges.deliveries() is not None:
        return found
    return [lane._replace(work=_pass_over) if lane in TALKING else lane for lane in found]


def _pass_over(context: Context, leases: Sequence[Lease]) -> None:
    context.queue.finish(leases)


def read_all(
    worker: Worker,
    organisation: str = "",
    progress: Progress = lambda done, total: None,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Like `reconcile`, but publish nothing; return why something is left, "" when all was read."""
    context = worker.context
    for one in chosen(context, organisation):
        context.queue.mark([Mark(Key(one.id, "installation", str(one.id)))])
    return drain(worker, (INSTALLATIONS, PEOPLE, REPOSITORIES), progress, sleep)


def chosen(context: Context, organisation: str) -> Sequence[Installation]:
    """The installations to look at; raise ForgeError, naming those there are, for an organisation without one."""
    found = context.forges.installations()
    if not organisation:
        return found
    mine = [one for one in found if one.account.lower() == organisation.lower()]
    if not mine:
        names = ", ".join(sorted(one.account for one in found)) or "none"
        if context.forges.deliveries() is None:
            raise ForgeError(f'"{organisation}" is not {names}, the organisation of WAYPOST_CATALOG_REPOSITORY')
        raise ForgeError(f'the App is not installed in "{organisation}". It is installed in: {names}')
    return mine


def drain(worker: Worker, lanes: Sequence[Lane], progress: Progress, sleep: Callable[[float], None]) -> str:
    """Work until nothing of these lanes is dirty; return why it stopped earlier, else "".

    What the forge refuses is not tried again here: somebody has to mend a token or a permission first.
    """
    context = worker.context
    kinds = [lane.kind for lane in lanes]
    floors: dict[tuple[int, str], float] = {}
    context.refused.clear()  # it may have been mended since
    done, achieved, since = 0, 0, context.clock()
    while True:
        if (spent := _spent(context, floors)) is not None:
            return spent
        if (successes := context.figures.successes()) > achieved:
            achieved, since = successes, context.clock()
        if worker.run_once(lanes):
            done = sum(context.figures.counts[word] for word in ("read", "untouched", "swept"))
            progress(done, done + context.queue.counts()["dirty"])
            continue
        due = context.queue.next_due(kinds)
        if due is None:
            return ""
        if (refusals := context.refused) and len(refusals) >= context.queue.counts()["dirty"]:
            return next(iter(refusals.values()))
        if context.clock() - since > (PATIENCE_SECONDS if achieved else FIRST_PATIENCE_SECONDS):
            return f"it kept failing: {next(reversed(context.figures.failures), 'no answer')}"
        wait = due - context.clock()
        if wait > LONGEST_WAIT_SECONDS:
            return "the rest waits for the forge or for quota"
        sleep(max(min(wait, STEP_SECONDS), 0.01))


def _spent(context: Context, floors: dict[tuple[int, str], float]) -> str | None:
    """Say that half of the quota that was left at the beginning is used up: the rest belongs to the webhooks."""
    for installation, forge in context.used.items():
        for resource, budget in forge.budgets().items():
            floor = floors.setdefault((installation, resource), budget.remaining / 2)
            if budget.remaining < floor and budget.reset > context.clock():
                refill = datetime.fromtimestamp(budget.reset, UTC).strftime("%H:%M UTC")
                return (
                    f"half of the {resource} quota that was left is used; the other {budget.remaining:,} calls are kept"
                    f" for webhooks until {refill}"
                )
    return None


def summarise(context: Context, reason: str) -> Summary:
    """Say what a worker did so far."""
    counts, queue = context.figures.counts, context.queue.counts()
    return Summary(
        repositories=sum(len(context.tenant(number).snapshots) for number in context.used),
        read=counts["read"],
        commits=counts["published"],
        calls=context.charged_calls(),
        left=queue["dirty"] + queue["leased"] + queue["dead"],
        reason=reason,
        failures=tuple(context.figures.failures),
        drift=tuple(context.figures.drifts),
    )


def plans(worker: Worker, organisation: str = "", settings: str | None = None) -> Iterator[tuple[Place, Store, Draft]]:
    """Plan each installation's catalog from what was read; commit nothing. `settings`: text of another waypost.yaml."""
    context = worker.context
    for one in chosen(context, organisation):
        place, store = _place(context, one)
        tenant = context.tenant(one.id)
        day = today(context.clock())
        yield place, store, draft(store, place, tenant.picture(), Memory(), day, settings, tenant.people)


def editions(context: Context) -> Iterator[Edition]:
    """The catalogs as they were last published, or found to be."""
    for one in context.forges.installations():
        edition = context.memory(Key(one.id, "catalog", one.account.lower())).edition
        if edition is not None:
            yield edition


def publish_all(worker: Worker, organisation: str = "") -> Iterator[tuple[Place, Draft]]:
    """Commit those plans; where nothing differs, nothing is written."""
    context = worker.context
    for one in chosen(context, organisation):
        place, store = _place(context, one)
        done = publish(context, context.tenant(one.id), store, place, Memory(), lambda: True)
        if done is not None:
            yield place, done


def _place(context: Context, installation: Installation) -> tuple[Place, Store]:
    forge, tenant = context.forge(installation.id), context.tenant(installation.id)
    place = find_place(context, tenant, forge, installation.account.lower())
    return place, forge.store(place.full_name, place.branch)
