"""The life of a dirty key on PostgreSQL: a row that is locked first, and its jobs. Opens no transaction.

Rows are locked in the order of their names, so that no two transactions wait for each other. What follows a lock is
another statement: it sees what the one we waited for has written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from psycopg import Connection

from waypost.queue import hints
from waypost.queue.backoff import backoff
from waypost.queue.keys import ERROR_CHARACTERS, KEEP_CLEAN_SECONDS
from waypost.queue.postgres import jobs
from waypost.queue.postgres.connections import one_row
from waypost.queue.protocol import TRIES, DeadKey, Key, Lease
from waypost.queue.suspects import LAST_WORDS, VANISHED, batch

_WAITING = """
SELECT key.lock, extract(epoch FROM job.scheduled_at)::float8, key.vanished
FROM procrastinate_jobs AS job JOIN waypost_keys AS key ON key.lock = job.queueing_lock
WHERE job.queue_name = %s AND job.status = 'todo' AND job.scheduled_at <= to_timestamp(%s) AND key.token IS NULL
    AND key.installation IS DISTINCT FROM %s
ORDER BY job.scheduled_at, job.id LIMIT %s FOR UPDATE OF key SKIP LOCKED
"""
_STALLED = """
SELECT lock, expires, vanished + 1 FROM waypost_keys
WHERE kind = %s AND token IS NOT NULL AND expires <= %s AND installation IS DISTINCT FROM %s
ORDER BY expires LIMIT %s FOR UPDATE SKIP LOCKED
"""
_TAKE = """
UPDATE waypost_keys SET token = %(token)s, expires = %(until)s, held = 0, again = NULL, hints = '',
    vanished = vanished + (token IS NOT NULL)::int, leased_hints = UNITED
WHERE lock = ANY(%(locks)s)
RETURNING lock, installation, kind, subject, generation, token, attempts, marked, expires, leased_hints
""".replace("UNITED", hints.united("leased_hints", "hints", find="strpos"))
_HELD = """
SELECT lock, token, again FROM waypost_keys WHERE lock = ANY(%s) ORDER BY lock COLLATE "C" FOR UPDATE
"""
_FINISH = """
UPDATE waypost_keys SET token = NULL, expires = NULL, marked = coalesce(again, marked), again = NULL,
    attempts = 0, vanished = 0, error = '', leased_hints = ''
WHERE lock = ANY(%s)
"""
_RETURN = """
UPDATE waypost_keys SET token = NULL, expires = NULL, held = %s, again = NULL, vanished = 0 WHERE lock = ANY(%s)
"""
_FAIL = """
UPDATE waypost_keys SET token = NULL, expires = NULL, again = NULL, vanished = 0,
    error = %(error)s, attempts = %(attempts)s, held = %(held)s, dead = %(dead)s
WHERE lock = %(lock)s
"""
_BURY = """
UPDATE waypost_keys SET token = NULL, expires = NULL, again = NULL, held = 0, dead = %s, vanished = %s, error = %s
WHERE lock = %s
"""
_REVIVE = """
UPDATE waypost_keys SET dead = NULL, marked = %s, attempts = 0, vanished = 0, error = ''
WHERE lock = %s AND dead IS NOT NULL
"""
_DEAD = """
SELECT installation, kind, subject, greatest(attempts, vanished), error, dead FROM waypost_keys
WHERE dead IS NOT NULL ORDER BY dead, lock
"""
_NEXT = """
SELECT least(
    (SELECT extract(epoch FROM job.scheduled_at)::float8
        FROM procrastinate_jobs AS job JOIN waypost_keys AS key ON key.lock = job.queueing_lock
        WHERE job.queue_name = asked.kind AND job.status = 'todo' AND key.token IS NULL
        ORDER BY job.scheduled_at LIMIT 1),
    (SELECT min(expires) FROM waypost_keys AS key WHERE key.kind = asked.kind AND token IS NOT NULL))
FROM unnest(%s::text[]) AS asked (kind) ORDER BY 1 LIMIT 1
"""
# A key that was marked meanwhile has a newer `marked`, so a row that somebody holds now is never forgotten.
_PRUNE = """
DELETE FROM waypost_keys AS key WHERE marked < %s AND token IS NULL AND dead IS NULL
    AND NOT EXISTS (SELECT FROM procrastinate_jobs WHERE queueing_lock = key.lock AND status = 'todo')
"""
_COUNTS = """
SELECT (SELECT count(*) FROM waypost_keys WHERE token IS NOT NULL),
    (SELECT count(*) FROM waypost_keys WHERE dead IS NOT NULL), count(*),
    min(extract(epoch FROM job.scheduled_at)::float8)
