"""The real processes on this machine: a sandbox GitHub, the web process and the worker, to be killed and started."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from waypost.config import Config
from waypost.queue.sqlite import SqliteQueue
from waypost.sandbox.process import start
from waypost.sync.worker import KINDS

ORGANISATION = "acme"
PATIENCE_SECONDS = 240
TIMED = ("merge", "onboard")  # keys that wait for an hour of the day, or for people to object


class Rig:
    """One organisation with a catalog repository. Leaving the context ends every process it started."""

    def __init__(self, root: Path, repositories, settings=""):
        self.root = root
        self.logs = root / "logs"
        self.logs.mkdir(parents=True)
        self.sandbox = start(root / "sandbox")
        # people here push more in an hour than one user of GitHub may ask
        self.call("POST", "/_sandbox/budgets", {"who": "user:1", "resource": "core", "limit": 1_000_000})
        seed = {name: {"files": files} for name, files in repositories.items()}
        seed["catalog"] = {"files": {"about.md": "Welcome.\n", **({"waypost.yaml": settings} if settings else {})}}
        self.call("POST", "/_sandbox/seed", {ORGANISATION: seed})
        self.database = root / "waypost.db"
        self.queue = SqliteQueue(self.database)
        self.address = f"127.0.0.1:{_free_port()}"
        self.processes = {}

    @property
    def config(self):
        return Config(
            api_url=self.sandbox.url,
            app_id=self.sandbox.app_id,
            private_key=self.sandbox.private_key,
            database_url=f"sqlite:///{self.database}",
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.sandbox.stop()

    def serve(self):
        self._start("serve", "--bind", self.address, "--workers", "1")
        self.until("the web process answers", self._is_serving)
        hook = {"webhook_url": f"http://{self.address}/webhooks", "webhook_secret": self.sandbox.webhook_secret}
        self.call("POST", "/_sandbox/app", hook)

    def work(self, *options, api_url=""):
        self._start("worker", *options, api_url=api_url)

    def kill(self, command):
        """End a process and its children as a power cut would."""
        process = self.processes.pop(command)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def push(self, name, path, text, message="Change"):
        """Commit a file through the contents API, as a person would in the browser."""
        address = f"/repos/{ORGANISATION}/{name}/contents/{path}"
        try:
            known = self.call("GET", address)["sha"]
        except LookupError:
            known = None
        body = {"message": message, "content": base64.b64encode(text.encode()).decode()}
        self.call("PUT", address, body | ({"sha": known} if known else {}))

    def is_clean(self):
        counts = self.queue.counts()
        if counts["dead"]:
            raise AssertionError(self.queue.dead())
        busy = self.queue.next_due([kind for kind in KINDS if kind not in TIMED]) is not None
        return not (busy or counts["leased"] or self.call("GET", "/_sandbox/deliveries")["waiting"])

    def settle(self, patience=PATIENCE_SECONDS):
        """Wait until every delivery has arrived and every key is clean, for a moment and another."""
        quiet = [time.monotonic()]

        def is_quiet():
            if not self.is_clean():
                quiet[0] = time.monotonic()
            return time.monotonic() - quiet[0] > 1

        self.until("everything is worked on", is_quiet, patience)

    def until(self, what, is_so, patience=PATIENCE_SECONDS):
        deadline = time.monotonic() + patience
        while not is_so():
            ended = {name: process.returncode for name, process in self.processes.items() if process.poll() is not None}
            assert not ended, f"{what}: {ended} ended: {self.log(next(iter(ended)))}"
            assert time.monotonic() < deadline, f"{what}: not within {patience} s; {self.queue.counts()}"
            time.sleep(0.1)

    def log(self, command):
        return (self.logs / f"{command}.log").read_text()[-3_000:]

    def call(self, method, path, body=None):
        headers = {
            "Authorization": f"Bearer {self.sandbox.admin_token}",
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.sandbox.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            if error.code == 404:
                raise LookupError(path) from error
            raise AssertionError(f"{method} {path}: {error.code} {error.read()[:300]!r}") from error

    def commits(self):
        """The catalog's commits, newest first (up to 100)."""
        return self.call("GET", f"/repos/{ORGANISATION}/catalog/commits?per_page=100")

    def clone(self, name):
        """A fresh clone; `git` runs commands in it."""
        folder = self.root / f"clone-{time.monotonic_ns()}"
        address = f"{self.sandbox.git_url}/{ORGANISATION}/{name}.git"
        address = address.replace("://", f"://x:{self.sandbox.admin_token}@")
        subprocess.run(["git", "clone", "--quiet", address, folder], check=True, timeout=120)
        return lambda *words: (
            subprocess.run(
                ["git", "-C", folder, *words], check=True, capture_output=True, text=True, timeout=120
            ).stdout
        )

    def _start(self, *words, api_url=""):
        environment = {
            **os.environ,
            "GITHUB_API_URL": api_url or self.sandbox.url,
            "WAYPOST_APP_ID": str(self.sandbox.app_id),
            "WAYPOST_PRIVATE_KEY_FILE": str(self.sandbox.private_key_file),
            "WAYPOST_WEBHOOK_SECRET": self.sandbox.webhook_secret,
            "WAYPOST_DATABASE_URL": f"sqlite:///{self.database}",
        }
        with (self.logs / f"{words[0]}.log").open("ab") as log:
            command = [sys.executable, "-m", "waypost", *words]
            self.processes[words[0]] = subprocess.Popen(
                command, env=environment, cwd=self.root, stdout=log, stderr=log, start_new_session=True
            )

    def _is_serving(self):
        try:
            with urllib.request.urlopen(f"http://{self.address}/healthz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
