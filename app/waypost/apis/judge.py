"""Says of a definition whether it is what `spec.type` says. Keeps nothing of what it read."""

from __future__ import annotations

from waypost.apis.read import read
from waypost.apis.reference import Unreadable
from waypost.catalog.definitions import Fault


def judge(definition: str, kind: str) -> Fault | None:
    """Return what is wrong with a definition; None when nothing is, or nobody here reads its type."""
    try:
        read(definition, kind)
    except Unreadable as error:
        return Fault(error.reason, error.line)
    return None
