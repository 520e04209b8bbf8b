"""Whether what is there fulfils what is wanted: what is wanted says less than the forge answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def fulfils(present: Any, wanted: Any) -> bool:
    """Say whether every wanted field is there with its value; the order in lists is no difference."""
    if isinstance(wanted, Mapping):
        return isinstance(present, Mapping) and all(fulfils(present.get(key), item) for key, item in wanted.items())
    if isinstance(wanted, list | tuple):
        return isinstance(present, list | tuple) and _match(list(present), list(wanted))
    return bool(present == wanted)


def _match(present: list[Any], wanted: list[Any]) -> bool:
    if len(present) != len(wanted):
        return False
    for item in wanted:
        place = next((n for n, one in enumerate(present) if fulfils(one, item)), None)
        if place is None:
            return False
        del present[place]
    return True
