"""What a durable 202 costs: CPU of the web process for a delivery, against a Flask route that does nothing.

Both run under the same gunicorn, one process of the same threads, with the same 10 kB request over kept-alive
connections, in turns. CPU is user and system time of the server process, as the kernel counted it.
"""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from tests.bench import Row

from waypost.queue.sqlite import SqliteQueue
from waypost.server.signature import sign

SECRET = "bench"
CONNECTIONS = 16
ROUNDS, REQUESTS = 15, 800
BODY_BYTES = 10_000
SERVER = """
import os, sys
os.environ["PROMETHEUS_MULTIPROC_DIR"] = sys.argv[3]
from flask import Flask
from waypost.config import Config
from waypost.queue import open_queue
from waypost.server import create_app
from waypost.server.processes import Processes

def noop():
    app = Flask("noop")
    app.add_url_rule("/webhooks", view_func=lambda: ("", 202), methods=["POST"])
    return app

def waypost():
    address = f"sqlite:///{sys.argv[3]}/waypost.db"
    return create_app(Config(webhook_secrets=("bench",), database_url=address), open_queue(address))

Processes({"noop": noop, "waypost": waypost}[sys.argv[1]], f"127.0.0.1:{sys.argv[2]}", workers=1).run()
"""


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, server("noop", folder) as noop, server("waypost", folder) as waypost:
        for port, _ in (noop, waypost):
            load(port, CONNECTIONS * 10, "warm")
        turns = [(spent(noop, turn), spent(waypost, turn)) for turn in range(ROUNDS)]
        stored = SqliteQueue(Path(folder) / "waypost.db").counts()["deliveries"]
    expected = ROUNDS * REQUESTS + CONNECTIONS * 10
    assert stored == expected, f"{stored} of {expected} deliveries are stored"
    # The median of turns: what else runs on the machine for a moment is in one of them, not in the figure.
    ratio = statistics.median(ours / theirs for theirs, ours in turns)
    theirs, ours = (statistics.median(turn[which] for turn in turns) / REQUESTS * 1e6 for which in (0, 1))
    note = f"{ours:.0f} us against {theirs:.0f} us of CPU a request; all {stored} on disk"
    yield Row("durable 202, CPU against a Flask route that does nothing", ratio, 1.5, "x", note)


@contextmanager
def server(name: str, folder: str) -> Iterator[tuple[int, int]]:
    """Start one; give its port and the process id of its worker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with open(Path(folder) / f"{name}.log", "w") as log:
        process = subprocess.Popen([sys.executable, "-c", SERVER, name, str(port), folder], stderr=log)
    try:
        yield port, _worker(process, port)
    finally:
        process.terminate()
        process.wait()


def _worker(process: subprocess.Popen[bytes], port: int) -> int:
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return psutil.Process(process.pid).children()[0].pid
        except (OSError, IndexError):
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def spent(server: tuple[int, int], turn: int) -> float:
    """Send one turn's requests; give the CPU seconds that the server process used for them."""
    port, pid = server
    before = cpu(pid)
    load(port, REQUESTS, f"turn-{turn}")
    return cpu(pid) - before


def cpu(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def load(port: int, requests: int, name: str) -> None:
    """Send deliveries over several connections at once; every one must be answered with 202."""
    errors: list[str] = []
    threads = [
        threading.Thread(target=_deliver, args=(port, f"{name}-{number}", requests // CONNECTIONS, errors))
        for number in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors[0]


def _deliver(port: int, name: str, count: int, errors: list[str]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for number in range(count):
            connection.sendall(delivery(f"{name}-{number}", repository=number % 500))
            answer = _answer(connection)
            if not answer.startswith(b"HTTP/1.1 202"):
                errors.append(answer.decode())
                return


def _answer(connection: socket.socket) -> bytes:
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(4096)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(4096)
    return head


def delivery(guid: str, repository: int) -> bytes:
    """Write a push of 10 kB as GitHub sends it: most of it is addresses."""
    payload = {
        "ref": "refs/heads/main",
        "repository": {
            "id": repository + 1,
            "name": "payments",
            "owner": {"login": "acme"},
            "default_branch": "main",
        }
        | {f"some_{n}_url": f"https://api.github.com/repos/acme/payments/some/{n}{{/sha}}" for n in range(110)},
        "installation": {"id": 7},
        "commits": [{"id": "a" * 40, "added": [], "removed": [], "modified": ["catalog-info.yaml", "src/main.py"]}],
    }
    text = json.dumps(payload)
    body = json.dumps(payload | {"fill": "x" * (BODY_BYTES - len(text) - 12)}).encode()
    head = (
        f"POST /webhooks HTTP/1.1\r\nHost: localhost\r\nUser-Agent: GitHub-Hookshot/044aadd\r\nAccept: */*\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nX-GitHub-Delivery: {guid}\r\n"
        f"X-GitHub-Event: push\r\nX-Hub-Signature-256: {sign(body, SECRET.encode())}\r\n\r\n"
    )
    return head.encode() + body
