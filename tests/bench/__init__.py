"""`make bench`: ratios, each measured side by side in one run, because machines are noisy and clocks are not.

A bench is a module beside this one with `rows() -> Iterable[Row]`; `__main__` runs them all, or those named.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure and its target. `limit` is the largest value that meets the target."""

    name: str
    value: float
    limit: float
    unit: str = "x"
    note: str = ""

    @property
    def is_met(self) -> bool:
        return self.value <= self.limit
