"""Who is leased together after a worker vanished. Pure, and the same for every back end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

# A key whose worker vanished this often is set aside: a killed worker is mostly not the key's fault.
VANISHED = 16
LAST_WORDS = "its worker vanished {times} times in a row: killed, or out of memory"

Name = TypeVar("Name")


def batch(due: Sequence[tuple[Name, int]], limit: int) -> list[Name]:
    """Choose of (key, how often its worker vanished), longest due first, who is leased now.

    Keys whose worker vanished stay among themselves, half as many each time. So a key that kills its worker ends up
    alone, and those that only shared a batch with it get through.
    """
    is_suspect = due[0][1] > 0
    alike = [(name, vanished) for name, vanished in due if (vanished > 0) == is_suspect]
    size = max(1, limit >> max(vanished for _, vanished in alike))
    return [name for name, _ in alike[:size]]
