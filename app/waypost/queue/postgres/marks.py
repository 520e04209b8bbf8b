"""Keys become dirty on PostgreSQL: the marks of one transaction as one, in the order of keys. Opens no transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from psycopg import Connection

from waypost.queue import hints
from waypost.queue.postgres import jobs
from waypost.queue.protocol import Key, Mark

MARKS_AT_ONCE = 1_000  # of a listing of a large organisation; every statement has its time limit

_TOUCH = """
INSERT INTO waypost_keys AS key (lock, installation, kind, subject, generation, marked, hints)
SELECT lock, installation, kind, subject, marks, %(now)s, hints
FROM unnest(%(locks)s::text[], %(installations)s::bigint[], %(kinds)s::text[], %(subjects)s::text[],
    %(marks)s::bigint[], %(hints)s::text[]) AS mark (lock, installation, kind, subject, marks, hints)
ORDER BY lock COLLATE "C"
ON CONFLICT (lock) DO UPDATE SET generation = key.generation + excluded.generation, hints = UNITED
""".replace("UNITED", hints.united("key.hints", "excluded.hints", find="strpos"))
_MAKE = """
INSERT INTO waypost_keys (lock, installation, kind, subject, generation, marked)
SELECT lock, installation, kind, subject, 0, %(now)s
FROM unnest(%(locks)s::text[], %(installations)s::bigint[], %(kinds)s::text[], %(subjects)s::text[])
    AS key (lock, installation, kind, subject)
ORDER BY lock COLLATE "C"
ON CONFLICT (lock) DO NOTHING
"""
# Of a key that waits already, nothing else changes.
_BEGIN = """
UPDATE waypost_keys AS key SET
    again = CASE WHEN token IS NOT NULL THEN coalesce(again, %(now)s) END,
    marked = CASE WHEN token IS NULL THEN %(now)s ELSE marked END,
    held = 0,
    attempts = CASE WHEN dead IS NULL THEN attempts ELSE 0 END,
    vanished = CASE WHEN dead IS NULL THEN vanished ELSE 0 END,
    error = CASE WHEN dead IS NULL THEN error ELSE '' END,
    dead = NULL
WHERE lock = ANY(%(locks)s)
    AND NOT EXISTS (SELECT FROM procrastinate_jobs WHERE queueing_lock = key.lock AND status = 'todo')
"""


class Marked(NamedTuple):
    """All marks of one key in one transaction, as one."""

    key: Key
    times: int
    delay: float
    hint: str | None


def gathered(marks: Iterable[Mark]) -> list[Marked]:
    """Make one of the marks of each key: of two waits the later asked for counts, and none at all counts most."""
    found: dict[Key, Marked] = {}
    for mark in marks:
        delay, hint = max(mark.delay, 0.0), hints.encode(mark.hint)
        if before := found.get(mark.key):
            delay = delay if before.delay else 0.0
            hint = hints.encode(hints.decode(before.hint, hint))
        found[mark.key] = Marked(mark.key, before.times + 1 if before else 1, delay, hint)
    return sorted(found.values(), key=lambda mark: str(mark.key))


def mark(connection: Connection, marks: Sequence[Marked], now: float, longest: float) -> None:
    """Make keys dirty, or dirty again when their work ends."""
    for start in range(0, len(marks), MARKS_AT_ONCE):
        _mark(connection, marks[start : start + MARKS_AT_ONCE], now, longest)


def make(connection: Connection, marks: Sequence[Marked], now: float) -> None:
    """Make clean rows for keys that have none, in a transaction of its own: the next locks them with others, in order.

    A row that somebody else is making cannot be locked yet, and who holds other rows must not wait for it.
    """
    connection.execute(_MAKE, _columns(marks) | {"now": now})


def _columns(marks: Sequence[Marked]) -> dict[str, Any]:
    return {
        "locks": [str(mark.key) for mark in marks],
        "installations": [mark.key.installation for mark in marks],
        "kinds": [mark.key.kind for mark in marks],
        "subjects": [mark.key.subject for mark in marks],
    }


def _mark(connection: Connection, marks: Sequence[Marked], now: float, longest: float) -> None:
    locks, delays = [str(mark.key) for mark in marks], [mark.delay for mark in marks]
    counted = {"marks": [mark.times for mark in marks], "hints": [mark.hint for mark in marks], "now": now}
    connection.execute(_TOUCH, _columns(marks) | counted)
    jobs.move(connection, locks, delays, now, longest)
    connection.execute(_BEGIN, {"locks": locks, "now": now})
    jobs.defer(connection, locks, delays, now, longest)
