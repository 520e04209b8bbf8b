"""New components that look like one that exists: "is this ledger-service again?". A question, never a verdict.

Names are compared without what people add to them (-service, -api, v2, a plural, another order of the words); what is
left must be equal or, in long names, one slip apart. Measured on the 157 names of a collection of public catalogs: one
pair was asked about (cert-manager, cert-manager-app), of 12,246.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from waypost.catalog.catalog import Catalog
from waypost.catalog.entities import Entity

THRESHOLD = 90
MOST = 3  # that one new component is held against
_LONG = 8  # letters: below, one slip makes another word (orders, borders)
_ALIKE = 80  # of 100, for descriptions
_ADDED = frozenset({"api", "app", "application", "component", "microservice", "server", "service", "svc"})
_WORDS = re.compile(r"[0-9]+|[a-z]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Lookalike(NamedTuple):
    """A new component, one it looks like, how much (of 100), and what else they share."""

    ref: str
    other: str
    score: int
    shared: tuple[str, ...] = ()  # owner | system | description


class _Name(NamedTuple):
    bare: str  # the words that matter, in order of the alphabet
    numbers: tuple[str, ...]


def lookalikes(catalog: Catalog, refs: Sequence[str]) -> tuple[Lookalike, ...]:
    """Return what these new components look like, the most alike first."""
    new = [ref for ref in refs if ref.startswith("component:") and ref in catalog.entities]
    if not new:
        return ()
    bare: dict[str, list[str]] = {}
    for ref in catalog.refs("component"):
        if ref not in refs:
            bare.setdefault(_name(catalog.entities[ref].name).bare, []).append(ref)
    return tuple(one for ref in sorted(new) for one in _like(catalog, ref, bare))


def _like(catalog: Catalog, ref: str, bare: dict[str, list[str]]) -> list[Lookalike]:
    entity = catalog.entities[ref]
    own = _name(entity.name)
    slips = 1 if len(own.bare) >= _LONG else 0
    near = extract(own.bare, list(bare), scorer=OSA.distance, score_cutoff=slips, limit=None)
    found = [
        one
        for name, distance, _ in near
        for other in bare[name]
        if (one := _compared(catalog, entity, catalog.entities[other], int(distance))).score >= THRESHOLD
    ]
    return sorted(found, key=lambda one: (-one.score, one.other))[:MOST]


def _compared(catalog: Catalog, new: Entity, old: Entity, slips: int) -> Lookalike:
    numbers = {_name(new.name).numbers, _name(old.name).numbers}
    if len(numbers) == 2 and () not in numbers:
        return Lookalike(new.ref, old.ref, 0)  # shard-1 and shard-2 are brothers
    shared = tuple(_shared(catalog, new, old))
    score = 96 - 5 * slips + 3 * len(shared) - (1 if () in numbers and len(numbers) == 2 else 0)
    if _is_one_home(catalog, new, old):
        score -= 20  # who keeps both knows both
    return Lookalike(new.ref, old.ref, max(0, min(100, score)), shared)


def _is_one_home(catalog: Catalog, new: Entity, old: Entity) -> bool:
    """One repository; in the catalog's own, where everybody registers, one file."""
    if new.origin.repository_id != old.origin.repository_id:
        return False
    is_own = new.origin.repository.lower() == catalog.settings.catalog_name(catalog.organisation)
    return not is_own or new.origin.path == old.origin.path


def _shared(catalog: Catalog, new: Entity, old: Entity) -> Iterator[str]:
    if (owner := catalog.owner(new.ref)) and owner == catalog.owner(old.ref):
        yield "owner"
    if (system := new.spec.get("system")) and system == old.spec.get("system"):
        yield "system"
    if new.description and fuzz.token_set_ratio(new.description[:500], old.description[:500]) >= _ALIKE:
        yield "description"


@lru_cache(maxsize=65_536)  # the same names are looked at for every new one
def _name(name: str) -> _Name:
    words = _WORDS.findall((name if name.islower() else _HUMP.sub("-", name)).lower())
    numbers = tuple(word for word in words if word.isdecimal())
    letters = [word for word in words if not word.isdecimal() and word != "v"]
    telling = [_singular(word) for word in letters if word not in _ADDED] or letters
    return _Name(" ".join(sorted(telling)), numbers)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
