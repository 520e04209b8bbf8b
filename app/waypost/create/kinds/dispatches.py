"""Workflows that are started once. A dispatch carries no mark: it is written down before and after (see `ledger`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from waypost.create.kinds.paths import of, part
from waypost.create.ledger import Entry, Ledger, ledger
from waypost.create.run import OUTAGE_WAITS, Run
from waypost.forge.creating import Write
from waypost.golden.effects import Dispatched

Outputs = Mapping[str, Any]


def dispatch(run: Run, effect: Dispatched, key: str) -> Outputs:
    words = describe_dispatch(effect)
    record = _record(run)
    entry = record.entry(key) if record else None
    is_new = entry is None
    if record is not None and entry is None:
        entry = record.intend(key, words)
    begun = None if is_new or entry is None else _run_since(run, effect, entry)
    if begun is None and (entry is None or not entry.is_done):
        body = {"ref": effect.ref, **({"inputs": dict(effect.inputs)} if effect.inputs else {})}
        path = f"{of(effect)}/actions/workflows/{part(effect.workflow)}/dispatches"
        run.write(Write("POST", path, words, body))
        begun = _run_since(run, effect, entry) if entry is not None else None
    if record is not None and entry is not None and not entry.is_done:
        record.finish(key, words)
    return _outputs_of_run(begun)


def _outputs_of_run(begun: Mapping[str, Any] | None) -> Outputs:
    if begun is None:
        return {}
    return {"workflowRunId": begun["id"], "workflowRunUrl": begun["url"], "workflowRunHtmlUrl": begun["html_url"]}


def _record(run: Run) -> Ledger | None:
    """The ledger on the first commit that this request made; None when it makes no repository."""
    for name, commit in run.first_commits.items():
        return ledger(run, run.places[name].full_name, commit)
    return None


def _run_since(run: Run, effect: Dispatched, entry: Entry) -> Mapping[str, Any] | None:
    """Return the run of a dispatch that was intended then, if it took place: it shows, perhaps a little late."""
    asked = urlencode({"event": "workflow_dispatch", "per_page": 100})
    path = f"{of(effect)}/actions/workflows/{part(effect.workflow)}/runs?{asked}"
    for wait in (0.0, *OUTAGE_WAITS):
        run.sleep(wait)
        found = run.workshop.look(path, f"looking for runs of {effect.workflow}")
        since = [one for one in (found or {}).get("workflow_runs", ()) if one["created_at"] >= entry.since]
        if since:
            oldest: Mapping[str, Any] = since[-1]
            return oldest
    return None


def describe_dispatch(effect: Dispatched) -> str:
    return f"start the workflow {effect.workflow} of {effect.repository}"