FROM procrastinate_jobs AS job JOIN waypost_keys AS key ON key.lock = job.queueing_lock
WHERE job.status = 'todo' AND key.token IS NULL
"""


def lease(
    connection: Connection, kinds: Sequence[str], limit: int, now: float, until: float, besides: int | None
) -> list[Lease]:
    """Take the keys that have been due longest; a lease that ran out is due like any other."""
    stalled = {row[0]: row[1:] for kind in kinds for row in connection.execute(_STALLED, (kind, now, besides, limit))}
    waiting = {row[0]: row[1:] for kind in kinds for row in connection.execute(_WAITING, (kind, now, besides, limit))}
    due = []
    for lock, (_, vanished) in sorted((stalled | waiting).items(), key=lambda item: (item[1][0], item[0]))[:limit]:
        if vanished < VANISHED:
            due.append((lock, vanished))
        else:
            connection.execute(_BURY, (now, vanished, LAST_WORDS.format(times=vanished), lock))
            jobs.fail(connection, [lock])
    return _taken(connection, batch(due, limit), stalled.keys(), now, until) if due else []


def _taken(
    connection: Connection, chosen: Sequence[str], stalled: Collection[str], now: float, until: float
) -> list[Lease]:
    jobs.retry_stalled(connection, [lock for lock in chosen if lock in stalled], now)
    begun = jobs.take(connection, chosen)  # without those that another worker finished before we had the row
    (token,) = one_row(connection, "SELECT nextval('waypost_tokens')")
    rows = connection.execute(_TAKE, {"token": token, "until": until, "locks": list(begun)})
    leases = {
        lock: Lease(Key(*key), generation, fence, attempts, marked, expires, (hints.decode(paths),))
        for lock, *key, generation, fence, attempts, marked, expires, paths in rows
    }
    return [leases[lock] for lock in chosen if lock in leases]


def held(connection: Connection, leases: Sequence[Lease], also: Iterable[Key] = ()) -> dict[Lease, bool]:
    """Lock the keys of leases, and others; answer the leases that are still ours, and whether each was marked since."""
    locks = {str(lease.key) for lease in leases} | {str(key) for key in also}
    found = {lock: (token, again is not None) for lock, token, again in connection.execute(_HELD, (list(locks),))}
    now = {lease: found.get(str(lease.key)) for lease in leases}
    return {lease: state[1] for lease, state in now.items() if state and state[0] == lease.token}


def renew(connection: Connection, leases: Sequence[Lease], until: float) -> list[Lease]:
    """Extend the leases that are still ours."""
    ours = list(held(connection, leases))
    connection.execute("UPDATE waypost_keys SET expires = %s WHERE lock = ANY(%s)", (until, locks(ours)))
    return ours


def finish(connection: Connection, leases: Sequence[Lease], also: Iterable[Key]) -> list[Lease]:
    """End work; a key marked since its lease began stays dirty. Answer those that were still ours.

    What will be marked afterwards in the same transaction is locked along: one order for all.
    """
    ours = list(held(connection, leases, also))
    if ours:
        connection.execute(_FINISH, (locks(ours),))
        jobs.finish(connection, locks(ours))
    return ours


def locks(leases: Iterable[Lease]) -> list[str]:
    return [str(lease.key) for lease in leases]


def release(connection: Connection, leases: Sequence[Lease], now: float, delay: float) -> None:
    """Give keys back untried; with a delay, no mark brings them up earlier."""
    if ours := locks(held(connection, leases)):
        connection.execute(_RETURN, (now + delay if delay else 0.0, ours))
        jobs.give_back(connection, ours, now + delay)


def retry(connection: Connection, lease: Lease, error: str, now: float, delay: float) -> None:
    """Give a key back after a failure, for at least the backoff; after the last try, set it aside.

    A mark made during the last try is newer than what that try read: the key goes on, after the longest backoff.
    """
    is_marked = held(connection, [lease]).get(lease)
    if is_marked is None:
        return
    lock = str(lease.key)
    due = now + max(delay, backoff(lease))
    is_last = lease.attempts + 1 >= TRIES
    is_dead = is_last and not is_marked
    text = error.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")[:ERROR_CHARACTERS]
    values = {"lock": lock, "error": text, "held": 0.0 if is_dead else due, "dead": now if is_dead else None}
    values["attempts"] = 0 if is_last and is_marked else lease.attempts + 1
    connection.execute(_FAIL, values)
    if is_dead:
        jobs.fail(connection, [lock])
    else:
        jobs.give_back(connection, [lock], due)


def dead(connection: Connection) -> list[DeadKey]:
    """List what was set aside, oldest first."""
    return [DeadKey(Key(*row[:3]), *row[3:]) for row in connection.execute(_DEAD)]


def revive(connection: Connection, key: Key, now: float) -> bool:
    """Bring a dead key back at once; False when it is not dead."""
    if not connection.execute(_REVIVE, (now, str(key))).rowcount:
        return False
    jobs.revive(connection, str(key), now)
    return True


def next_due(connection: Connection, kinds: Sequence[str]) -> float | None:
    """Answer when the next key falls due, or the next lease runs out."""
    row = connection.execute(_NEXT, (list(kinds),)).fetchone()
    return row[0] if row else None


def prune(connection: Connection, now: float) -> int:
    """Forget keys that have been clean for a month."""
    return connection.execute(_PRUNE, (now - KEEP_CLEAN_SECONDS,)).rowcount


def counts(connection: Connection, now: float) -> dict[str, int]:
    """Count keys by state, and the seconds the oldest due key has waited."""
    leased, dead, dirty, oldest = one_row(connection, _COUNTS)
    return {"dirty": dirty, "leased": leased, "dead": dead, "overdue_seconds": int(max(0.0, now - (oldest or now)))}
