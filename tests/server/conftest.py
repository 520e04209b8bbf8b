"""The application on a real queue, and two ways to reach it: in this process, or as real processes."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from waypost.config import Config
from waypost.queue.sqlite import SqliteQueue
from waypost.server import create_app

SECRET, OLD_SECRET = "it's a Secret to Everybody", "the one before"
PUSH = {
    "ref": "refs/heads/main",
    "repository": {"id": 42, "name": "payments", "owner": {"login": "acme"}, "default_branch": "main"},
    "installation": {"id": 7},
    "commits": [{"id": "a" * 40, "added": [], "removed": [], "modified": ["catalog-info.yaml"]}],
}


def signature(body: bytes, secret: str = SECRET, algorithm: str = "sha256") -> str:
    return f"{algorithm}=" + hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).hexdigest()


def headers(body: bytes, id: str = "72d3162e-cc78-11e3-81ab-4c9367dc0958", event: str = "push") -> dict[str, str]:
    return {
        "X-GitHub-Delivery": id,
        "X-GitHub-Event": event,
        "X-Hub-Signature-256": signature(body),
        "Content-Type": "application/json",
    }


class Hook:
    """Sends deliveries to the application in this process; a header given as None is left out."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def __call__(self, body: bytes | dict = PUSH, **changed: str | None) -> TestResponse:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in changed.items()}
        sent = {name: value for name, value in (headers(raw) | named).items() if value is not None}
        return self.client.post("/webhooks", data=raw, headers=sent)


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[SqliteQueue]:
    queue = SqliteQueue(tmp_path / "waypost.db", busy_seconds=0.1)
    yield queue
    queue.close()


@pytest.fixture
def client(queue: SqliteQueue) -> FlaskClient:
    return create_app(Config(webhook_secrets=(SECRET, OLD_SECRET)), queue).test_client()


@pytest.fixture
def hook(client: FlaskClient) -> Hook:
    return Hook(client)


class Server:
    """`waypost serve` as people start it."""

    def __init__(self, folder: Path, secret: str = SECRET, workers: int = 1) -> None:
        self.folder, self.workers = folder, workers
        self.database = folder / "waypost.db"
        self.environment = {
            "PATH": os.environ["PATH"],
            "WAYPOST_DATABASE_URL": f"sqlite:///{self.database}",
            "WAYPOST_WEBHOOK_SECRET": secret,
            "TMPDIR": str(folder),
        }
        self.log = folder / "server.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    def start(self) -> Server:
        command = [sys.executable, "-m", "waypost", "serve", "--bind", f"127.0.0.1:{self.port}"]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [*command, "--workers", str(self.workers)], env=self.environment, stderr=log, start_new_session=True
            )
        for _ in range(300):
            try:
                with self.connect() as connection:
                    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    if connection.recv(12) == b"HTTP/1.1 200":
                        return self
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        raise AssertionError(f"no answer from the server:\n{self.log.read_text()}")

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def kill(self) -> None:
        """Kill -9 the web process and its workers at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=40)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path).start()
    yield server
    if server.process.poll() is None:
        server.kill()
