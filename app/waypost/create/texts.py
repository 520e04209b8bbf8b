"""Every text in an effect, with where it stands: to find in it what must not be there. What is hidden stays hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from waypost.golden.tree import File, Link


def texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield (place, text): the content of files under their path, other texts under their field."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, File):
        yield place, value.data.decode("utf-8", "replace")
    elif isinstance(value, Link):
        yield place, value.target
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield place, str(key)
            yield from texts(item, str(key))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item, place)
    elif is_dataclass(value):
        for one in fields(value):
            if one.repr:
                yield from texts(getattr(value, one.name), one.name)
