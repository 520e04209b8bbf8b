"""Ends texts of a definition that are longer than anybody reads, before anything repeats them. Judges nothing."""

from __future__ import annotations

from typing import Any

LONGEST_TEXT = 10_000  # characters of one text; a page shows fewer
LONGEST_NAME = 500  # characters of a name: a property, a path, a schema


def clip(text: str, most: int = LONGEST_TEXT) -> str:
    """A text, or its beginning."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def clip_all(data: dict[Any, Any]) -> dict[Any, Any]:
    """Clip every name and every text within, in place; what is shared stays shared."""
    whole = {"": data}
    waiting: list[Any] = [whole]
    seen: set[int] = set()
    while waiting:
        holder = waiting.pop()
        if id(holder) in seen:
            continue
        seen.add(id(holder))
        if isinstance(holder, dict):
            _clip_names(holder)
        for place, value in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
            if isinstance(value, (dict, list)):
                waiting.append(value)
            elif isinstance(value, str) and len(value) > LONGEST_TEXT:
                holder[place] = clip(value)
    return whole[""]


def _clip_names(holder: dict[Any, Any]) -> None:
    if not any(isinstance(name, str) and len(name) > LONGEST_NAME for name in holder):
        return
    found: dict[Any, Any] = {}
    for name, value in holder.items():
        short = clip(name, LONGEST_NAME) if isinstance(name, str) else name
        # Names that differ only in what is cut stay apart.
        found[f"{short[:-20]}…{len(found)}" if short in found else short] = value
    holder.clear()
    holder.update(found)
