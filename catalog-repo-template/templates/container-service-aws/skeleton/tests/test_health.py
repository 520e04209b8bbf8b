from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from service.health import is_healthy


class Answer(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Refusal(Answer):
    status = 503


def serve(handler: type[Answer]) -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def well() -> Iterator[int]:
    yield from serve(Answer)


@pytest.fixture
def ill() -> Iterator[int]:
    yield from serve(Refusal)


def test_a_good_answer_is_healthy(well: int) -> None:
    assert is_healthy(well)


def test_a_bad_answer_is_not(ill: int) -> None:
    assert not is_healthy(ill)


def test_silence_is_not() -> None:
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        port = server.server_port
    assert not is_healthy(port)
