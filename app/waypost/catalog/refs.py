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
    """Parse `[kind:][namespace/]name`; raise ValueError, in words for a person, when it cannot be a ref.

    Cuts where Backstage's parseEntityRef cuts, at the first colon before the first slash: `a:b:c` is kind a, name b:c.
    """
    slash = text.find("/")
    colon = text.find(":")
    if 0 <= slash < colon:
        colon = -1
    kind = text[:colon] if colon >= 0 else default_kind
    namespace = text[colon + 1 : slash] if slash >= 0 else default_namespace
    name = text[max(colon, slash) + 1 :]
    if colon == 0 or not namespace or not name:
        raise ValueError(f'"{text}" is not an entity ref: write [kind:][namespace/]name')
    if not kind:
        raise ValueError(f'"{text}" does not say its kind: write component:{text} or resource:{text}')
    return EntityRef(kind, namespace, name)
