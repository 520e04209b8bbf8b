"""How much depends on an entity, as the organisation counts: the label or annotation `tier`, 1 the most."""

from __future__ import annotations

from waypost.catalog.entities import Entity

_NAMES = ("waypost.dev/tier", "tier")


def tier(entity: Entity) -> str:
    """Return the tier as people wrote it, without the word: "1" for 1, tier1 and tier-1; "" when nothing says."""
    for source in (entity.metadata.get("labels"), entity.metadata.get("annotations")):
        if source and isinstance(source, dict):
            for name in _NAMES:
                if value := source.get(name):
                    return _number(str(value))
    return ""


def tier_number(entity: Entity) -> int | None:
    """Return the tier as a number that can be compared; None when it is none."""
    stated = tier(entity)
    return int(stated) if stated.isdecimal() and len(stated) < 3 else None


def _number(value: str) -> str:
    bare = value.strip()
    return bare[4:].strip(" -_") if bare[:4].lower() == "tier" else bare
