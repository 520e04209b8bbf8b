"""The page of one problem."""

from __future__ import annotations

from dataclasses import dataclass

from waypost.catalog.problems import Severity


@dataclass(frozen=True, slots=True)
class Page:
    """What people read about a problem id. `severity` is its usual one."""

    id: str
    severity: Severity
    title: str
    what: str
    why: str
    fix: str
