"""`waypost serve` as real processes: large and lying bodies, several workers, stopping, starting wrongly."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time

import psutil
import pytest

from waypost.limits import WEBHOOK_BODY_BYTES
from waypost.queue.protocol import TRIES, Key, Mark
from waypost.queue.sqlite import SqliteQueue

from .deliveries import PUSH, SECRET, headers
from .process import PATIENCE_SECONDS, Server

pytestmark = pytest.mark.slow
BODY = json.dumps(PUSH).encode()


def request(body: bytes = BODY, framing: str | None = None, **changed: str) -> bytes:
    framing = f"Content-Length: {len(body)}" if framing is None else framing
    sent = headers(body) | {name.replace("_", "-"): value for name, value in changed.items()}
    lines = [
        "POST /webhooks HTTP/1.1",
        "Host: localhost",
        framing,
        *(f"{name}: {value}" for name, value in sent.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def answer(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (more := connection.recv(4096)):
        head += more
    return head


def status(answer: bytes) -> int:
    return int(answer.split()[1])


def waypost(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "waypost", *words]
    return subprocess.run(
        command,
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )


def chunks(total: int, piece: int = 65_536):
    for start in range(0, total, piece):
        size = min(piece, total - start)
        yield b"%x\r\n" % size + b"x" * size + b"\r\n"
    yield b"0\r\n\r\n"


def send_until_refused(connection: socket.socket, pieces) -> int:
    """Send as long as the server takes it; answer how many bytes that were."""
    sent = 0
    try:
        for piece in pieces:
            connection.sendall(piece)
            sent += len(piece)
    except OSError:
        pass  # refused: how far it came is the answer
    return sent


def test_announced_oversize_is_refused_without_reading_on(server):
    total = WEBHOOK_BODY_BYTES + 1
    with server.connect() as connection:
        connection.sendall(request(framing=f"Content-Length: {total}"))
        assert status(answer(connection)) == 413
        sent = send_until_refused(connection, (b"x" * 65_536 for _ in range(total // 65_536)))
    assert sent < WEBHOOK_BODY_BYTES / 2


def test_chunked_oversize_is_refused_at_the_limit_in_bounded_memory(server):
    with server.connect() as connection:
        connection.sendall(request(framing="Transfer-Encoding: chunked"))
        sent = send_until_refused(connection, chunks(4 * WEBHOOK_BODY_BYTES))
        assert status(answer(connection)) == 413
    assert sent < 2 * WEBHOOK_BODY_BYTES
    (worker,) = psutil.Process(server.process.pid).children()
    assert worker.memory_info().rss < 300 * 1024**2


def test_body_of_the_full_legal_size_is_taken_chunked_or_not(server):
    body = json.dumps(PUSH | {"fill": ""}).encode()
    body = body.replace(b'"fill": ""', b'"fill": "' + b"x" * (WEBHOOK_BODY_BYTES - len(body)) + b'"')
    assert len(body) == WEBHOOK_BODY_BYTES
    for number, framing in enumerate((None, "Transfer-Encoding: chunked")):
        with server.connect() as connection:
            connection.sendall(request(body, framing, X_GitHub_Delivery=f"large-{number}"))
            connection.sendall(b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n" if framing else body)
            assert status(answer(connection)) == 202
    assert SqliteQueue(server.database).delivery("large-1").body == body


def test_body_shorter_than_announced_is_never_accepted(server):
    with server.connect() as connection:
        connection.sendall(request(framing=f"Content-Length: {len(BODY) + 10}") + BODY)
        connection.shutdown(socket.SHUT_WR)
        assert answer(connection)[:12] in (b"HTTP/1.1 400", b"")
    assert SqliteQueue(server.database).counts()["deliveries"] == 0


def test_body_longer_than_announced_is_not_a_second_request(server):
    with server.connect() as connection:
        connection.sendall(request(framing=f"Content-Length: {len(BODY) - 1}") + BODY)
        assert status(answer(connection)) == 401


def test_two_lengths_or_length_and_chunks_are_refused(server):
    for framing in (
        f"Content-Length: 5\r\nContent-Length: {len(BODY)}",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
    ):
        with server.connect() as connection:
            connection.sendall(request(framing=framing) + b"5\r\nhello\r\n0\r\n\r\n")
            assert answer(connection)[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 401", b"")
    assert SqliteQueue(server.database).counts()["deliveries"] == 0


def test_delivery_in_slow_small_pieces_is_taken(server):
    whole = request() + BODY
    with server.connect() as connection:
        for start in range(0, len(whole), 100):
            connection.sendall(whole[start : start + 100])
            time.sleep(0.01)
        assert status(answer(connection)) == 202


def test_figures_of_several_processes_are_summed(tmp_path):
    server = Server(tmp_path, workers=2).start()
    try:
        for number in range(20):
            with server.connect() as connection:
                connection.sendall(request(X_GitHub_Delivery=f"g-{number}") + BODY)
                assert status(answer(connection)) == 202
        with server.connect() as connection:
            connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            text = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()
        assert 'waypost_deliveries_total{event="push",status="202"} 20.0' in text
        assert "waypost_queue_deliveries 20.0" in text
    finally:
        assert server.stop() == 0


def test_stopping_lets_a_request_end_and_leaves_nothing_behind(server):
    with server.connect() as connection:
        connection.sendall(request(Expect="100-continue"))
        assert status(answer(connection)) == 100  # a thread has taken the request
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        server.until_said("Handling signal: term")
        connection.sendall(BODY)
        assert status(answer(connection)) == 202
    stopping.join()
    assert server.process.returncode == 0
    assert list(server.folder.glob("waypost-metrics-*")) == []
    assert SqliteQueue(server.database).counts()["deliveries"] == 1


def test_log_has_the_delivery_and_no_secret(server):
    with server.connect() as connection:
        connection.sendall(request() + BODY)
        answer(connection)
    server.stop()
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    (line,) = [line for line in lines if line.get("status") == 202]
    assert (line["delivery"], line["event"]) == ("72d3162e-cc78-11e3-81ab-4c9367dc0958", "push")
    assert SECRET not in server.log.read_text()
    assert headers(BODY)["X-Hub-Signature-256"] not in server.log.read_text()


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        pytest.param(["--bind", "nowhere"], {}, "write HOST:PORT", id="bind without a port"),
        pytest.param(["--bind", "127.0.0.1:99999"], {}, "write HOST:PORT", id="port too large"),
        pytest.param(["--workers", "0"], {}, "at least one", id="no workers"),
        pytest.param(
            [],
            {"WAYPOST_DATABASE_URL": "postgresql://db.invalid/x"},
            "See that it runs and can be reached",
            id="postgresql away",
        ),
        pytest.param([], {"WAYPOST_DATABASE_URL": "x.db"}, 'is "x.db". Write sqlite:///waypost.db', id="a path"),
        pytest.param([], {"WAYPOST_DATABASE_URL": "sqlite:////no/such/x.db"}, "does not exist", id="no folder"),
        pytest.param([], {"WAYPOST_APP_ID": "x"}, "WAYPOST_APP_ID", id="not a number"),
    ],
)
def test_what_cannot_start_says_why_and_exits_2(tmp_path, words, environment, said):
    environment = {"WAYPOST_DATABASE_URL": f"sqlite:///{tmp_path}/x.db"} | environment
    done = waypost("serve", "--bind", "127.0.0.1:0", *words, **environment)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        pytest.param([], {"WAYPOST_DATABASE_URL": "mysql://x"}, 'begins with "mysql:"', id="another database"),
        pytest.param([], {"WAYPOST_DATABASE_URL": "sqlite:////no/such/x.db"}, "does not exist", id="no folder"),
        pytest.param(["--concurrency", "0"], {}, "at least one", id="no threads"),
        pytest.param(["--sweep", "-1"], {}, "--sweep -1: write seconds", id="sweep in the past"),
        pytest.param(["--sweep", "nan"], {}, "--sweep nan: write seconds", id="sweep at no time"),
        pytest.param(["--lease", "nan"], {}, "at least one second", id="lease of no time"),
    ],
)
def test_a_worker_that_cannot_start_does_not_wait_for_set_up(tmp_path, words, environment, said):
    environment = {"WAYPOST_DATABASE_URL": f"sqlite:///{tmp_path}/x.db"} | environment
    done = waypost("worker", *words, **environment)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_taken_port_is_told(server, tmp_path):
    done = waypost("serve", "--bind", f"127.0.0.1:{server.port}", WAYPOST_DATABASE_URL=f"sqlite:///{tmp_path}/x.db")
    assert done.returncode == 2
    assert "in use" in done.stderr


@pytest.fixture
def database(tmp_path):
    return {"WAYPOST_DATABASE_URL": f"sqlite:///{tmp_path}/waypost.db"}


def test_dead_keys_are_listed_and_revived(tmp_path, database):
    now = [1.7e9]
    queue = SqliteQueue(tmp_path / "waypost.db", clock=lambda: now[0])
    none = waypost("dead", **database)
    assert (none.returncode, none.stdout, none.stderr) == (0, "", "no key is set aside\n")
    assert "dead revive 7/repo:42" in waypost("dead", "list", "7/repo:42", **database).stderr
    queue.mark([Mark(Key(7, "repo", "42"))])
    for _ in range(TRIES):
        queue.retry(queue.lease(["repo"], 1, 60)[0], "ValueError: odd\nthing")
        now[0] += 5_000
    listed = waypost("dead", "list", **database)
    assert listed.returncode == 1
    assert "7/repo:42" in listed.stdout
    assert "ValueError: odd thing" in listed.stdout
    assert json.loads(waypost("dead", "--format", "json", **database).stdout)["attempts"] == TRIES
    wrong = waypost("dead", "revive", "7/repo:43", **database)
    assert wrong.returncode == 2
    assert 'Did you mean "7/repo:42"?' in wrong.stderr
    assert waypost("dead", "revive", "7/repo:42", **database).returncode == 0
    assert queue.counts()["dirty"] == 1


def test_stored_delivery_is_replayed(hook, queue, tmp_path, database):
    hook()
    queue._clock = lambda: 2e9
    queue.finish(queue.lease(["repo"], 50, 60))
    done = waypost("replay", "72d3162e-cc78-11e3-81ab-4c9367dc0958", **database)
    assert (done.returncode, done.stdout) == (0, "7/repo:42 is marked\n")
    assert queue.counts()["dirty"] == 1
    unknown = waypost("replay", "nobody", **database)
    assert unknown.returncode == 2
    assert 'no delivery "nobody"' in unknown.stderr
