"""The web process as people start it, to be asked, stopped and killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from .deliveries import SECRET

PATIENCE_SECONDS = 120  # of a machine that does much else


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
        give_up = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up:
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
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)

    def until_said(self, words: str) -> None:
        """Wait until the log has these words."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while words not in (said := self.log.read_text()):
            assert time.monotonic() < give_up, said
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill -9 the web process and its workers at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=PATIENCE_SECONDS)
