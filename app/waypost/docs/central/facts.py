"""What the catalog's head says of documented entities: whose they are, and who may read them. Reads nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from waypost.catalog.entities import Entity
from waypost.catalog.settings import Settings, is_wider
from waypost.catalog.teams import is_derived
from waypost.docs.central.values import Documented, Facts
from waypost.docs.source import REF


def facts(
    entities: Iterable[Entity],
    settings: Settings,
    catalog: str,
    readers: str,
    visibilities: Mapping[int, str],
    branch: str = "main",
    server_url: str = "https://github.com",
) -> Facts:
    """Return the facts of a catalog's claims.

    `readers` is the visibility of the catalog repository (owner/name); `visibilities` those of repositories by id. One
    that is not known counts as private.
    """
    known = list(entities)
    parents = {entity.ref: _targets(entity) for entity in known}
    found = {}
    for entity in sorted(known, key=lambda one: one.ref):
        if is_derived(entity):
            continue
        system = parents[entity.ref].get("system", "")
        visibility = visibilities.get(entity.origin.repository_id, "private")
        found[entity.ref] = Documented(
            ref=entity.ref,
            title=entity.title,
            description=entity.description,
            repository_id=entity.origin.repository_id,
            repository=entity.origin.repository,
            owner=parents[entity.ref].get("owner", ""),
            system=entity.ref if entity.kind == "System" else system,
            domain=_domain(entity.ref, system, parents),
            is_declared=bool(entity.annotations.get(REF)),
            visibility=visibility,
            is_hidden=not settings.show_narrower and is_wider(readers, visibility),
        )
    return Facts(
        entities=found,
        titles={entity.ref: entity.title for entity in known},
        catalog=catalog,
        branch=branch,
        server_url=server_url,
        readers=readers,
        mode=settings.docs.publish,
    )


def _targets(entity: Entity) -> Mapping[str, str]:
    """Return the owner, the system and the domain that an entity states, as full refs."""
    found: dict[str, str] = {}
    for relation in entity.relations:
        if relation.source != entity.ref:
            continue
        if relation.type == "ownedBy":
            found.setdefault("owner", relation.target)
        elif relation.type == "partOf" and relation.target.startswith(("system:", "domain:")):
            found.setdefault(relation.target.partition(":")[0], relation.target)
    return found


def _domain(ref: str, system: str, parents: Mapping[str, Mapping[str, str]]) -> str:
    if ref.startswith("domain:"):
        return ref
    own = parents[ref].get("domain", "")
    return own or parents.get(system, {}).get("domain", "")
