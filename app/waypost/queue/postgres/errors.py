"""What an error of PostgreSQL means for the caller: not now, a value that cannot be stored, or our own fault. Pure."""

from __future__ import annotations

import psycopg

from waypost.queue.protocol import QueueUnavailable

_LATER = "It will be tried again"
# By SQLSTATE, or the two characters of its class: https://www.postgresql.org/docs/current/errcodes-appendix.html
_ADVICE = {
    "08": f"See that it runs and can be reached. {_LATER}",
    "25006": "This server is a standby: name the primary in WAYPOST_DATABASE_URL",
    "40": _LATER,
    "42501": "Grant it: the user of WAYPOST_DATABASE_URL must own the database or be allowed to create in its schema",
    "42P01": "A table is gone. It is made anew at the next try, and a reconcile fills it",
    "42883": "A function is gone. Restore the database, or begin with an empty one: a reconcile fills it",
    "53100": "Free some space on its disk; nothing else is needed",
    "53": f"It has too little memory, disk or connections. {_LATER}",
    "55P03": f"Another transaction holds what is needed. {_LATER}",
    "57014": f"It took too long. {_LATER}",
    "57": f"It is being started or stopped. {_LATER}",
    "58": "Look at its log: its disk may be broken or full",
    "XX": "Look at its log: its files may be broken",
}
GONE = ("42P01", "42883", "42704")  # what migrations make was dropped by somebody


def meaning(error: psycopg.Error, place: str) -> Exception:
    """Turn an error of psycopg into QueueUnavailable or ValueError; one that is our own fault stays as it is."""
    code = error.sqlstate or ("08" if isinstance(error, psycopg.OperationalError) else "")
    text = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    if isinstance(error, psycopg.DataError) or code == "54000":
        return ValueError(f"PostgreSQL cannot hold a value: {text}")
    advice = _ADVICE.get(code) or _ADVICE.get(code[:2])
    if not error.sqlstate and "FATAL:" in text:  # refused while connecting: psycopg has the words, not the code
        advice = f"Mend WAYPOST_DATABASE_URL or what the server allows. {_LATER}"
    if advice is None:
        return QueueUnavailable(f"{place}: {text}. {_LATER}") if isinstance(error, psycopg.OperationalError) else error
    return QueueUnavailable(f"{place}: {text}. {advice}")


def is_lost(error: psycopg.Error) -> bool:
    """Say whether the connection ended under us: the server was restarted, or somebody in between closed it."""
    code = error.sqlstate or ""
    return isinstance(error, psycopg.OperationalError) and (not code or code.startswith(("08", "57P0")))


def is_collision(error: psycopg.Error) -> bool:
    """Say whether PostgreSQL chose this transaction to end a deadlock."""
    return (error.sqlstate or "").startswith("40")
