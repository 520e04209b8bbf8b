import json
import logging
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.app import create_app


@pytest.fixture
def client() -> TestClient:
    return TestClient(create_app())


def test_it_is_healthy(client: TestClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


def test_it_says_which_service_it_is(client: TestClient) -> None:
    assert client.get("/").json()["service"] == "${{ values.name }}"


def test_a_request_id_is_given_back(client: TestClient) -> None:
    response = client.get("/", headers={"x-request-id": "abc-123"})
    assert response.headers["x-request-id"] == "abc-123"


def test_a_malformed_request_id_is_replaced(client: TestClient) -> None:
    response = client.get("/", headers={"x-request-id": "a b" * 100})
    assert len(response.headers["x-request-id"]) == 32


def test_each_request_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "service.access"):
        client.get("/nowhere")
    assert [(vars(r)["path"], vars(r)["status"]) for r in caplog.records] == [("/nowhere", 404)]


def test_the_published_description_is_current() -> None:
    published = Path(__file__).parents[1] / "openapi.json"
    assert json.loads(published.read_text("utf-8")) == create_app().openapi(), (
        "run: PYTHONPATH=src python -m service.openapi > openapi.json"
    )
