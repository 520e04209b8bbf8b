"""The kinds Waypost knows: what they are called, which versions they have, and which fields name other entities.

The relations are those of Backstage's BuiltinKindsEntityProcessor (plugin-catalog-backend), field by field, with
the Template's owner from its ScaffolderEntitiesProcessor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_CORE = ("backstage.io/v1alpha1", "backstage.io/v1beta1")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of `spec` that names entities: the relation it states, the inverse, and the kind when none is written."""

    name: str
    relation: str
    inverse: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    fields: tuple[Field, ...] = ()
    versions: tuple[str, ...] = _CORE


_OWNER = Field("owner", "ownedBy", "ownerOf", "Group")
_SYSTEM = Field("system", "partOf", "hasPart", "System")
_DEPENDS_ON = Field("dependsOn", "dependsOn", "dependencyOf")
_DEPENDENCY_OF = Field("dependencyOf", "dependencyOf", "dependsOn")

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "Component",
            (
                _OWNER,
                Field("subcomponentOf", "partOf", "hasPart", "Component"),
                Field("providesApis", "providesApi", "apiProvidedBy", "API"),
                Field("consumesApis", "consumesApi", "apiConsumedBy", "API"),
                _DEPENDS_ON,
                _DEPENDENCY_OF,
                _SYSTEM,
            ),
        ),
        Kind("API", (_OWNER, _SYSTEM)),
        Kind("Resource", (_OWNER, _DEPENDS_ON, _DEPENDENCY_OF, _SYSTEM)),
        Kind("System", (_OWNER, Field("domain", "partOf", "hasPart", "Domain"))),
        Kind("Domain", (_OWNER, Field("subdomainOf", "partOf", "hasPart", "Domain"))),
        Kind(
            "Group",
            (
                Field("parent", "childOf", "parentOf", "Group"),
                Field("children", "parentOf", "childOf", "Group"),
                Field("members", "hasMember", "memberOf", "User"),
            ),
        ),
        Kind("User", (Field("memberOf", "memberOf", "hasMember", "Group"),)),
        Kind("Location"),
        Kind("Template", (_OWNER,), ("scaffolder.backstage.io/v1beta3",)),
    )
}
# What a kind that only waypost.yaml declares may say: the fields that mean the same on every built-in kind.
CUSTOM_FIELDS = (_OWNER, _DEPENDS_ON, _DEPENDENCY_OF, _SYSTEM, Field("domain", "partOf", "hasPart", "Domain"))
