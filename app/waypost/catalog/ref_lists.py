"""Maps from something to a sorted list of refs, changed by what leaves and what joins. Knows nothing of entities."""

from __future__ import annotations

from collections.abc import Hashable, MutableMapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def put(mapping: MutableMapping[K, V], key: K, value: V | None) -> None:
    """Set a value; nothing (None or an empty tuple) is not kept."""
    if value:
        mapping[key] = value
    else:
        mapping.pop(key, None)


class Lists(Generic[K]):
    """Refs that leave and join the sorted lists of a map."""

    def __init__(self) -> None:
        self.leaving: dict[K, set[str]] = {}
        self.joining: dict[K, set[str]] = {}

    def note(self, key: K, ref: str, is_leaving: bool) -> None:
        (self.leaving if is_leaving else self.joining).setdefault(key, set()).add(ref)

    def apply(self, lists: MutableMapping[K, tuple[str, ...]]) -> set[K]:
        """Change the lists and return the keys of those that are others now."""
        changed = set()
        for key in self.leaving.keys() | self.joining.keys():
            less, more = self.leaving.get(key, set()), self.joining.get(key, set())
            if less == more:
                continue
            changed.add(key)
            kept = [ref for ref in lists.get(key, ()) if ref not in less]
            kept.extend(more)
            kept.sort()
            put(lists, key, tuple(kept))
        return changed
