"""Uploads are tried in a process of their own, with an end to its time and memory, before they are read in this one.

`python -m waypost.docs.apart SECONDS MEMORY` reads them from its input, makes their sites and throws those away.
Nothing comes back but how it ended: what makes a library abort the whole process costs a child, and is refused.
"""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from typing import IO, Any

from waypost.docs.central.values import Documented, Facts, Failure, Upload

log = logging.getLogger("waypost.docs")
SECONDS = 60  # of processor time
PATIENCE = 120  # seconds by the clock
MEMORY = 2 * 1024**3
_READ, _UNREADABLE, _NO_MEMORY = 0, 10, 11  # how the process ends; Python's own 1 and 2 mean that it never began
_NO_TIME = (signal.SIGXCPU,)
_MUCH_MEMORY = (signal.SIGABRT, signal.SIGKILL)  # the first is how the sanitiser ends when it gets none
_CRASHES = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)
_SPLIT = "Split the documentation."
# For whom a site is made does not change what it costs.
_STAND_IN = Documented("component:default/apart", "Apart", "", 0, "acme/apart")


class NotTried(RuntimeError):
    """No process could be had; no upload is to blame."""


def try_apart(uploads: Sequence[Upload], facts: Facts, has_mermaid: bool) -> tuple[list[Upload], list[Failure]]:
    """Return the uploads that may be read here, and why the others may not; raise NotTried when nobody can tell.

    All are tried by one process; only when that ends badly each has its own.
    """
    if not uploads:
        return [], []
    reason = _tried(uploads, facts, has_mermaid)
    if not reason:
        return list(uploads), []
    reasons = [reason] if len(uploads) == 1 else [_tried([one], facts, has_mermaid) for one in uploads]
    pairs = list(zip(uploads, reasons, strict=True))
    failures = [
        Failure(one.repository_id, one.repository, why, one.artifact_id, one.artifact) for one, why in pairs if why
    ]
    return [one for one, why in pairs if not why], failures


def _tried(uploads: Sequence[Upload], facts: Facts, has_mermaid: bool) -> str:
    """Return why these cannot be read; "" when they can, or are refused in words that need no process."""
    command = [sys.executable, "-P", "-s", "-B", "-X", "utf8", "-m", "waypost.docs.apart", str(SECONDS), str(MEMORY)]
    with tempfile.TemporaryFile() as stream:  # it has no name: whoever dies leaves nothing behind
        _write(stream, uploads, facts, has_mermaid)
        stream.seek(0)
        try:
            done = subprocess.run(
                command,
                cwd="/",
                env={"PATH": "", "LANG": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0"},
                stdin=stream,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"took more than {PATIENCE} s to read. {_SPLIT}"
        except OSError as error:
            raise NotTried(f"no process to read uploads in: {error}") from error
    return _why(done.returncode, done.stderr.decode("utf-8", "replace"), uploads)


def _why(code: int, said: str, uploads: Sequence[Upload]) -> str:
    if code == _READ:
        return ""
    if code == _NO_MEMORY or -code in _MUCH_MEMORY:
        return f"took more than {MEMORY / 1024**3:.3g} GB to read. {_SPLIT}"
    if -code in _NO_TIME:
        return f"took more than {SECONDS} s to read. {_SPLIT}"
    if code != _UNREADABLE and -code not in _CRASHES:  # among them: somebody ends us and our processes
        raise NotTried(f"the process that reads uploads ended with {code}: {said[-300:].strip()}")
    if len(uploads) == 1:
        log.error("artifact %d of %s: %s", uploads[0].artifact_id, uploads[0].repository, said[-2_000:])
    return "Waypost cannot read it"


def _write(stream: IO[bytes], uploads: Sequence[Upload], facts: Facts, has_mermaid: bool) -> None:
    """Write a line that says what follows, then the files one behind the other."""
    rows = [
        {
            "repository": one.repository,
            "commit": one.commit,
            "committed": one.committed,
            "files": [[path, len(data)] for path, data in one.files.items()],
        }
        for one in uploads
    ]
    head = {"server_url": facts.server_url, "mode": facts.mode, "has_mermaid": has_mermaid, "uploads": rows}
    stream.write(json.dumps(head).encode() + b"\n")
    for one in uploads:
        stream.writelines(one.files.values())


def _uploads(stream: IO[bytes], rows: Sequence[dict[str, Any]]) -> Iterator[Upload]:
    for row in rows:
        files = {path: stream.read(size) for path, size in row["files"]}
        yield Upload(0, row["repository"], row["commit"], row["committed"], 0, files)


def main(stream: IO[bytes]) -> int:
    """Make the site of every upload, as the catalog would; return how it ended."""
    from waypost.docs.central.sites import build_site
    from waypost.docs.central.taking import NotTaken, take

    head = json.loads(stream.readline())
    facts = Facts({}, server_url=head["server_url"], mode=head["mode"])
    mermaid = b"" if head["has_mermaid"] else None
    try:
        for upload in _uploads(stream, head["uploads"]):
            try:
                build_site(upload, take(upload.files), _STAND_IN, facts, mermaid)
            except NotTaken:
                continue  # whoever reads it next is told the same
    except MemoryError:
        return _NO_MEMORY
    except BaseException:  # a panic of the sanitiser is no Exception
        traceback.print_exc()
        return _UNREADABLE
    return _READ


def limit(seconds: int, memory: int) -> None:
    """Bound what this process may use; for good."""
    import resource

    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    limit(*map(int, sys.argv[1:]))
    sys.exit(main(sys.stdin.buffer))
