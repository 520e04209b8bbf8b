"""The locked door of the process that builds documentation: no network, no programs, no files outside its room.

An audit hook of Python sees every attempt and refuses it. It binds Python code, ours and the libraries'; a hole in a C
extension is not held by it. That is why the process also has an empty environment, limits and nothing worth taking.
"""

from __future__ import annotations

import mimetypes
import os
import resource
import sys
import zoneinfo
from pathlib import Path
from typing import Any

SECONDS = 120  # of CPU
MEMORY = 2 * 1024**3
LARGEST_WRITE = 64 * 1024**2
_REFUSED = ("socket.", "subprocess.", "urllib.", "http.", "ftplib.", "smtplib.", "pty.", "os.exec", "os.spawn")
_REFUSED_EXACTLY = frozenset({"os.system", "os.fork", "os.forkpty", "os.posix_spawn", "os.startfile", "ctypes.dlopen"})
_WRITES = frozenset(
    [
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.mkdir",
        "os.link",
        "os.symlink",
        "os.truncate",
        "os.chmod",
        "os.chown",
        "os.utime",
        "shutil.move",
        "shutil.rmtree",
        "shutil.copytree",
    ]
)
_FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def limit() -> None:
    """Bound what this process may use; for good."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_WRITE, LARGEST_WRITE))
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, 512))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def lock(room: Path) -> None:
    """Refuse everything outside `room` from now on; reading Python's own libraries stays allowed."""
    own = os.path.realpath(room)
    libraries = {os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, *sys.path, *zoneinfo.TZPATH) if path}
    libraries.discard("/")
    single = {os.path.realpath(path) for path in (*mimetypes.knownfiles, "/etc/localtime", os.devnull)}
    # An audit hook must not raise its own audit events without end: nothing below opens anything.
    seeing = False

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seeing
        if seeing:
            return
        if event in _REFUSED_EXACTLY or event.startswith(_REFUSED):
            raise PermissionError(f"{event} is not allowed while documentation is built")
        if event != "open" and event not in _WRITES:
            return
        seeing = True
        try:
            _check(event, arguments, own, libraries, single)
        finally:
            seeing = False

    sys.addaudithook(hook)


def _check(event: str, arguments: tuple[Any, ...], own: str, libraries: set[str], single: set[str]) -> None:
    if event == "open":
        paths, writes = arguments[:1], _writes(arguments[1], arguments[2])
    else:
        paths, writes = arguments[:2], True
    for path in paths:
        if not isinstance(path, str | bytes | os.PathLike):
            continue  # a file that is open already, or a mode
        real = os.path.realpath(os.fsdecode(path))
        if _below(real, own) or (event == "open" and real in single):
            continue
        if writes or not any(_below(real, folder) for folder in libraries):
            raise PermissionError(f"{real} lies outside the documentation")


def _writes(mode: Any, flags: Any) -> bool:
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & _FOR_WRITING)


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + os.sep)
