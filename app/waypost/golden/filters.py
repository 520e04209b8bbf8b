"""Which entities a picker offers: Backstage's catalogFilter and allowedKinds, held against one entity.

https://backstage.io/docs/features/software-templates/ui-options-examples: a mapping is true when each of its keys is,
a list when one of its mappings is; values are compared without regard to case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from waypost.catalog.entities import Entity
from waypost.golden.fields import Field


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for; `kinds` are lower-case, () where any will do."""

    kinds: Sequence[str] = ()
    choices: Sequence[Mapping[str, Any]] = ()  # one of them has to be true

    def __str__(self) -> str:
        parts = [
            " and ".join(f"{key} {_words(value)}" for key, value in choice.items())
            for choice in self.choices or ({"kind": list(self.kinds)},)
        ]
        return " or ".join(filter(None, parts)) or "another"

    def accepts(self, entity: Entity) -> bool:
        if self.kinds and entity.kind.lower() not in self.kinds:
            return False
        return not self.choices or any(_is_true(choice, entity) for choice in self.choices)


def filter_of(field: Field) -> Filter:
    """Return what a field's ui:options ask for."""
    written = field.options.get("catalogFilter")
    choices = [each for each in (written if isinstance(written, list) else [written]) if isinstance(each, Mapping)]
    allowed = field.options.get("allowedKinds")
    kinds = set(map(str.lower, map(str, allowed))) if isinstance(allowed, list) else set()
    if not kinds and choices and all("kind" in choice for choice in choices):
        kinds = {kind for choice in choices for kind in _texts(choice["kind"])}
    return Filter(tuple(sorted(kinds)), tuple(choices))


def _is_true(choice: Mapping[str, Any], entity: Entity) -> bool:
    return all(_has(entity, key.lower(), wanted) for key, wanted in choice.items())


def _has(entity: Entity, key: str, wanted: Any) -> bool:
    if key == "kind":
        found = [entity.kind.lower()]
    elif key == "metadata.namespace":
        found = [entity.namespace.lower()]
    else:
        found = list(_found(entity.data, key))
    if isinstance(wanted, Mapping):
        return bool(found) == (wanted.get("exists") is not False)
    return any(text in found for text in _texts(wanted))


def _found(value: Any, key: str) -> Iterator[str]:
    """Yield the values at a dotted key. Keys of annotations hold dots themselves, so each beginning is tried."""
    if not key:
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, Mapping | list) and item is not None:
                yield _text(item)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            low = str(name).lower()
            if key == low:
                yield from _found(item, "")
            elif key.startswith(f"{low}."):
                yield from _found(item, key[len(low) + 1 :])


def _texts(value: Any) -> list[str]:
    return [_text(item) for item in (value if isinstance(value, list) else [value])]


def _text(value: Any) -> str:
    return str(value).lower()


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return "that is set" if value.get("exists") is not False else "that is not set"
    return " or ".join(map(str, value)) if isinstance(value, list) else str(value)
