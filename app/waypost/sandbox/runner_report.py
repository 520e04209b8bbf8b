"""What act says, line by line, becomes the jobs, steps, annotations and log of a run. Starts and stops nothing."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import IO, Any

from waypost.sandbox.box import box
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json
from waypost.sandbox.workflow_files import text_of
from waypost.sandbox.workflow_runs import annotation, finish, finish_job, jobs_of, start_job

_LEVELS = {"error": "failure", "warning": "warning", "notice": "notice"}
_MOST_NOTES = 50  # of one job
_MOST_LOG = 8 * 1024 * 1024
_QUIET = ("LocalRepositoryCache", "GoGitActionCache")
_CONTINUES, _NO_RUNNER = "Failed but continue next step", "Skipping unsupported platform"
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_WRITTEN = ("msg", "arg", "step", "content")  # by people, in one line of act's
_WORST = ("failure", "cancelled", "success")


class Report:
    """The state of one run while a runner has it. Secrets never get past it."""

    def __init__(self, repository: Record, run: Record, secrets: Iterable[str], log: IO[str]) -> None:
        self._repository, self._run, self._log = repository, run, log
        parts = {line for secret in secrets for line in [secret, *secret.splitlines()] if line.strip()}
        self._secrets = sorted(parts, key=len, reverse=True)
        self._steps: dict[int, list[Json]] = defaultdict(list)
        self._notes: dict[int, list[Json]] = defaultdict(list)
        self._results: dict[int, list[str]] = defaultdict(list)
        self._forgiven: set[tuple[int, str]] = set()
        self._written = 0
        self._last_words = ""

    def line(self, raw: bytes) -> None:
        """Take in one line of act's JSON; anything else only goes into the log."""
        text = raw.decode("utf-8", "replace").rstrip("\n")
        try:
            told = json.loads(text)
        except ValueError:
            told = None
        told = self._masked(told if isinstance(told, dict) else {"msg": text})
        message = str(told.get("msg", "")).strip("\n")
        with box().store.lock:
            job = self._job(told) if "jobID" in told else None
            if job is not None and is_current(self._run):
                self._take_in(job, told, message)
                box().store.commit()
        self._write(job, message)

    def end(self, code: int, reason: str = "") -> None:
        """Close what is left: by act's exit code, or for the reason that it was taken away."""
        with box().store.lock:
            if not is_current(self._run):
                return
            unfinished = [job for job in jobs_of(self._run) if job["status"] != "completed"]
            for job in unfinished:
                if self._results[job["id"]]:  # it stood for several
                    self._finish(job, min(self._results[job["id"]], key=_WORST.index))
            results = {one for held in self._results.values() for one in held}
            has_failed = bool(reason) or code != 0 or "failure" in results
            if has_failed and "failure" not in results and unfinished:
                self._notes[unfinished[0]["id"]].append(
                    annotation(reason or self._last_words or f"act ended with {code}")
                )
                self._finish(unfinished[0], "failure")
            conclusion = "failure" if has_failed else "success" if results else "skipped"
            finish(self._repository, self._run, conclusion)
            box().store.commit()
        self._write(None, reason)

    def _job(self, told: Mapping[str, Any]) -> Record | None:
        """Find the job that a line is about; jobs of a called workflow belong to the one that calls."""
        jobs, matrix = jobs_of(self._run), {name: text_of(value) for name, value in (told.get("matrix") or {}).items()}
        caller, *inner = str(told.get("job", "")).split("/")
        for job in jobs:
            if len(inner) > 1 and job["is_call"] and caller.strip() in (job["job_id"], job["name"]):
                return job
        same = [job for job in jobs if job["job_id"] == told["jobID"]]
        return next((job for job in same if job["matrix"] == matrix), same[0] if same else None)

    def _take_in(self, job: Record, told: Mapping[str, Any], message: str) -> None:
        number, step_id = job["id"], told.get("stepID") or told.get("stepid") or []
        if job["status"] == "queued":
            job = start_job(job)
        if message == _CONTINUES and step_id:
            self._forgiven.add((number, step_id[0]))
        if told.get("command") in _LEVELS:
            self._note(number, str(told.get("arg", "")), _LEVELS[told["command"]], told["kvPairs"])
        elif told.get("level") == "error":
            self._note(number, message, "failure", {})
        self._keep(job, told, step_id)
        if "stepResult" in told and len(step_id) == 1 and told.get("stage", "Main") == "Main":
            self._step(number, told, step_id[0])
        if _NO_RUNNER in message:
            labels = ", ".join(job["labels"])
            self._note(number, f"no runner of the sandbox has the label {labels}; it has ubuntu's", "failure", {})
            self._done(job, "failure")
        elif "jobResult" in told:
            self._done(job, str(told["jobResult"]))

    def _keep(self, job: Record, told: Mapping[str, Any], step_id: list[str]) -> None:
        """Keep the summary and the outputs of steps beside the job."""
        if told.get("command") == "summary":
            box().store.change("workflow_job", job["id"], summary=job.get("summary", "") + str(told.get("content", "")))
        elif told.get("command") == "set-output":
            name = ".".join([*step_id, str(told.get("name"))])
            outputs = {**job.get("outputs", {}), name: str(told.get("arg", ""))}
            box().store.change("workflow_job", job["id"], outputs=outputs)

    def _note(self, number: int, message: str, level: str, about: Mapping[str, str]) -> None:
        line = about.get("line", "1")
        path, place = about.get("file", ".github"), int(line) if line.isdecimal() else 1
        note = annotation(message, path, place, level, about.get("title", ""))
        if note not in self._notes[number] and len(self._notes[number]) < _MOST_NOTES:
            self._notes[number].append(note)

    def _step(self, number: int, told: Mapping[str, Any], step_id: str) -> None:
        steps, result = self._steps[number], str(told["stepResult"])
        if (number, step_id) in self._forgiven:
            result = "success"
        name = next(iter(str(told.get("step", "")).strip().splitlines()), "")[:200]
        at = {"started_at": box().clock.stamp(), "completed_at": box().clock.stamp()}
        steps.append({"name": name, "status": "completed", "conclusion": result, "number": len(steps) + 1, **at})
        box().store.change("workflow_job", number, steps=list(steps))

    def _done(self, job: Record, result: str) -> None:
        """Close a job, unless it stands for several: then the end of the run closes it."""
        self._results[job["id"]].append(result if result in _WORST else "failure")
        if job["status"] != "completed" and not job["is_open"]:
            self._finish(job, self._results[job["id"]][-1])

    def _finish(self, job: Record, conclusion: str) -> None:
        finish_job(self._repository, job, conclusion, self._steps[job["id"]], self._notes[job["id"]])

    def _masked(self, told: dict[str, Any]) -> dict[str, Any]:
        """Take secrets out of everything that people wrote; act does so in messages only."""
        own: dict[str, Any] = {name: self._without(told[name]) for name in _WRITTEN if name in told}
        pairs = {name: self._without(value) for name, value in (told.get("kvPairs") or {}).items()}
        return {**told, **own, "kvPairs": pairs}

    def _without(self, value: object) -> str:
        text = _COLOUR.sub("", str(value))
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def _write(self, job: Record | None, message: str) -> None:
        if not message or message.startswith(_QUIET):
            return
        if job is None and message.startswith("Error: "):
            self._last_words = message.removeprefix("Error: ")
        mark = f"[{job['name']}] " if job is not None else ""
        text = "".join(f"{mark}{line}\n" for line in message.splitlines())
        if self._written < _MOST_LOG:
            self._log.write(text[: _MOST_LOG - self._written])
            self._log.flush()
        self._written += len(text)


def is_current(run: Record) -> bool:
    """Tell whether the run is still the one that the runner took: not cancelled, not begun anew, not deleted."""
    found = box().store.get("workflow_run", run["id"])
    return (
        found is not None
        and found["status"] != "completed"
        and found["run_attempt"] == run["run_attempt"]
        and box().store.get("repository", run["repository_id"]) is not None
    )
