"""What can be seen on this machine: the secrets' file, the database, the worker, keys that were set aside."""

from __future__ import annotations

import stat
from collections.abc import Iterator

from waypost.queue.protocol import QueueUnavailable
from waypost.sync.doctor.finding import Finding, error, ok, warning
from waypost.sync.doctor.patient import Patient

WORKER_SECONDS = 120.0  # a worker asks for work several times a second


def signing(patient: Patient) -> Iterator[Finding]:
    config = patient.config
    if patient.as_app is None:
        yield ok("configuration", f"signs as a workflow does, at {config.api_url}: no App, no webhooks, no worker")
        return
    writer = f", writes as App {config.writer_app_id}" if config.writer_app_id else ""
    yield ok("configuration", f"signs as App {config.app_id}{writer} at {config.api_url}")
    if config.writer_app_id and config.writer_app_id == config.app_id:
        text = f"both Apps are number {config.app_id}"
        yield error("two Apps", text, "Set WAYPOST_WRITER_APP_ID to the other one, or leave it and its key out")
    if config.webhook_secrets:
        yield ok("webhook secret", "is set" + (", two while rotating" if len(config.webhook_secrets) > 1 else ""))
    else:
        text = "is not set: no delivery can be believed, and only /healthz and /setup answer"
        yield error("webhook secret", text, "Set WAYPOST_WEBHOOK_SECRET to the secret on the App's settings page")


def secrets_file(patient: Patient) -> Iterator[Finding]:
    path = patient.config.app_file
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return  # the environment holds everything
    if mode & 0o077:
        yield error("secrets", f"others can read {path}: its mode is {mode:04o}", f"chmod 600 {path}")
    else:
        yield ok("secrets", f"{path} is for its owner only")


def database(patient: Patient) -> Iterator[Finding]:
    if patient.as_app is None:
        return
    engine = "SQLite" if patient.config.database_path is not None else "PostgreSQL"
    try:
        if patient.queue is None:
            raise QueueUnavailable(f"the {engine} database cannot be opened")
        patient.queue.check()
    except QueueUnavailable as problem:
        fix = "Look at WAYPOST_DATABASE_URL, the disk, and who owns the file"
        yield error("database", str(problem), fix)
    else:
        yield ok("database", f"{engine}, can be written")


def worker(patient: Patient) -> Iterator[Finding]:
    if patient.as_app is None or patient.queue is None:
        return
    seen, fix = patient.queue.heartbeat(), "Start one: waypost worker"
    if seen is None:
        yield error("worker", "none has ever asked for work: nothing is read or published", fix)
    elif (age := patient.clock() - seen) > WORKER_SECONDS:
        yield error("worker", f"none has asked for work for {duration(age)}", fix)
    else:
        yield ok("worker", f"asked for work {duration(max(0.0, age))} ago")


def set_aside(patient: Patient) -> Iterator[Finding]:
    if patient.as_app is None or patient.queue is None:
        return
    if dead := patient.queue.dead():
        keys = f"{len(dead)} key{'s were' if len(dead) > 1 else ' was'} set aside after too many failures"
        fix = "waypost dead says why; waypost dead revive KEY tries again"
        yield warning("keys", f"{keys}, first {dead[0].key}", fix)
    else:
        yield ok("keys", "none is set aside")


def duration(seconds: float) -> str:
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= 2 * size or size == 1:
            return f"{int(seconds // size)} {unit}s"
    raise AssertionError("a second is the least")
