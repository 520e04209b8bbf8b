"""What is wrong with a request, as a value: collected and shown with the others, never raised."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with what was asked for; `path` is a field ("owner"), a step ("steps/publish") or ""."""

    path: str
    message: str  # what, and what to do
    is_error: bool = True
