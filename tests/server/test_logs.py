"""Log lines are JSON objects, one a line, with the delivery they are about and without anything secret."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from waypost.logs import JsonLines
from waypost.server.processes import Lines


@pytest.fixture
def access(caplog, monkeypatch):
    monkeypatch.setattr("logging.config.dictConfig", lambda _configuration: None)
    lines = Lines(Config())
    caplog.set_level(logging.INFO)

    def access(path: str = "/webhooks", status: int = 202, **headers: str) -> list[dict]:
        environ = {"REQUEST_METHOD": "POST", "PATH_INFO": path, **headers}
        lines.access(SimpleNamespace(status_code=status), None, environ, timedelta(milliseconds=4.25))
        return [json.loads(JsonLines().format(record)) for record in caplog.records]

    return access


def test_request_is_one_line_with_its_delivery(access):
    (line,) = access(HTTP_X_GITHUB_DELIVERY="abc-1", HTTP_X_GITHUB_EVENT="push", HTTP_X_HUB_SIGNATURE_256="sha256=1")
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "logger": "gunicorn.access",
        "message": "POST /webhooks",
        "delivery": "abc-1",
        "event": "push",
        "status": 202,
        "ms": 4.2,
    }


def test_what_a_stranger_wrote_stays_on_one_short_line(access):
    (line,) = access(path="/x\n{" * 1000, HTTP_X_GITHUB_DELIVERY='a"\n\x1b[31m' * 1000)
    assert len(json.dumps(line)) < 1_000
    assert "\n" not in json.dumps(line)


def test_looks_at_our_health_are_not_told_unless_they_fail(access):
    assert access("/healthz", 200) == []
    assert len(access("/readyz", 503)) == 1


def test_traceback_goes_into_the_line():
    try:
        raise ValueError("boom")
    except ValueError as error:
        record = logging.LogRecord(
            "waypost", logging.ERROR, "", 0, "failed", None, (ValueError, error, error.__traceback__)
        )
    line = json.loads(JsonLines().format(record))
    assert "ValueError: boom" in line["error"]
