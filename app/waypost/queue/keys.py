"""The life of a dirty key as SQL: marked, leased, finished, given back, set aside, revived. Opens no transaction.

A key is in one of four states. Clean: `due` and `dead` are NULL. Dirty: `due` says from when it may be leased.
Leased: `token` is set and `due` is when the lease ends, so that a lease that ran out is found like any other due key.
Dead: `dead` is set. Rows of clean keys stay a while; tokens come from one counter, so a row may come and go.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from waypost.queue import hints
from waypost.queue.backoff import backoff
from waypost.queue.protocol import TRIES, DeadKey, Key, Lease, Mark
from waypost.queue.suspects import LAST_WORDS, VANISHED, batch

KEEP_CLEAN_SECONDS = 30 * 24 * 3600.0
ERROR_CHARACTERS = 2_000

# The wait of a mark ends when marks pause for `delay`, at the latest `longest` after the first. One that has ended
# is never prolonged, or a busy repository would be pushed back for ever.
# ?4 now, ?5 delay, ?6 longest: numbers, because this runs for every delivery and names cost a dict each.
_MARK = """
INSERT INTO keys (installation, kind, subject, generation, marked, due, hints)
VALUES (?1, ?2, ?3, 1, ?4, ?4 + min(?5, ?6), ?7)
ON CONFLICT (installation, kind, subject) DO UPDATE SET
    generation = generation + 1,
    again = CASE WHEN token IS NOT NULL THEN coalesce(again, ?4) END,
    again_due = CASE WHEN token IS NULL THEN NULL
        WHEN again_due <= ?4 THEN again_due
        ELSE min(?4 + ?5, coalesce(again, ?4) + ?6) END,
    marked = CASE WHEN due IS NULL THEN ?4 ELSE marked END,
    due = CASE WHEN token IS NOT NULL THEN due
        WHEN due IS NULL THEN ?4 + min(?5, ?6)
        WHEN due <= ?4 THEN due
        ELSE max(held, min(?4 + ?5, marked + ?6)) END,
    attempts = CASE WHEN dead IS NULL THEN attempts ELSE 0 END,
    vanished = CASE WHEN dead IS NULL THEN vanished ELSE 0 END,
    error = CASE WHEN dead IS NULL THEN error ELSE '' END,
    held = CASE WHEN due IS NULL THEN 0 ELSE held END,
    dead = NULL,
    hints = UNITED
""".replace("UNITED", hints.united("hints", "excluded.hints"))
_TAKE = """
UPDATE keys SET token = :token, due = :until, held = 0, again = NULL, again_due = NULL, hints = '',
    vanished = vanished + (token IS NOT NULL), leased_hints = UNITED
WHERE number = :number
RETURNING installation, kind, subject, generation, token, attempts, marked, due, leased_hints
""".replace("UNITED", hints.united("leased_hints", "hints"))
_FINISH = """
UPDATE keys SET token = NULL, due = again_due, marked = coalesce(again, marked), again = NULL, again_due = NULL,
    attempts = 0, vanished = 0, error = '', leased_hints = ''
WHERE installation = ? AND kind = ? AND subject = ? AND token = ?
"""
_RETURN = """
UPDATE keys SET token = NULL, due = :due, held = :held, again = NULL, again_due = NULL, vanished = 0
WHERE installation = :installation AND kind = :kind AND subject = :subject AND token = :token
"""
# A mark made during the last try is newer than what that try read: the key goes on, after the longest backoff.
_FAIL = """
UPDATE keys SET token = NULL, error = :error, vanished = 0,
    attempts = CASE WHEN attempts + 1 < :tries THEN attempts + 1 WHEN again IS NULL THEN :tries ELSE 0 END,
    due = CASE WHEN attempts + 1 < :tries OR again IS NOT NULL THEN :due END,
    held = CASE WHEN attempts + 1 < :tries OR again IS NOT NULL THEN :due ELSE 0 END,
    dead = CASE WHEN attempts + 1 < :tries OR again IS NOT NULL THEN NULL ELSE :now END,
    again = NULL, again_due = NULL
WHERE installation = :installation AND kind = :kind AND subject = :subject AND token = :token
"""
_BURY = """
UPDATE keys SET dead = :now, due = NULL, held = 0, token = NULL, again = NULL, again_due = NULL,
    error = :error
