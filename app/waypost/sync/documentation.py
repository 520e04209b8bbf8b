"""The work on `docs:` keys: what a finished run built comes onto the central site, what the catalog lost leaves it.

`docs:<repository id>` asks that repository for its newest artifact, `docs:all` holds the site against the catalog.
Whoever declares no documentation costs no call, and a server without the packages for it leaves them be.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from waypost.catalog.entities import Entity, Repository
from waypost.catalog.publishing import Publishing
from waypost.catalog.settings import Settings
from waypost.forge.protocol import Forge, ForgeError
from waypost.queue.protocol import Key, Lease, Mark
from waypost.sync.context import Context, log
from waypost.sync.documented import ALL, declares, is_look_due
from waypost.sync.publish import Memory, Place, at_head
from waypost.sync.tenants import Tenant, of_documented
from waypost.sync.writer import find_place

if TYPE_CHECKING:
    from waypost.docs.central.values import Facts
    from waypost.sync.collecting import Outcome

# A run may be over before the descriptor that came with the same push is read: such a key waits, and asks nobody.
CLAIM_SECONDS, CLAIM_STEP_SECONDS = 300.0, 20.0
SITE_EVENT = "waypost-site"  # as the template's site.yml waits for
DEFAULT_WORKFLOWS = Publishing().workflows
SPREAD_SECONDS = 2.0  # between the repositories of a look at all of them


class Ground(NamedTuple):
    """What the catalog says, and which repositories there are to ask."""

    place: Place
    facts: Facts
    repositories: Mapping[int, Repository]
    workflows: Sequence[str]  # globs: which of them build documentation
    has_site: bool  # whether GitHub Pages may be made of it

    @property
    def declared(self) -> set[int]:
        """The repositories with documentation that may be shown."""
        return {one.repository_id for one in self.facts.entities.values() if one.is_declared and not one.is_hidden}


def work(context: Context, leases: Sequence[Lease]) -> None:
    """Look at repositories, or hold the site against the catalog; both end in one commit, or in none."""
    number = leases[0].key.installation
    tenant = context.tenant(number)
    if tenant.account is None or not _is_installed(context):
        context.queue.finish(leases)
        return
    leases = _kept(context, leases, {one for one, known in tenant.picture().items() if declares(known)})
    if not leases:
        return
    ground = _look(context, tenant, tenant.account.login.lower())
    leases = _meant(context, leases, ground.workflows)
    leases = _kept(context, leases, ground.declared)  # the catalog may lack what its repository says by now
    outcome = _collect(context, tenant, ground, leases) if leases else None
    if outcome is None:
        return  # put off, or another worker has the keys
    whole = [lease for lease in leases if lease.key.subject == ALL]
    marks = _marks(tenant, ground.declared, context.clock()) if whole else []
    done = leases if outcome.error is None else whole
    context.queue.finish(done, of_documented(number, context.clock()) if marks else {}, marks)
    _report(context, number, outcome)
    if outcome.commits and ground.has_site:
        _tell(context, number, ground.place.full_name)
    if outcome.error is not None:
        raise outcome.error


def facts_at(forge: Forge, place: Place, memory: Memory, repositories: Mapping[int, Repository], readers: str) -> Facts:
    """Read what the catalog's head says of documented entities; `readers` is the visibility of its repository."""
    return _facts(at_head(forge.store(place.full_name, place.branch), place, memory), place, repositories, readers)


def _facts(
    head: tuple[Settings, Mapping[str, Entity]], place: Place, repositories: Mapping[int, Repository], readers: str
) -> Facts:
    from waypost.docs.central.facts import facts

    settings, claims = head
    visibilities = {number: one.visibility for number, one in repositories.items()}
    return facts(claims.values(), settings, place.full_name, readers, visibilities, place.branch, place.server_url)


def _is_installed(context: Context) -> bool:
    if find_spec("nh3") and find_spec("material"):
        return True
    if (0, "docs") not in context.silenced:
        context.silenced.add((0, "docs"))
        log.warning('documentation is not published: pip install "waypost[docs]"')
    return False


