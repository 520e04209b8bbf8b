"""Catalogs for tests of pages: from a few words to thousands of components, without any file."""

from __future__ import annotations

import random

from waypost.catalog.build import build
from waypost.catalog.entities import Entity, Evidence, Origin, Repository, Snapshot, Source
from waypost.catalog.kinds import CUSTOM_FIELDS, KINDS
from waypost.catalog.refs import full_ref
from waypost.catalog.relations import relations
from waypost.catalog.settings import Settings
from waypost.pages.site import Site

SITE = Site("acme/catalog")
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def entity(repository, kind, name, spec=None, index=0, path="catalog-info.yaml", commit=COMMIT, **metadata):
    """An entity as a descriptor of this repository would state it."""
    namespace = metadata.get("namespace", "default")
    ref = full_ref(kind, namespace, name)
    fields = KINDS[kind].fields if kind in KINDS else CUSTOM_FIELDS
    stated, _ = relations(ref, namespace, spec or {}, fields)
    data = {
        "apiVersion": "scaffolder.backstage.io/v1beta3" if kind == "Template" else "backstage.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, **metadata},
        "spec": spec or {},
    }
    origin = Origin(repository.id, repository.full_name, path, 1, index, commit, "2026-10-02T10:00:00Z")
    return Entity(ref, kind, namespace, name, data, origin, stated)


def repository(number, name, **more):
    return Repository(number, "acme", name, url=f"https://github.com/acme/{name}", head=COMMIT, **more)


def snapshot(home, *entities, **more):
    sources = (Source("catalog-info.yaml", "b" * 40, COMMIT, "2026-10-02T10:00:00Z"),) if entities else ()
    return Snapshot(home, tuple(entities), sources=sources, **more)


def catalog(snapshots, people=None, **settings):
    return build("acme", snapshots, {}, Settings(**settings), people=people)


def organisation(components, seed=7):
    """The snapshots of an organisation with this many components, its teams, systems and domains."""
    chance = random.Random(seed)
    home = repository(1, "catalog")
    teams = [f"team-{number}" for number in range(max(2, components // 12))]
    domains = [f"domain-{number}" for number in range(max(1, components // 150))]
    systems = [f"system-{number}" for number in range(max(2, components // 10))]
    registered = [
        entity(home, "Group", name, {"type": "team", "children": []}, number) for number, name in enumerate(teams)
    ]
    registered += [entity(home, "Domain", name, {"owner": chance.choice(teams)}) for name in domains]
    registered += [
        entity(home, "System", name, {"owner": chance.choice(teams), "domain": chance.choice(domains)})
        for name in systems
    ]
    found = [snapshot(home, *registered)]
    for number in range(components):
        here = repository(number + 2, f"repository-{number}")
        owner = chance.choice(teams) if chance.random() < 0.95 else "nobody-knows"
        spec = {"type": "service", "lifecycle": "production", "owner": owner, "system": chance.choice(systems)}
        spec["dependsOn"] = [f"component:service-{chance.randrange(components)}" for _ in range(chance.randrange(4))]
        labels = {"tier": str(chance.randrange(1, 4))}
        made = [
            entity(here, "Component", f"service-{number}", spec, description=f"Service number {number}.", labels=labels)
        ]
        if number % 5 == 0:
            spec["providesApis"] = [f"api-{number}"]
            made = [entity(here, "Component", f"service-{number}", spec, description="With an API.", labels=labels)]
            made.append(
                entity(here, "API", f"api-{number}", {"type": "grpc", "lifecycle": "production", "owner": owner}, 1)
            )
        found.append(snapshot(here, *made))
    found.append(snapshot(repository(components + 2, "bare"), evidence=Evidence(("@acme/team-1",), ("Dockerfile",))))
    return found
