"""The work on `deliveries:app`: ask GitHub which deliveries failed, and mark the keys they would have marked.

GitHub delivers nothing twice by itself, so an hour offline is an hour of lost deliveries. The listing names most keys;
a delivery is read only where its number of a pull request is needed. Very many failures cost less as a full look.
Deliveries that GitHub never tried are found by the listing of repositories (see `sweep`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from waypost.forge.deliveries import Attempt, Deliveries
from waypost.forge.protocol import NotFound
from waypost.limits import REDELIVERY_SECONDS
from waypost.queue.protocol import Key, Lease, Mark
from waypost.sync.context import Context, log
from waypost.sync.events import marks
from waypost.sync.events.listed import keys, needs_payload

APP = 0  # deliveries are the App's, not an installation's
KEY = Key(APP, "deliveries", "app")
ENTRY = (APP, "deliveries:app")
MOST_FAILURES = 1_000  # above: a full look
PAGES = 20  # of a listing in one go
# A delivery is listed when it has ended, up to ten seconds after one that began later; twice as many are asked for.
OVERLAP_SECONDS = 20.0


class Position(NamedTuple):
    """How far the listing was read. Times are the forge's own."""

    until: float  # everything before was seen
    newest: float = 0.0  # of a look that has not come down to `until` yet
    cursor: str = ""  # where that look goes on
    failures: int = 0  # met by that look so far
    seen: Sequence[Sequence[float]] = ()  # (id, when) of the failures that the overlap would show again


@dataclass(frozen=True, slots=True)
class Look:
    """A part of the listing: what failed, and where the next part begins."""

    failures: tuple[Attempt, ...]
    position: Position
    are_too_many: bool = False  # and the rest was not read


def work(context: Context, leases: Sequence[Lease]) -> None:
    """Look at the newest failures, or go on where the last look stopped."""
    sent = context.forges.deliveries()
    if sent is None:
        context.queue.finish(leases)
        return
    found = look(sent, position(context))
    if found.are_too_many:
        wanted = list(_full_look(context, found))
        log.warning("more than %d deliveries failed: everything is read anew", MOST_FAILURES)
    else:
        wanted = [mark for one in found.failures for mark in missed(context, sent, one)]
    if found.position.cursor:
        wanted.append(Mark(KEY))
    context.queue.finish(leases, {ENTRY: json.dumps(found.position).encode()}, wanted)
    context.figures.counts["missed deliveries"] += len(found.failures)
    if found.failures:
        log.info("%d deliveries failed: marked %d keys", len(found.failures), len({mark.key for mark in wanted}))


def position(context: Context) -> Position:
    """Say how far the listing was read; before the first look as far back as GitHub would deliver again."""
    body = context.queue.cached(APP)[1].get(ENTRY[1])
    return Position(*json.loads(body)) if body else Position(context.clock() - REDELIVERY_SECONDS)


def look(sent: Deliveries, begin: Position) -> Look:
    """Read the listing from where a look stopped, or from the newest, down to what was seen before; bounded."""
    failures: list[Attempt] = []
    seen = {number for number, _ in begin.seen}
    newest, cursor = begin.newest, begin.cursor
    for _ in range(PAGES):
        page = sent.failures(cursor)
        newest = max([newest, *(one.at for one in page.attempts)])
        fresh = [one for one in page.attempts if one.at >= begin.until]
        failures += [one for one in fresh if one.has_failed and one.id not in seen]
        cursor = page.cursor if len(fresh) == len(page.attempts) else ""
        if not cursor:
            break
    met = begin.failures + len(failures)
    shown = [*begin.seen, *((one.id, one.at) for one in failures)]
    if cursor and met <= MOST_FAILURES:
        return Look(tuple(failures), Position(begin.until, newest, cursor, met, shown))
    until = max(begin.until, newest - OVERLAP_SECONDS)
    return Look(tuple(failures), Position(until, seen=[one for one in shown if one[1] >= until]), met > MOST_FAILURES)


def missed(context: Context, sent: Deliveries, attempt: Attempt) -> list[Mark]:
    """Name the keys that a failed delivery would have marked."""
    if attempt.installation == APP:
        return []
    tenant = context.tenant(attempt.installation)
    known = tenant.snapshots.get(attempt.repository)
    is_catalog = known is not None and context.is_catalog(known.repository)
    if needs_payload(attempt, is_catalog):
        try:
            return marks(attempt.event, sent.payload(attempt.id), context.config)
        except NotFound:  # forgotten meanwhile
            return []
    found = keys(attempt)
    if is_catalog and known is not None and any(mark.key.kind == "repo" for mark in found):
        found.append(Mark(Key(attempt.installation, "catalog", known.repository.owner.lower()), delay=1.0))
    return found


def _full_look(context: Context, found: Look) -> Iterator[Mark]:
    """Mark every installation: the listing was not read to its end, so nobody knows whose deliveries failed."""
    for one in context.forges.installations():
        yield Mark(Key(one.id, "installation", str(one.id)))
        yield Mark(Key(one.id, "people", str(one.id)))
    asked = {(one.installation, one.repository) for one in found.failures if one.event.startswith("pull_request")}
    yield from (Mark(Key(installation, "pulls", str(number))) for installation, number in sorted(asked) if number)


def unhealed(attempts: Sequence[Attempt]) -> list[Attempt]:
    """Return the failed attempts of deliveries that never arrived, the last one of each."""
    settled = {one.guid for one in attempts if not one.has_failed}
    found: dict[str, Attempt] = {}
    for one in attempts:  # newest first
        if one.guid not in settled:
            found.setdefault(one.guid, one)
    return list(found.values())
