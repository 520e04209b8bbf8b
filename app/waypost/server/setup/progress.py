"""How far the first scan is and what it found, from what the workers stored. Asks the queue, never GitHub."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from waypost.catalog import build
from waypost.catalog.coverage import infer
from waypost.catalog.settings import parse
from waypost.forge.protocol import Installation
from waypost.queue.protocol import Key, Mark, Queue
from waypost.sync.tenants import Tenant

SILENT_SECONDS = 60.0  # a worker asks for work far more often


@dataclass(frozen=True, slots=True)
class Progress:
    """What the page shows while it waits."""

    listed: int = 0
    read: int = 0
    is_listed: bool = False
    is_published: bool = False
    has_worker: bool = False

    @property
    def is_done(self) -> bool:
        return self.is_listed and self.is_published and self.read >= self.listed


@dataclass(frozen=True, slots=True)
class Report:
    """The first figures of an organisation."""

    repositories: int
    described: int
    inferred: int  # of the others: an owner can be told


class Scan:
    """The scans of all installations, as one web process sees them."""

    def __init__(self, queue: Queue, clock: Callable[[], float]) -> None:
        self._queue, self._clock = queue, clock
        self._tenants: dict[int, Tenant] = {}
        self._lock = threading.Lock()

    def begin(self, installation: Installation) -> None:
        """Mark what a webhook may have marked already: GitHub's may be late, or may not reach us yet."""
        if not self._tenant(installation.id).swept:
            self._queue.mark([Mark(Key(installation.id, "installation", str(installation.id)))])

    def publish(self, installation: Installation) -> None:
        """Mark the catalog: its repository is there now."""
        self._queue.mark([Mark(Key(installation.id, "catalog", installation.account.lower()))])

    def progress(self, installation: Installation) -> Progress:
        tenant, seen = self._tenant(installation.id), self._queue.heartbeat()
        snapshots = tenant.picture()
        return Progress(
            listed=len(tenant.names.keys() | snapshots.keys()),
            read=len(snapshots),
            is_listed=bool(tenant.swept),
            is_published=installation.account.lower() in tenant.publications,
            has_worker=seen is not None and self._clock() - seen < SILENT_SECONDS,
        )

    def report(self, installation: Installation, catalog: str) -> Report:
        """Count as the coverage page does."""
        tenant = self._tenant(installation.id)
        snapshots = [one for _, one in sorted(tenant.picture().items()) if one.state == "present"]
        own = [one for one in snapshots if one.repository.full_name.lower() == catalog.lower()]
        settings, _ = parse("", catalog)
        today = datetime.fromtimestamp(self._clock(), UTC).date().isoformat()
        built = build.build(installation.account, snapshots, {}, settings, today, tenant.people)
        missing = built.undescribed()
        teams = tenant.people.teams if tenant.people else ()
        whole = len(snapshots) - len(own)
        return Report(whole, whole - len(missing), sum(1 for one in missing if infer(one, teams).owner))

    def _tenant(self, number: int) -> Tenant:
        with self._lock:
            tenant = self._tenants.setdefault(number, Tenant(self._queue, number))
        tenant.refresh()
        return tenant
