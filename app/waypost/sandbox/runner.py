"""The sandbox's runner: a thread that takes queued runs one at a time and lets act really run their jobs.

It reads what must be run from the records and writes what became of it there (runner_report.py); a run that a rule
decides (run_control.py) is not its business. The environments' gates of a workflow are not kept.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path

from flask import Flask

from waypost.sandbox import runner_act, workflow_runs
from waypost.sandbox.actions_app import mint_token, revoke_token
from waypost.sandbox.box import Box, box, full_name
from waypost.sandbox.deliveries import unpacked
from waypost.sandbox.places import in_force
from waypost.sandbox.run_control import log_of
from waypost.sandbox.runner_act import Order, RunnerFailed
from waypost.sandbox.runner_report import Report, is_current
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json

RUNNERS = ("none", "act")
_LOG = logging.getLogger(__name__)


class Runner:
    """The thread, and the event that wakes it."""

    def __init__(self, app: Flask, act: Path) -> None:
        self._app, self._act = app, act
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="runner", daemon=True)

    def start(self) -> None:
        """Begin, also with what a process that was killed left."""
        with self._app.app_context():
            shutil.rmtree(box().root / "runner", ignore_errors=True)
            with box().store.lock:
                _queue_again(box())
                box().store.commit()
        workflow_runs.WAKERS[:] = [self._wake.set]
        self._wake.set()
        self._thread.start()

    def stop(self) -> None:
        """End the run that goes on, and the thread. A run that was stopped is queued again at the next start."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(15)

    def _work(self) -> None:
        while not self._stopping.is_set():
            with self._app.app_context():
                taken = _take(box())
                if taken is not None:
                    self._run(*taken)
            if taken is None:
                self._wake.wait()
                self._wake.clear()

    def _run(self, repository: Record, run: Record) -> None:
        folder = box().root / "runner" / str(run["id"])
        log = log_of(box().root, run)
        log.parent.mkdir(exist_ok=True)
        with box().store.lock:
            payload = unpacked(run["packed"])
            is_foreign = _is_of_a_fork(json.loads(payload))
            token = mint_token(repository, run.get("permissions"), is_read_only=is_foreign)
            held = {} if is_foreign else in_force("secret", repository, run)
            order = _order(box(), repository, run, payload, {**held, "GITHUB_TOKEN": token})
            box().store.commit()
        try:
            folder.mkdir(parents=True)
            with log.open("w", encoding="utf-8") as file:
                self._give_to_act(order, folder, Report(repository, run, order.secrets.values(), file), run)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            with box().store.lock:
                revoke_token(token)
                box().store.commit()

    def _give_to_act(self, order: Order, folder: Path, report: Report, run: Record) -> None:
        mark = f"waypost-{secrets.token_hex(8)}"
        try:
            command = runner_act.prepare(self._act, order, folder)
            environment = runner_act.environment(order, folder, mark)
            code = runner_act.execute(
                command, environment, folder / "checkout", report.line, lambda: self._is_wanted(run)
            )
        except RunnerFailed as error:
            if not self._stopping.is_set():
                report.end(1, str(error))
        except Exception as error:
            # the thread must outlive whatever one run brings, or nothing would ever be run again
            _LOG.exception("run %s", run["id"])
            report.end(1, f"the sandbox's runner failed: {error}")
        else:
            report.end(code)

    def _is_wanted(self, run: Record) -> bool:
        if self._stopping.is_set():
            return False
        with self._app.app_context(), box().store.lock:
            return is_current(run)


def _take(sandbox: Box) -> tuple[Record, Record] | None:
    """Start the oldest run that waits for a runner."""
    with sandbox.store.lock:
        for run in sandbox.store.where("workflow_run", status="queued"):
            repository = sandbox.store.get("repository", run["repository_id"])
            if repository is not None and not run.get("promised"):
                taken = repository, workflow_runs.start(repository, run)
                sandbox.store.commit()
                return taken
    return None


def _queue_again(sandbox: Box) -> None:
    for run in sandbox.store.where("workflow_run", status="in_progress"):
        if not run.get("promised"):
            sandbox.store.change("workflow_run", run["id"], status="queued")
            for job in workflow_runs.jobs_of(run):
                if job["status"] == "in_progress":
                    sandbox.store.change("workflow_job", job["id"], status="queued")


def _is_of_a_fork(payload: Json) -> bool:
    """Tell whether a pull request brings somebody else's code: its jobs get no secrets and a token that only reads."""
    pull = payload.get("pull_request")
    return pull is not None and (pull["head"]["repo"] or {}).get("id") != pull["base"]["repo"]["id"]


def _order(sandbox: Box, repository: Record, run: Record, payload: str, held: Mapping[str, str]) -> Order:
    store = sandbox.store
    labels = {label for job in workflow_runs.jobs_of(run) for label in job["labels"] if label.startswith("ubuntu")}
    return Order(
        event=run["event"],
        path=run["path"],
        git=sandbox.git.path(repository["id"]),
        ref=run["ref"],
        sha=run["head_sha"],
        full_name=full_name(repository),
        actor=store.must("account", run["triggering_actor_id"])["login"],
        url=sandbox.url,
        labels=frozenset(labels | {"ubuntu-latest"}),
        payload=payload,
        secrets=held,
        variables=in_force("variable", repository, run),
        context={
            "GITHUB_RUN_ID": str(run["id"]),
            "GITHUB_RUN_NUMBER": str(run["run_number"]),
            "GITHUB_RUN_ATTEMPT": str(run["run_attempt"]),
        },
        artifacts=sandbox.root / "artifacts" / str(run["id"]),
        tool_cache=Path(os.environ.get("WAYPOST_SANDBOX_TOOL_CACHE") or sandbox.root / "tool-cache"),
    )
