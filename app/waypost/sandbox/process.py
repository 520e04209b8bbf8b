"""Starts `waypost sandbox` in a process of its own, for tests, benches and the demo, and stops it again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class SandboxFailed(Exception):
    """The process ended before it was ready; what it said is on stderr."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox, as its ready line described it."""

    url: str
    git_url: str
    admin_token: str
    app_id: int
    app_slug: str
    private_key_file: Path
    webhook_secret: str
    root: Path
    process: subprocess.Popen[str]

    @property
    def private_key(self) -> str:
        return self.private_key_file.read_text()

    def stop(self) -> None:
        """End it cleanly and wait."""
        self.process.terminate()
        self._wait()

    def kill(self) -> None:
        """End it as a power cut would: kill -9, the whole group."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self._wait()

    def _wait(self) -> None:
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def start(
    root: Path,
    port: int = 0,
    seed: Path | None = None,
    environment: Mapping[str, str] | None = None,
    runner: str = "none",
) -> Sandbox:
    """Start a sandbox kept in `root` and return when it answers. Port 0 means a free one."""
    command = [sys.executable, "-m", "waypost", "sandbox", "--root", str(root), "--port", str(port)]
    command += ["--runner", runner]
    if seed is not None:
        command += ["--seed", str(seed)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that kill() ends the server's worker too
        env={**os.environ, **(environment or {})},
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise SandboxFailed(f"waypost sandbox ended with {process.wait()} before it was ready")
    said = json.loads(line)
    return Sandbox(
        url=said["url"],
        git_url=said["git_url"],
        admin_token=said["admin_token"],
        app_id=said["app"]["id"],
        app_slug=said["app"]["slug"],
        private_key_file=Path(said["app"]["private_key_file"]),
        webhook_secret=said["app"]["webhook_secret"],
        root=root,
        process=process,
    )
