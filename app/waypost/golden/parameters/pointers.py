"""Local references within a schema: `#/definitions/x` and `$id`s. Looks up nothing else, and fetches nothing."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

_MOST_SEEN = 5_000  # nodes searched for an id


def cost(reference: str) -> int:
    """Return how many steps it takes to follow a reference: an id is searched for through the whole page."""
    return 1 if reference.startswith("#/") else _MOST_SEEN // 10


def resolve(root: Any, reference: str) -> Any | None:
    """Return the schema a reference leads to, None when it leads out of `root` or nowhere."""
    base, _, fragment = reference.partition("#")
    start = root if not base or (isinstance(root, dict) and base == _id(root)) else _with_id(root, base)
    if start is None or not fragment:
        return start
    if not fragment.startswith("/"):
        return _with_id(root, f"#{fragment}")
    for step in fragment[1:].split("/"):
        name = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(start, dict) and name in start:
            start = start[name]
        elif isinstance(start, list) and name.isdecimal() and int(name) < len(start):
            start = start[int(name)]
        else:
            return None
    return start


def _with_id(root: Any, id: str) -> Any | None:
    waiting = [root]
    for _ in range(_MOST_SEEN):
        if not waiting:
            break
        node = waiting.pop()
        if isinstance(node, dict):
            if _id(node) == id:
                return node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return None


def _id(schema: dict[str, Any]) -> Any:
    return schema.get("$id", schema.get("id"))
