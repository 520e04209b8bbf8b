"""One repository that GitHub cannot answer for: set aside after eight tries, visible, revived by the next event.

The others do not notice: how long their pushes take to a page is measured side by side, without and with it. 30 pushes
a round by default, 1,200 with --faults-full.
"""

from __future__ import annotations

import http.client
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from faults.rig import Rig
from faults.test_catalog_branch import owner
from faults.test_kill_worker import check_full_look_finds_nothing
from unit.sync.world import component
from waypost.queue.protocol import TRIES

NAMES = [f"service-{number}" for number in range(20)]
POISON = "poison"
A_SECOND = 6
MOST_GROWTH = 1.1
# Check runs beside the commits reach what GitHub lets an App create in a minute: then everybody waits. Commits are as
# far apart as they are shipped, ten seconds; what a failure costs, parts of a second, is measured against that.
SETTINGS = "published:\n  enabled: false\n"
SECONDS = re.compile(r"([0-9.]+) s after the push")


class Between(BaseHTTPRequestHandler):
    """Stands between the worker and the sandbox, and gives up on every question about one repository."""

    protocol_version = "HTTP/1.1"
    target, is_ill = "", False

    def _pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if Between.is_ill and f'"{POISON}"'.encode() in body:
            self._answer(502, {"Content-Type": "text/html"}, b"<html></html>")
            return
        connection = http.client.HTTPConnection(Between.target, timeout=60)
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        data = answer.read()
        self._answer(answer.status, dict(answer.getheaders()), data)
        connection.close()

    def _answer(self, status, headers, data):
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _pass_on

    def log_message(self, *_):
        pass


@pytest.fixture
def rig(tmp_path):
    repositories = {name: {"catalog-info.yaml": component(name, owner="team-0")} for name in (*NAMES, POISON)}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Between)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with Rig(tmp_path, repositories, SETTINGS) as rig:
        Between.target, Between.is_ill = rig.sandbox.url.removeprefix("http://"), False
        rig.serve()
        rig.work(api_url=f"http://127.0.0.1:{server.server_port}")
        rig.until("the first listing is published", lambda: len(rig.commits()) > 1)
        rig.settle()
        yield rig
    server.shutdown()


def change(rig, name, number):
    rig.push(name, "catalog-info.yaml", component(name, owner=f"team-{number}"))


def seconds_to_page(rig, pushes, first):
    """Push to the healthy ones at a steady pace; return what the worker says each commit showed, and how old."""
    path = rig.logs / "worker.log"
    before = path.stat().st_size
    began = time.monotonic()
    for number in range(pushes):
        time.sleep(max(0.0, began + number / A_SECOND - time.monotonic()))
        change(rig, NAMES[number % len(NAMES)], first + number)
        if Between.is_ill and number % 10 == 0:
            change(rig, POISON, first + number)
    rig.until("the others are published", lambda: rig.queue.counts()["dirty"] <= 1)
    time.sleep(2)
    return [float(found) for found in SECONDS.findall(path.read_text()[before:])]


def p99(took):
    return statistics.quantiles(took, n=100, method="inclusive")[98] if len(took) > 1 else max(took)


def is_failing(rig):
    """Answer whether the poisonous key alone waits for its next try, because of what GitHub said."""
    with sqlite3.connect(rig.database, timeout=30) as connection:
        failed = connection.execute("SELECT error FROM keys WHERE attempts > 0 AND token IS NULL AND dead IS NULL")
        errors = [error for (error,) in failed]
    return rig.queue.counts()["dirty"] == 1 and len(errors) == 1 and "502" in errors[0]


def hurry(rig):
    """Have the poisonous key tried again at once, as if it had failed almost often enough: its waits are minutes."""
    with sqlite3.connect(rig.database, timeout=30) as connection:
        connection.execute(
            "UPDATE keys SET attempts = ?, due = ?, held = 0 WHERE attempts > 0 AND token IS NULL AND dead IS NULL",
            (TRIES - 1, time.time()),
        )


@pytest.mark.slow
def test_poisonous_repository_is_set_aside_and_the_others_do_not_notice(rig, pytestconfig, record_property):
    is_full = pytestconfig.getoption("--faults-full")
    pushes = 1_200 if is_full else 30
    alone = seconds_to_page(rig, pushes, 1)
    Between.is_ill = True
    beside = seconds_to_page(rig, pushes, 1 + pushes)
    before, after = p99(alone), p99(beside)
    record_property(
        "measured",
        f"p99 from push to page {before:.2f} s alone, {after:.2f} s beside a poisonous one ({after / before:.2f}x); "
        f"set aside after {TRIES} tries",
    )
    assert "team-0" not in {owner(rig, name) for name in NAMES}
    if is_full:  # a few seconds are too short for a percentile
        assert after / before < MOST_GROWTH

    change(rig, POISON, 9_000)
    rig.until("it fails", lambda: rig.queue.dead() or is_failing(rig))  # a long run may have had it fail often enough
    number = 9_000
    while not rig.queue.dead():
        # that others get through meanwhile is what tells whose fault it is
        change(rig, NAMES[0], number := number + 1)
        hurry(rig)
        time.sleep(0.5)
    (dead,) = rig.queue.dead()
    assert dead.key.kind == "repo"
    assert "502" in dead.error
    assert f"{dead.key}" in waypost(rig, "dead")
    with urllib.request.urlopen(f"http://{rig.address}/metrics", timeout=10) as answer:
        assert "\nwaypost_queue_dead 1.0\n" in answer.read().decode()

    Between.is_ill = False
    change(rig, POISON, 9_999)
    rig.until("the next event revives it", lambda: not rig.queue.dead())
    rig.settle()
    check_full_look_finds_nothing(rig)


def waypost(rig, *words):
    environment = os.environ | {"WAYPOST_DATABASE_URL": f"sqlite:///{rig.database}"}
    command = [sys.executable, "-m", "waypost", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout
