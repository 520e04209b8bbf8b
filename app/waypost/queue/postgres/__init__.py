"""The queue on PostgreSQL, for more than one machine. Needs `pip install waypost[postgres]`."""

from __future__ import annotations

from waypost.queue.postgres.queue import PostgresQueue

__all__ = ["PostgresQueue"]
