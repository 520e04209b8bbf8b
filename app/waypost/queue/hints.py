"""How the paths of many marks are kept in one bounded text column. When in doubt: unknown, which costs one reading."""

from __future__ import annotations

from collections.abc import Sequence

# About a thousand paths. Above it, the key is simply read.
HINT_CHARACTERS = 65_536


def encode(paths: Sequence[str] | None) -> str | None:
    r"""Write paths as "\na\nb\n", so that a contiguous repeat can be found by search; None: unknown."""
    if paths is None:
        return None
    text = "\n".join(["", *paths, ""]) if paths else ""
    too_long = len(text) > HINT_CHARACTERS
    if too_long or text.count("\n") != len(paths) + bool(paths) or not _is_storable(text):
        return None
    return text


def decode(*texts: str | None) -> tuple[str, ...] | None:
    """Unite what was stored: every path once, sorted; None when any part is unknown."""
    paths: set[str] = set()
    for text in texts:
        if text is None:
            return None
        paths.update(text.split("\n"))
    return tuple(sorted(paths - {""}))


def united(old: str, new: str, find: str = "instr") -> str:
    """Write the SQL expression that adds the hints in `new` to those in `old`; `find` looks for text in text."""
    return f"""CASE WHEN {old} IS NULL OR {new} IS NULL THEN NULL
        WHEN {find}({old}, {new}) > 0 THEN {old}
        WHEN length({old}) + length({new}) > {HINT_CHARACTERS} THEN NULL
        ELSE {old} || {new} END"""


def _is_storable(text: str) -> bool:
    try:
        return "\0" not in text and bool(text.isascii() or text.encode())
    except UnicodeEncodeError:  # a lone surrogate: valid in JSON, not in UTF-8
        return False
