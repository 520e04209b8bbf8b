"""The template that an entity of that kind is, and whether anybody should still use it."""

from __future__ import annotations

from waypost.catalog.block_yaml import write
from waypost.catalog.entities import Entity
from waypost.golden.template import Template, read


def template_of(entity: Entity) -> Template:
    """The template that an entity is."""
    return read(write(dict(entity.data)))


def is_deprecated(entity: Entity) -> bool:
    return str(entity.spec.get("lifecycle") or "").strip().lower() == "deprecated"
