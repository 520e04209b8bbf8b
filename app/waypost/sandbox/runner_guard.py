"""Runs one command and ends it, with everything it started, when it is done or when whoever started this is gone.

Run as a script; its standard input is a pipe that nobody writes to: its end means that the sandbox has gone, however
that came (kill -9 too). It imports nothing of ours, so that it starts at once.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

MARK = "WAYPOST_SANDBOX_RUN"  # in the environment of everything that a run starts
_PATIENCE = 5.0  # seconds for the command to end its steps by itself


def run(command: list[str]) -> int:
    """Run the command to its end, or until standard input ends."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=_stop_when_left, args=(child,), daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: child.terminate())
    code = child.wait()
    end_marked(os.environ.get(MARK, ""))
    return code if code >= 0 else 128 - code


def _stop_when_left(child: subprocess.Popen[bytes]) -> None:
    os.read(0, 1)
    child.terminate()
    try:
        child.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()


def end_marked(mark: str, processes: Path = Path("/proc")) -> None:
    """Kill every process that carries the mark in its environment; without /proc there is nothing to see."""
    wanted = f"{MARK}={mark}".encode()
    for folder in processes.glob("[0-9]*") if mark else ():
        try:
            is_marked = wanted in (folder / "environ").read_bytes().split(b"\0")
        except OSError:  # gone meanwhile, or another user's
            continue
        if is_marked and int(folder.name) != os.getpid():
            try:
                os.kill(int(folder.name), signal.SIGKILL)
            except ProcessLookupError:
                pass  # it ended by itself meanwhile


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