WHERE number = :number
"""
_REVIVE = """
UPDATE keys SET dead = NULL, due = :now, marked = :now, attempts = 0, vanished = 0, error = ''
WHERE installation = :installation AND kind = :kind AND subject = :subject AND dead IS NOT NULL
"""


def mark(connection: sqlite3.Connection, marks: Iterable[Mark], now: float, longest: float) -> None:
    """Make keys dirty, or dirty again when their work ends."""
    for mark in marks:
        connection.execute(_MARK, (*mark.key, now, max(mark.delay, 0.0), longest, hints.encode(mark.hint)))


def lease(
    connection: sqlite3.Connection, kinds: Sequence[str], limit: int, now: float, until: float, besides: int | None
) -> list[Lease]:
    """Take the keys that have been due longest; a lease that ran out is due like any other."""
    due = [row for row in _due(connection, kinds, limit, now, besides) if not _buried(connection, row, now)]
    if not due:
        return []
    token = connection.execute("UPDATE counters SET value = value + 1 WHERE name = 'token' RETURNING value").fetchone()
    taken = []
    for number in batch(due, limit):
        row = connection.execute(_TAKE, {"number": number, "token": token[0], "until": until}).fetchone()
        installation, kind, subject, generation, fence, attempts, marked, expires, paths = row
        lease = Lease(Key(installation, kind, subject), generation, fence, attempts, marked, expires)
        taken.append(replace(lease, hints=(hints.decode(paths),)))
    return taken


def _due(
    connection: sqlite3.Connection, kinds: Sequence[str], limit: int, now: float, besides: int | None
) -> list[tuple[int, int]]:
    # One ordered walk along the index for each kind; `kind IN (...)` would sort every due key.
    each = (
        "SELECT * FROM (SELECT due, number, token, vanished FROM keys"
        " WHERE kind = ? AND due <= ? AND installation IS NOT ? ORDER BY due LIMIT ?)"
    )
    values = [value for kind in kinds for value in (kind, now, besides, limit)]
    query = " UNION ALL ".join([each] * len(kinds)) + " ORDER BY due, number LIMIT ?"
    rows = connection.execute(query, [*values, limit]).fetchall()
    return [(number, vanished + (token is not None)) for _, number, token, vanished in rows]


def _buried(connection: sqlite3.Connection, row: tuple[int, int], now: float) -> bool:
    number, vanished = row
    if vanished < VANISHED:
        return False
    connection.execute("UPDATE keys SET vanished = ? WHERE number = ?", (vanished, number))
    connection.execute(_BURY, {"number": number, "now": now, "error": LAST_WORDS.format(times=vanished)})
    return True


def renew(connection: sqlite3.Connection, leases: Sequence[Lease], until: float) -> list[Lease]:
    """Extend the leases that are still ours."""
    query = "UPDATE keys SET due = ? WHERE installation = ? AND kind = ? AND subject = ? AND token = ?"
    return [lease for lease in leases if connection.execute(query, (until, *lease.key, lease.token)).rowcount]


def finish(connection: sqlite3.Connection, leases: Sequence[Lease]) -> list[Lease]:
    """End work; a key marked since its lease began stays dirty. Answer those that were still ours."""
    return [lease for lease in leases if connection.execute(_FINISH, (*lease.key, lease.token)).rowcount]


def release(connection: sqlite3.Connection, leases: Sequence[Lease], now: float, delay: float) -> None:
    """Give keys back untried; with a delay, no mark brings them up earlier."""
    for lease in leases:
        held = {"due": now + delay, "held": now + delay if delay else 0.0, "token": lease.token}
        connection.execute(_RETURN, held | lease.key._asdict())


def retry(connection: sqlite3.Connection, lease: Lease, error: str, now: float, delay: float) -> None:
    """Give a key back after a failure, for at least the backoff; after the last try, set it aside."""
    values: dict[str, Any] = lease.key._asdict()
    values |= {"token": lease.token, "now": now, "tries": TRIES, "due": now + max(delay, backoff(lease))}
    values["error"] = error.encode(errors="replace").decode()[:ERROR_CHARACTERS]
    connection.execute(_FAIL, values)


def dead(connection: sqlite3.Connection) -> list[DeadKey]:
    """List what was set aside, oldest first."""
    rows = connection.execute(
        "SELECT installation, kind, subject, max(attempts, vanished), error, dead FROM keys"
        " WHERE dead IS NOT NULL ORDER BY dead, number"
    )
    return [DeadKey(Key(*row[:3]), *row[3:]) for row in rows]


def revive(connection: sqlite3.Connection, key: Key, now: float) -> bool:
    """Bring a dead key back at once; False when it is not dead."""
    return connection.execute(_REVIVE, key._asdict() | {"now": now}).rowcount > 0


def next_due(connection: sqlite3.Connection, kinds: Sequence[str]) -> float | None:
    """Answer when the next key falls due, or the next lease runs out."""
    query = "SELECT min(due) FROM keys WHERE kind = ? AND due IS NOT NULL"
    found = [connection.execute(query, (kind,)).fetchone()[0] for kind in kinds]
    return min((due for due in found if due is not None), default=None)


def prune(connection: sqlite3.Connection, now: float) -> int:
    """Forget keys that have been clean for a month."""
    return connection.execute(
        "DELETE FROM keys WHERE due IS NULL AND dead IS NULL AND marked < ?", (now - KEEP_CLEAN_SECONDS,)
    ).rowcount


def counts(connection: sqlite3.Connection, now: float) -> dict[str, int]:
    """Count keys by state, and the seconds the oldest due key has waited."""
    dirty, leased, oldest = connection.execute(
        "SELECT count(*) FILTER (WHERE token IS NULL), count(token), min(due) FILTER (WHERE token IS NULL)"
        " FROM keys WHERE due IS NOT NULL"
    ).fetchone()
    dead = connection.execute("SELECT count(*) FROM keys WHERE dead IS NOT NULL").fetchone()[0]
    return {"dirty": dirty, "leased": leased, "dead": dead, "overdue_seconds": int(max(0.0, now - (oldest or now)))}
