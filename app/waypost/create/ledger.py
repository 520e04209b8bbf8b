"""What was done that cannot be read back, written on a repository's first commit: intention before, result after.

An App writes check runs; whose token is no App's may only write commit statuses. Both carry the request and the key of
the effect, and GitHub's own time of the intention.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from waypost.create.kinds.paths import at
from waypost.create.run import Run
from waypost.forge.creating import Write

NAME = "Waypost"


class Entry(NamedTuple):
    """One effect: since when it was intended (GitHub's time), and whether it is known to be done."""

    since: str
    is_done: bool


class Ledger(Protocol):
    """The record of one request on one commit."""

    def entry(self, key: str) -> Entry | None: ...

    def intend(self, key: str, words: str) -> Entry:
        """Write down what will be done; words are for people."""

    def finish(self, key: str, words: str) -> None: ...


def ledger(run: Run, full_name: str, commit: str) -> Ledger:
    """Return the record on a first commit, in the form that our token may write."""
    place = at(full_name)
    return CheckLedger(run, place, commit) if run.workshop.me().is_app else StatusLedger(run, place, commit)


class CheckLedger:
    """https://docs.github.com/en/rest/checks/runs"""

    def __init__(self, run: Run, place: str, commit: str) -> None:
        self._run, self._place, self._commit = run, place, commit

    def entry(self, key: str) -> Entry | None:
        found = self._found(key)
        return None if found is None else Entry(str(found["started_at"]), found["status"] == "completed")

    def intend(self, key: str, words: str) -> Entry:
        body = {
            "name": NAME,
            "head_sha": self._commit,
            "external_id": self._id(key),
            "status": "in_progress",
            "output": {"title": "Creating", "summary": f"About to {words}."},
        }
        path = f"{self._place}/check-runs"
        made = self._run.workshop.write(Write("POST", path, f"write down: {words}", body))
        return Entry(str(made["started_at"]), False)

    def finish(self, key: str, words: str) -> None:
        found = self._found(key)
        if found is None:
            return
        body = {
            "status": "completed",
            "conclusion": "success",
            "output": {"title": "Created", "summary": f"Waypost did this once: {words}."},
        }
        path = f"{self._place}/check-runs/{found['id']}"
        self._run.workshop.write(Write("PATCH", path, f"write down that it is done: {words}", body))

    def _found(self, key: str) -> Mapping[str, Any] | None:
        path = f"{self._place}/commits/{self._commit}/check-runs?check_name={NAME}&filter=all&per_page=100"
        listed = self._run.workshop.listing(path, "looking at what was done already", "check_runs")
        return next((one for one in listed if one.get("external_id") == self._id(key)), None)

    def _id(self, key: str) -> str:
        return f"{self._run.request} {key}"


class StatusLedger:
    """https://docs.github.com/en/rest/commits/statuses"""

    def __init__(self, run: Run, place: str, commit: str) -> None:
        self._run, self._place, self._commit = run, place, commit

    def entry(self, key: str) -> Entry | None:
        path = f"{self._place}/commits/{self._commit}/statuses?per_page=100"
        listed = self._run.workshop.listing(path, "looking at what was done already")
        ours = [one for one in listed if one["context"] == self._context(key)]
        if not ours:
            return None
        return Entry(min(str(one["created_at"]) for one in ours), any(one["state"] == "success" for one in ours))

    def intend(self, key: str, words: str) -> Entry:
        made = self._write(key, "pending", f"About to {words}")
        return Entry(str(made["created_at"]), False)

    def finish(self, key: str, words: str) -> None:
        self._write(key, "success", f"Did this once: {words}")

    def _write(self, key: str, state: str, words: str) -> Mapping[str, Any]:
        body = {"state": state, "context": self._context(key), "description": words[:140]}
        made: Mapping[str, Any] = self._run.workshop.write(
            Write("POST", f"{self._place}/statuses/{self._commit}", f"write down: {words}", body)
        )
        return made

    def _context(self, key: str) -> str:
        return f"{NAME} {self._run.request} {key}"
