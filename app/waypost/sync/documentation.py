"""The work on `docs:` keys: what a finished run built comes onto the central site, what the catalog lost leaves it.

`docs:<repository id>` asks that repository for its newest artifact, `docs:<organisation>` holds the site against the
catalog. Whoever declares no documentation costs no call, and a server without the packages for it leaves them be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from waypost.catalog.entities import Repository
from waypost.forge.protocol import Forge
from waypost.queue.protocol import Key, Lease, Mark
from waypost.sync.context import Context, log
from waypost.sync.documented import declares
from waypost.sync.publish import Memory, Place, at_head
from waypost.sync.tenants import Tenant, of_documented
from waypost.sync.writer import find_place

if TYPE_CHECKING:
    from waypost.docs.central.values import Facts
    from waypost.sync.collecting import Outcome

# A run may be over before the descriptor that came with the same push is read: such a key waits, and asks nobody.
CLAIM_SECONDS, CLAIM_STEP_SECONDS = 300.0, 20.0
# What no delivery told is found so late. A question that brings nothing new is free.
LOOK_SECONDS = 24 * 3600.0
SPREAD_SECONDS = 2.0  # between the repositories of such a look


def work(context: Context, leases: Sequence[Lease]) -> None:
    """Look at repositories, or hold the site against the catalog; both end in one commit, or in none."""
    number = leases[0].key.installation
    tenant = context.tenant(number)
    if tenant.account is None or not _is_installed(context):
        context.queue.finish(leases)
        return
    whole = [lease for lease in leases if not lease.key.subject.isdecimal()]
    leases = _declared(context, tenant, [lease for lease in leases if lease not in whole]) + whole
    if not leases:
        return
    organisation = tenant.account.login.lower()
    outcome, facts = _collect(context, tenant, organisation, leases)
    if outcome is None or facts is None:
        return  # another worker has the keys
    marks = _marks(tenant, facts, organisation, context.clock()) if whole else []
    cache = of_documented(number, context.clock()) if marks or outcome.commits else {}
    if outcome.error is None:
        context.queue.finish(leases, cache, marks)
    _report(context, number, outcome)
    if outcome.error is not None:
        raise outcome.error


def facts_at(forge: Forge, place: Place, memory: Memory, repositories: Mapping[int, Repository], readers: str) -> Facts:
    """Read what the catalog's head says of documented entities; `readers` is the visibility of its repository."""
    from waypost.docs.central.facts import facts

    settings, claims = at_head(forge.store(place.full_name, place.branch), place, memory)
    visibilities = {number: one.visibility for number, one in repositories.items()}
    return facts(claims.values(), settings, place.full_name, readers, visibilities, place.branch, place.server_url)


def _is_installed(context: Context) -> bool:
    if find_spec("nh3") and find_spec("material"):
        return True
    if (0, "docs") not in context.silenced:
        context.silenced.add((0, "docs"))
        log.warning('documentation is not published: pip install "waypost[docs]"')
    return False


def _declared(context: Context, tenant: Tenant, leases: Sequence[Lease]) -> list[Lease]:
    """Keep the keys of repositories that declare documentation, put young ones off, and let the others go."""
    kept: list[Lease] = []
    for lease in leases:
        if declares(tenant.snapshots.get(int(lease.key.subject))):
            kept.append(lease)
        elif context.clock() - lease.marked < CLAIM_SECONDS:
            context.queue.release([lease], CLAIM_STEP_SECONDS)
        else:
            context.queue.finish([lease])
    return kept


def _collect(
    context: Context, tenant: Tenant, organisation: str, leases: Sequence[Lease]
) -> tuple[Outcome | None, Facts | None]:
    from waypost.docs.central.limits import BRANCH
    from waypost.sync.collecting import collect, homes

    number = tenant.installation
    forge = context.forge(number)
    place = find_place(context, tenant, forge, organisation)
    known = {one: snapshot.repository for one, snapshot in tenant.picture().items()}
    readers = next((one.visibility for one in known.values() if one.full_name == place.full_name), "private")
    catalog = Key(number, "catalog", organisation)
    with context.store_lock(catalog):
        facts = facts_at(forge, place, context.memory(catalog), known, readers)
    present = {one: known[one] for one, snapshot in tenant.picture().items() if snapshot.state == "present"}
    only = {int(lease.key.subject) for lease in leases if lease.key.subject.isdecimal()}
    is_ours = True

    def may_write() -> bool:
        nonlocal is_ours
        is_ours = context.still_ours(leases)
        return is_ours

    with context.store_lock(Key(number, "docs", organisation)):
        store = forge.store(place.full_name, BRANCH)
        outcome = collect(forge.artifacts(), store, facts, homes(facts, present, only), may_write)
    return (outcome, facts) if is_ours else (None, None)


def _marks(tenant: Tenant, facts: Facts, organisation: str, now: float) -> list[Mark]:
    """Once a day, ask every repository that declares documentation: a delivery may have been lost."""
    if now - tenant.documented < LOOK_SECONDS:
        return []
    declared = {one.repository_id for one in facts.entities.values() if one.is_declared and not one.is_hidden}
    return [
        Mark(Key(tenant.installation, "docs", str(number)), delay=place * SPREAD_SECONDS)
        for place, number in enumerate(sorted(declared))
    ]


def _report(context: Context, installation: int, outcome: Outcome) -> None:
    context.figures.counts["documented"] += len(outcome.placed)
    extra = {"installation": installation}
    if outcome.placed or outcome.removed:
        log.info("documentation: %d placed, %d removed", len(outcome.placed), len(outcome.removed), extra=extra)
    for refusal in outcome.refusals:
        log.warning("documentation of %s is refused: %s", refusal.repository, refusal.reason, extra=extra)
    for failure in outcome.failures:
        log.warning("documentation of %s cannot be fetched: %s", failure.repository, failure.reason, extra=extra)
