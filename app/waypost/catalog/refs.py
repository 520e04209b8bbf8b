"""Entity refs: how one entity names another. Knows the text form only, not whether the entity exists.

The rules are Backstage's (https://backstage.io/docs/features/software-catalog/references): `[kind:][namespace/]name`,
compared without regard to case. Everywhere in Waypost a ref that identifies an entity is the full lower-case text
`kind:namespace/name`; the parsed form lives only as long as somebody needs a part of it.
"""

from __future__ import annotations

from sys import intern
from typing import NamedTuple

DEFAULT_NAMESPACE = "default"


class EntityRef(NamedTuple):
    """The three parts of a ref, as written (not lower-cased)."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return full_ref(self.kind, self.namespace, self.name)


def full_ref(kind: str, namespace: str, name: str) -> str:
    """Return the identifying text `kind:namespace/name`, lower-case; equal refs are the same object."""
    return intern(f"{kind}:{namespace}/{name}".lower())


def parse_ref(text: str, default_kind: str | None = None, default_namespace: str = DEFAULT_NAMESPACE) -> EntityRef:
    """Parse `[kind:][namespace/]name`; raise ValueError, in words for a person, when it cannot be a ref."""
    kind, colon, rest = text.strip().rpartition(":")
    namespace, slash, name = rest.rpartition("/")
    if ":" in kind or "/" in kind or "/" in namespace or not name:
        raise ValueError(f'"{text}" is not an entity ref: write [kind:][namespace/]name')
    if (colon and not kind) or (slash and not namespace):
        raise ValueError(f'"{text}" has an empty kind or namespace: write [kind:][namespace/]name')
    if not kind and default_kind is None:
        raise ValueError(f'"{text}" does not say its kind: write kind:{rest}')
    return EntityRef(kind or default_kind or "", namespace or default_namespace, name)
