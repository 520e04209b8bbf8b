"""The work on `onboard:<organisation>` keys: offer drafted descriptors by pull request, and keep the report of them.

Goes in small steps, each under the key's lease, so that nobody waits behind it: a step asks what became of a few pull
requests and opens one at most. What it knows is a cache; whether somebody said no, GitHub is asked before anything is
opened. Nothing is written unless waypost.yaml says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from waypost.catalog.drafting import FILE
from waypost.catalog.onboarding import BRANCH, Offer
from waypost.forge.protocol import ForgeError, RateLimited
from waypost.pages import onboarding as words
from waypost.queue.protocol import Lease, Mark
from waypost.sync import standings
from waypost.sync.context import Context, log
from waypost.sync.onboarding_ground import SERIOUS, Ground, asked, forgiving, survey
from waypost.sync.onboarding_report import keep_report, reported
from waypost.sync.sharing import seconds_to_spare
from waypost.sync.standings import Standing
from waypost.sync.tenants import Tenant
from waypost.sync.writer import COMPLETE_WITHIN_SECONDS, CatalogMissing

GO_ON = ("the next step",)  # the hint of our own marks: nobody told of anything new
AGAIN_SECONDS = 1.0
UNREAD_SECONDS = 30.0
LOOKS = 20  # repositories asked about in one step
REFUSALS = 3  # within ten minutes: the rest is left for later, it may not be about these repositories
REFUSALS_SECONDS = 600.0
DAY = 86_400.0


def work(context: Context, leases: Sequence[Lease]) -> None:
    """Make one step; where more is to be done, mark the key for the next one."""
    (lease,) = leases
    tenant = context.tenant(lease.key.installation)
    if wait := _seconds_to_wait(context, tenant):
        context.queue.release([lease], wait)
        return
    try:
        ground = survey(context, tenant, lease.key.subject)
    except CatalogMissing:  # the writer says so
        ground = None
    if ground is None or not ground.rules.is_on:
        context.queue.finish([lease])
        return
    is_fresh = any(hint != GO_ON for hint in lease.hints) or not lease.hints
    known = dict(tenant.standings)
    if is_fresh:
        look_again(ground, known)
    is_done = offer_next(ground, known, lambda: context.still_ours([lease]))
    if is_done and ground.rules.reports and context.still_ours([lease]):
        keep_report(ground, known)
    found = standings.of_standings(tenant.installation, standings.changes(tenant.standings, known))
    context.queue.finish([lease], found, [] if is_done else [Mark(lease.key, GO_ON, AGAIN_SECONDS)])


def _seconds_to_wait(context: Context, tenant: Tenant) -> float:
    """Wait for quota, and until a first listing was read: what was not read looks undescribed or is not there."""
    if not tenant.is_complete() and context.clock() - tenant.swept < COMPLETE_WITHIN_SECONDS:
        return UNREAD_SECONDS
    forge = context.forge(tenant.installation)
    return max(seconds_to_spare(context, tenant.installation, forge, one) for one in ("graphql", "core"))


def look_again(ground: Ground, known: dict[int, Standing]) -> None:
    """Ask what became of those that were open, and withdraw where somebody has written a descriptor instead."""
    learn(ground, known)
    withdraw(ground, known)


def learn(ground: Ground, known: dict[int, Standing]) -> None:
    """Bring up to date what is known; writes nothing."""
    yesterday = ground.moment(-DAY)
    for number in [number for number, one in known.items() if one.state == "refused" and one.created < yesterday]:
        del known[number]  # may be allowed by now
    numbers = [number for number, one in known.items() if one.state == "open"] if known else reported(ground)
    for number in numbers:
        if number not in ground.catalog.snapshots:
            continue
        if not ground.has_quota():
            return
        found = asked(ground, number)
        if found is None:
            known.pop(number, None)
        else:
            known[number] = found


def withdraw(ground: Ground, known: dict[int, Standing]) -> None:
    """Close with a word what is open though its repository is described."""
    for number, one in list(known.items()):
        if one.state == "open" and number in ground.catalog.snapshots and number not in ground.undescribed:
            desk = ground.desk(number)
            with forgiving(desk.full_name):
                desk.say(one.number, words.FAREWELL_MARKER, words.farewell(ground.site))
                desk.edit_issue(one.number, state="closed")  # a pull request is an issue here
                known[number] = one._replace(state="declined")


def to_come(ground: Ground, known: dict[int, Standing]) -> list[Offer]:
    """The offers about which nothing is known, in the order of their turn."""
    return [offer for offer in ground.sorted.offers if offer.repository.id not in known]


def left_today(ground: Ground, known: dict[int, Standing]) -> int:
    """How many may still be opened today."""
    return ground.rules.per_day - sum(one.created == ground.day and one.state != "refused" for one in known.values())


def next_offers(ground: Ground, known: dict[int, Standing]) -> list[Offer]:
    """The offers that would be opened now, were it not a dry run."""
    free: list[Offer] = []
    for offer in to_come(ground, known):
        if len(free) >= left_today(ground, known) or not ground.has_quota():
            break
        found = asked(ground, offer.repository.id)
        if found is None:
            free.append(offer)
        else:
            known[offer.repository.id] = found
    return free[: max(0, left_today(ground, known))]


def offer_next(ground: Ground, known: dict[int, Standing], may_write: Callable[[], bool]) -> bool:
    """Open one pull request, if the day allows it; say whether nothing more is to be done now."""
    is_blank = not known
    free: list[Offer] = []
    for offer in to_come(ground, known)[:LOOKS]:
        if left_today(ground, known) <= 0 or _are_refused(ground, known):
            return True
        if free and not is_blank:
            break
        if not ground.has_quota():
            return False
        found = asked(ground, offer.repository.id)
        if found is not None:
            known[offer.repository.id] = found
        else:
            free.append(offer)
    # with an empty database it is counted first what was opened today already
    if not free or left_today(ground, known) <= 0:
        return not to_come(ground, known) or left_today(ground, known) <= 0
    if not may_write():
        return True  # another worker goes on
    is_open = open_offer(ground, free[0], known)
    return not is_open or not to_come(ground, known) or left_today(ground, known) <= 0


def _are_refused(ground: Ground, known: dict[int, Standing]) -> bool:
    since = ground.moment(-REFUSALS_SECONDS)
    return sum(one.state == "refused" and one.created > since for one in known.values()) >= REFUSALS


def open_offer(ground: Ground, offer: Offer, known: dict[int, Standing]) -> bool:
    """Open the pull request; False when nothing more can be created within this hour."""
    repository = offer.repository
    body = words.pull_body(repository, offer.draft, ground.site)
    files = {FILE: offer.draft.text.encode()}
    try:
        desk = ground.desk(repository.id)
        pull = desk.open_pull(BRANCH, repository.default_branch, repository.head, files, words.TITLE, body)
    except RateLimited as error:
        if error.is_creating_only:
            return False
        raise
    except SERIOUS:
        raise
    except ForgeError as error:
        known[repository.id] = Standing("refused", created=ground.moment(), reason=str(error))
        log.warning("%s: no draft could be offered: %s", repository.full_name, error)
    else:
        known[repository.id] = standings.of_pull(pull, "open")
        ground.context.figures.counts["offered"] += 1
        log.info("%s: offered a draft in #%d", repository.full_name, pull.number)
    return True
