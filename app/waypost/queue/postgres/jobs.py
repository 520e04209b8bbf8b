"""The jobs of procrastinate that stand for dirty keys. Whoever calls holds the locks of the keys' rows.

A job is `todo` while its key waits and `doing` under a lease; lock and queueing lock are the key. So the unique indexes
of procrastinate allow one of each, and a key that is marked during the work has both. Jobs are made, ended, given back,
cancelled and revived by procrastinate's functions. Three things those cannot do, and are ours: move a waiting job
(debounce); take many jobs, or chosen ones, longest due first (`fetch_job` takes one, by priority and number); and tell
a stalled job by its own lease (procrastinate asks when its worker was last heard of, but a worker may be well and hold
one key too long). A job's `attempts` count every return, so failures are counted beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import Connection

TASK = "waypost"

# A wait that has ended is never prolonged, or a busy repository would be pushed back for ever.
_MOVE = """
UPDATE procrastinate_jobs AS job SET scheduled_at = to_timestamp(new.due)
FROM (SELECT key.lock, greatest(key.held, least(%(now)s + mark.delay, %(longest)s
            + CASE WHEN key.token IS NULL THEN key.marked ELSE key.again END)) AS due
    FROM unnest(%(locks)s::text[], %(delays)s::float8[]) AS mark (lock, delay)
    JOIN waypost_keys AS key ON key.lock = mark.lock) AS new
WHERE job.queueing_lock = new.lock AND job.status = 'todo'
    AND job.scheduled_at > to_timestamp(%(now)s) AND job.scheduled_at <> to_timestamp(new.due)
"""
_DEFER = f"""
SELECT procrastinate_defer_jobs_v1(array_agg(ROW(
    key.kind, '{TASK}', 0, key.lock, key.lock,
    jsonb_build_object('installation', key.installation, 'kind', key.kind, 'subject', key.subject),
    to_timestamp(%(now)s + least(mark.delay, %(longest)s)))::procrastinate_job_to_defer_v1))
FROM unnest(%(locks)s::text[], %(delays)s::float8[]) AS mark (lock, delay)
JOIN waypost_keys AS key ON key.lock = mark.lock
WHERE NOT EXISTS (SELECT FROM procrastinate_jobs WHERE queueing_lock = mark.lock AND status = 'todo')
"""  # noqa: S608 a constant
_REVIVE = """
SELECT procrastinate_retry_job_v2(job.id, to_timestamp(%(now)s + least(mark.delay, %(longest)s)), NULL, NULL, NULL)
FROM unnest(%(locks)s::text[], %(delays)s::float8[]) AS mark (lock, delay)
JOIN procrastinate_jobs AS job ON job.lock = mark.lock AND job.status = 'failed'
"""
_TAKE = """
UPDATE procrastinate_jobs SET status = 'doing' WHERE queueing_lock = ANY(%s) AND status = 'todo' RETURNING lock
"""
_CANCEL = """
SELECT procrastinate_cancel_job_v1(id, false, true) FROM procrastinate_jobs
WHERE queueing_lock = ANY(%s) AND status = 'todo'
"""
_RETRY = """
SELECT procrastinate_retry_job_v2(id, to_timestamp(%s), NULL, NULL, NULL) FROM procrastinate_jobs
WHERE lock = ANY(%s) AND status = 'doing'
"""
_FINISH = """
SELECT procrastinate_finish_job_v1(id, 'succeeded', true) FROM procrastinate_jobs
WHERE lock = ANY(%s) AND status = 'doing'
"""
_FAIL = """
SELECT procrastinate_finish_job_v1(id, 'failed', false) FROM procrastinate_jobs
WHERE lock = ANY(%s) AND status = 'doing'
"""
_PUT_OFF = """
UPDATE procrastinate_jobs SET scheduled_at = to_timestamp(%s)
WHERE queueing_lock = ANY(%s) AND status = 'todo' RETURNING lock
"""


def move(connection: Connection, locks: Sequence[str], delays: Sequence[float], now: float, longest: float) -> None:
    """Let waiting jobs wait anew, at most `longest` from their first mark."""
    connection.execute(_MOVE, {"locks": locks, "delays": delays, "now": now, "longest": longest})


def defer(connection: Connection, locks: Sequence[str], delays: Sequence[float], now: float, longest: float) -> None:
    """Make every key have a waiting job: the failed one of a dead key, or a new one."""
    values = {"locks": locks, "delays": delays, "now": now, "longest": longest}
    connection.execute(_REVIVE, values)
    connection.execute(_DEFER, values)


def revive(connection: Connection, lock: str, now: float) -> None:
    """Let the failed job of a dead key wait again, due at once."""
    connection.execute(_REVIVE, {"locks": [lock], "delays": [0.0], "now": now, "longest": 0.0})


def take(connection: Connection, locks: Sequence[str]) -> set[str]:
    """Begin the waiting jobs of these keys; answer which there were."""
    return {row[0] for row in connection.execute(_TAKE, (locks,))}


def retry_stalled(connection: Connection, locks: Sequence[str], now: float) -> None:
    """Give back jobs whose lease ran out; what was marked since is part of the same work now."""
    connection.execute(_CANCEL, (locks,))
    connection.execute(_RETRY, (now, locks))


def give_back(connection: Connection, locks: Sequence[str], due: float) -> None:
    """Let keys wait until `due`: with the job that was begun, or with the one that was marked meanwhile."""
    marked = {row[0] for row in connection.execute(_PUT_OFF, (due, locks))}
    connection.execute(_FINISH, (sorted(marked),))
    connection.execute(_RETRY, (due, [lock for lock in locks if lock not in marked]))


def finish(connection: Connection, locks: Sequence[str]) -> None:
    """End and remove begun jobs; one that was marked meanwhile stays."""
    connection.execute(_FINISH, (locks,))


def fail(connection: Connection, locks: Sequence[str]) -> None:
    """Set begun jobs aside; nothing waits for these keys any more."""
    connection.execute(_CANCEL, (locks,))
    connection.execute(_FAIL, (locks,))
