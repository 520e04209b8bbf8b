"""Addresses of what belongs to a repository, with every part quoted."""

from __future__ import annotations

from urllib.parse import quote

from waypost.golden.effects import Effect


def of(effect: Effect) -> str:
    """The address of the repository an effect speaks of."""
    return at(effect.repository)


def at(full_name: str) -> str:
    return f"/repos/{quote(full_name)}"


def part(text: str) -> str:
    """One part of an address, or a value in its query: no slash of it may lead elsewhere."""
    return quote(text, safe="")
