"""What onboarding knows of one organisation: its rules, its catalog as read, and how to ask in one repository."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from waypost.catalog import build
from waypost.catalog.catalog import Catalog
from waypost.catalog.entities import Repository
from waypost.catalog.onboarding import Sorted, sort_out
from waypost.catalog.settings import Settings, parse
from waypost.catalog.steering import Onboarding
from waypost.forge.desk import Desk
from waypost.forge.protocol import Forge, ForgeError, NotInstalled, RateLimited, Unavailable, Wish
from waypost.pages.site import Site
from waypost.sync import standings
from waypost.sync.context import Context, log, today
from waypost.sync.publish import SETTINGS_FILE
from waypost.sync.sharing import seconds_to_spare
from waypost.sync.standings import Standing
from waypost.sync.tenants import Tenant
from waypost.sync.writer import find_place

SERIOUS = (RateLimited, Unavailable, NotInstalled)  # what concerns more than one repository


@dataclass(frozen=True)  # no slots: the catalog is built when it is needed
class Ground:
    """What is known of one organisation."""

    context: Context
    tenant: Tenant
    organisation: str
    forge: Forge
    settings: Settings
    site: Site
    home: Repository | None  # the catalog repository as it is now: who may read it decides what it may name

    @property
    def rules(self) -> Onboarding:
        return self.settings.steering.onboarding

    @property
    def day(self) -> str:
        return today(self.context.clock())

    def moment(self, ahead: float = 0.0) -> str:
        """Now, or so many seconds from now, as a text that can be compared."""
        return datetime.fromtimestamp(self.context.clock() + ahead, UTC).isoformat(timespec="seconds")

    @cached_property
    def catalog(self) -> Catalog:
        picture = self.tenant.picture()
        if self.home is not None and self.home.id in picture:
            picture[self.home.id] = replace(picture[self.home.id], repository=self.home)
        ordered = [picture[number] for number in sorted(picture)]
        return build.build(self.organisation, ordered, {}, self.settings, self.day, self.tenant.people)

    @cached_property
    def undescribed(self) -> frozenset[int]:
        return frozenset(snapshot.repository.id for snapshot in self.catalog.undescribed())

    @cached_property
    def sorted(self) -> Sorted:
        return sort_out(self.catalog, self.rules)

    def desk(self, number: int) -> Desk:
        return self.forge.desk(self.catalog.snapshots[number].repository.full_name)

    def has_quota(self) -> bool:
        return not seconds_to_spare(self.context, self.tenant.installation, self.forge, "core")


def survey(context: Context, tenant: Tenant, organisation: str) -> Ground:
    """Read the rules from the catalog repository as it is now."""
    forge = context.forge(tenant.installation)
    place = find_place(context, tenant, forge, organisation)
    (reading,) = forge.read([Wish(0, place.full_name, (SETTINGS_FILE,))])
    blob = reading.blobs.get(SETTINGS_FILE)
    settings, _ = parse((blob.text if blob else None) or "", place.full_name)
    site = Site(place.full_name, place.server_url, place.branch)
    return Ground(context, tenant, organisation, forge, settings, site, reading.repository)


def asked(ground: Ground, number: int) -> Standing | None:
    """Ask what became of a repository's pull request; what concerns this repository alone is an answer too."""
    try:
        return standings.ask(ground.desk(number))
    except SERIOUS:
        raise
    except ForgeError as error:
        return Standing("refused", created=ground.moment(), reason=str(error))


@contextmanager
def forgiving(full_name: str) -> Iterator[None]:
    """Say what one repository refuses, and go on with the others."""
    try:
        yield
    except SERIOUS:
        raise
    except ForgeError as error:
        log.warning("%s: %s", full_name, error)
