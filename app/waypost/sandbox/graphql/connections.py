"""Lists in pages, as GraphQL cuts them: first, after, last, before.

https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

from waypost.sandbox.graphql.problems import Problem

_MOST = 100


class Connection:
    """One page of a list. What nobody asks for is not worked out: a history is long."""

    def __init__(self, name: str, items: Callable[[], Iterable[Any]], arguments: Mapping[str, Any]) -> None:
        self._items = items
        first, last = arguments.get("first"), arguments.get("last")
        if first is None and last is None:
            raise Problem(
                "MISSING_PAGINATION_BOUNDARIES",
                f"You must provide a `first` or `last` value to properly paginate the `{name}` connection.",
            )
        for bound, asked in (("first", first), ("last", last)):
            if asked is not None and not 0 <= asked <= _MOST:
                raise Problem(
                    "EXCESSIVE_PAGINATION",
                    f"Requesting {asked} records on the `{name}` connection exceeds the `{bound}` limit "
                    f"of {_MOST} records.",
                )
        self._first, self._last = first, last
        self._after, self._before = _position(arguments.get("after")), _position(arguments.get("before"))

    @cached_property
    def _all(self) -> Sequence[Any]:
        return list(self._items())

    @cached_property
    def _shown(self) -> tuple[int, list[Any], bool]:
        """Return where the page starts, what is on it and whether more follows."""
        start = self._after or 0
        if self._first is not None and self._before is None and self._last is None:
            found = list(islice(self._items(), start, start + self._first + 1))
            return start, found[: self._first], len(found) > self._first
        end = len(self._all) if self._before is None else min(self._before - 1, len(self._all))
        if self._first is not None:
            end = min(end, start + self._first)
        if self._last is not None:
            start = max(start, end - self._last)
        return start, list(self._all[start:end]), end < len(self._all)

    @property
    def nodes(self) -> list[Any]:
        if self._first is not None and self._before is None and self._last is None:
            # one more would tell whether there is a next page; with a path that may mean the whole history
            start = self._after or 0
            return list(islice(self._items(), start, start + self._first))
        return self._shown[1]

    @property
    def edges(self) -> list[dict[str, Any]]:
        start, found, _ = self._shown
        return [{"node": node, "cursor": _cursor(start + number + 1)} for number, node in enumerate(found)]

    @property
    def totalCount(self) -> int:
        return len(self._all)

    @property
    def pageInfo(self) -> dict[str, Any]:
        start, found, more = self._shown
        return {
            "hasNextPage": more,
            "hasPreviousPage": start > 0,
            "startCursor": _cursor(start + 1) if found else None,
            "endCursor": _cursor(start + len(found)) if found else None,
        }


def _cursor(position: int) -> str:
    return b64encode(f"cursor:v2:{position}".encode()).decode()


def _position(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    try:
        return int(b64decode(cursor, validate=True).decode().removeprefix("cursor:v2:"))
    except ValueError:
        raise Problem("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.") from None
