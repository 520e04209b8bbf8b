"""The application on a real queue, and two ways to reach it: in this process, or as real processes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from waypost.config import Config
from waypost.queue.sqlite import SqliteQueue
from waypost.server import create_app

from .deliveries import OLD_SECRET, PUSH, SECRET, headers
from .process import Server


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


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path).start()
    yield server
    if server.process.poll() is None:
        server.kill()