def _kept(context: Context, leases: Sequence[Lease], declared: Collection[int]) -> list[Lease]:
    """Keep the keys of repositories that declare documentation, put young ones off, and let the others go."""
    kept: list[Lease] = []
    for lease in leases:
        subject = lease.key.subject
        if subject == ALL or int(subject) in declared:
            kept.append(lease)
        elif _is_of(lease, DEFAULT_WORKFLOWS) and context.clock() - lease.marked < CLAIM_SECONDS:
            context.queue.release([lease], CLAIM_STEP_SECONDS)
        else:
            context.queue.finish([lease])
    return kept


def _meant(context: Context, leases: Sequence[Lease], workflows: Sequence[str]) -> list[Lease]:
    """Keep the keys that a workflow marked which builds documentation, as waypost.yaml says."""
    others = [lease for lease in leases if not _is_of(lease, workflows)]
    if others:
        context.queue.finish(others)
    return [lease for lease in leases if lease not in others]


def _is_of(lease: Lease, workflows: Sequence[str]) -> bool:
    """Say whether one of these globs is the name or the file of a workflow that marked a key; unknown may be any."""
    for hint in lease.hints:
        if hint is None:
            return True
        names = {name.lower() for path in hint for name in (path, path.rpartition("/")[2])}
        if any(fnmatchcase(name, glob.lower()) for name in names for glob in workflows):
            return True
    return not lease.hints


def _look(context: Context, tenant: Tenant, organisation: str) -> Ground:
    """Read the catalog at its head."""
    forge = context.forge(tenant.installation)
    place = find_place(context, tenant, forge, organisation)
    snapshots = tenant.picture()
    known = {number: snapshot.repository for number, snapshot in snapshots.items()}
    readers = next((one.visibility for one in known.values() if one.full_name == place.full_name), "private")
    catalog = Key(tenant.installation, "catalog", organisation)
    with context.store_lock(catalog):
        head = at_head(forge.store(place.full_name, place.branch), place, context.memory(catalog))
    docs = head[0].docs
    present = {number: known[number] for number, snapshot in snapshots.items() if snapshot.state == "present"}
    return Ground(place, _facts(head, place, known, readers), present, docs.workflows, docs.has_site)


def _collect(context: Context, tenant: Tenant, ground: Ground, leases: Sequence[Lease]) -> Outcome | None:
    from waypost.docs.limits import BRANCH
    from waypost.sync.collecting import collect, homes

    forge = context.forge(tenant.installation)
    only = {int(lease.key.subject) for lease in leases if lease.key.subject != ALL}
    is_ours = True

    def may_write() -> bool:
        nonlocal is_ours
        is_ours = context.still_ours(leases)
        return is_ours

    with context.store_lock(Key(tenant.installation, "docs", ground.place.organisation.lower())):
        store, wanted = forge.store(ground.place.full_name, BRANCH), homes(ground.facts, ground.repositories, only)
        mermaid = context.config.mermaid.read_bytes() if context.config.mermaid else None
        outcome = collect(forge.artifacts(), store, ground.facts, wanted, may_write, mermaid)
    return outcome if is_ours else None


def _marks(tenant: Tenant, declared: Collection[int], now: float) -> list[Mark]:
    """Once a day, ask every repository that declares documentation: a delivery may have been lost."""
    if not is_look_due(tenant, now):
        return []
    return [
        Mark(Key(tenant.installation, "docs", str(number)), delay=place * SPREAD_SECONDS)
        for place, number in enumerate(sorted(declared))
    ]


def _tell(context: Context, installation: int, full_name: str) -> None:
    """Start the workflow that deploys the site: the branch itself holds none that a push could start."""
    try:
        context.forge(installation).dispatch(full_name, SITE_EVENT)
    except ForgeError as error:
        log.warning("the site is not deployed before somebody starts site.yml: %s", error)


def _report(context: Context, installation: int, outcome: Outcome) -> None:
    context.figures.counts["documented"] += len(outcome.placed)
    extra = {"installation": installation}
    if outcome.placed or outcome.removed:
        log.info("documentation: %d placed, %d removed", len(outcome.placed), len(outcome.removed), extra=extra)
    for refusal in outcome.refusals:
        log.warning("documentation of %s is refused: %s", refusal.repository, refusal.reason, extra=extra)
    for failure in outcome.failures:
        log.warning("documentation of %s cannot be fetched: %s", failure.repository, failure.reason, extra=extra)
