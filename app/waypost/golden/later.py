"""What a step will put out once it ran, in a plan made before: a text that stands for it and says so."""

from __future__ import annotations

from typing import Any

_AFTER = ": known after the run>"


def later(name: str) -> str:
    """Return what stands for an output that nobody knows yet."""
    return f"<{name}{_AFTER}"


def is_later(value: Any) -> bool:
    """Say whether a value is one that is not known yet, or is made of one."""
    return isinstance(value, str) and _AFTER in value
