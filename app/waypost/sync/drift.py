"""What a sweep found that no delivery had told: per repository the kinds of difference, and how often ever.

A sweep looks at a repository after every key that is marked was worked on. So a difference it meets is one that
webhooks did not bring, or bring only now.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from waypost.catalog.entities import Repository, Snapshot

ALL = 0  # the installation below which is kept what the metrics of all tenants are made of
KINDS = ("head", "renamed", "archived", "visibility", "described", "new", "missing", "back")


class Drift(NamedTuple):
    """One repository that was not as we knew it."""

    installation: int
    repository: int
    full_name: str
    kinds: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.full_name or self.repository}: {', '.join(self.kinds)}"


def differences(known: Snapshot | None, found: Repository | None) -> tuple[str, ...]:
    """Compare what is known with what the forge says; "described": description, topics, default branch, ..."""
    if known is None or known.state != "present":
        return () if found is None else ("new" if known is None else "back",)
    if found is None:
        return ("missing",)
    old = known.repository
    kinds = {
        "head": old.head != found.head,
        "renamed": old.full_name != found.full_name,
        "archived": old.is_archived != found.is_archived,
        "visibility": old.visibility != found.visibility,
    }
    found_kinds = tuple(kind for kind, differs in kinds.items() if differs)
    return found_kinds or (("described",) if old != found else ())


def count(entries: Mapping[str, bytes | None], installation: int, drifts: Sequence[Drift]) -> Mapping[str, int]:
    """Add to what is stored of an installation."""
    body = entries.get(f"drift:{installation}")
    counted = Counter(json.loads(body) if body else {})
    counted.update(kind for drift in drifts for kind in drift.kinds)
    return counted


def of_drift(installation: int, counted: Mapping[str, int]) -> dict[tuple[int, str], bytes | None]:
    return {(ALL, f"drift:{installation}"): json.dumps(counted, sort_keys=True).encode()}


def totals(entries: Mapping[str, bytes | None]) -> Mapping[str, int]:
    """Sum up what is stored of all installations, for the metrics."""
    summed: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
    for name, body in entries.items():
        if name.startswith("drift:") and body:
            summed.update(json.loads(body))
    return summed


def told(drifts: Iterable[Drift], most: int = 20) -> str:
    """Say it in one line of a log."""
    drifts = list(drifts)
    rest = f"; and {len(drifts) - most} more" if len(drifts) > most else ""
    return "; ".join(str(drift) for drift in drifts[:most]) + rest
