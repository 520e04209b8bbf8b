"""Everything at once, on this machine: a sandbox GitHub with a sample organisation, the App and its worker.

Real pushes, real signed webhooks, real processes; only the forge is a box. Prints what to open, then stays up.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

from waypost.cli import Exit, UsageError
from waypost.cli.sandbox import check_place
from waypost.sandbox.demo import Demo, DemoFailed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="end after the catalog has converged, with a summary")
    parser.add_argument("--port", type=int, default=0, metavar="N", help="the sandbox's port (default: a free one)")
    parser.add_argument("--root", type=Path, metavar="DIR", help="keep everything in DIR (default: a folder that goes)")
    parser.add_argument(
        "--repositories", type=int, default=0, metavar="N", help="fill the organisation up to N repositories"
    )


def run(arguments: argparse.Namespace) -> int:
    if arguments.repositories < 0:
        raise UsageError(f"--repositories {arguments.repositories}: how many repositories should there be?")
    check_place(arguments.root, arguments.port)
    root: Path = arguments.root or Path(tempfile.mkdtemp(prefix="waypost-demo-"))
    if (root / "sandbox").exists():
        raise UsageError(f"--root {root}: a demo has been there already; remove the folder or choose another")
    # SIGTERM ends like Ctrl-C, so that no process is left behind
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return _play(root, arguments)
    except DemoFailed as error:
        print(f"waypost demo: {error}", file=sys.stderr)
        return Exit.OUR_FAULT
    finally:
        if arguments.root is None:
            shutil.rmtree(root, ignore_errors=True)


def _play(root: Path, arguments: argparse.Namespace) -> int:
    with Demo(root.resolve(), arguments.port, arguments.repositories) as demo:
        demo.play()
        print(demo.summary(), flush=True)
        if not arguments.once:
            print(demo.invitation(), flush=True)
            threading.Event().wait()
    return Exit.FINE
