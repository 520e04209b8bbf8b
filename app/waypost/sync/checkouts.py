"""Repositories on this disk, as checkouts or bare clones: files, folders and last commits of one of them.

Nothing outside the repository is read: symbolic links are followed only while they stay inside, `.git` is not content.
Git runs without the repository's say: a checkout from a stranger may carry a configuration that starts programs.
"""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha1
from pathlib import Path
from typing import IO, Protocol

from waypost.catalog.budget import DEFAULT_BUDGET
from waypost.catalog.files import Blob, Touch

_GIT = (
    "git", "--no-pager", "-c", "safe.directory=*", "-c", "log.showSignature=false", "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never",
)  # fmt: skip
_QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
}
_FILE_MODES = (b"100", b"120")  # regular files and symbolic links; `blob` decides whether these lead anywhere


class Content(Protocol):
    """What `local` asks of a repository."""

    branch: str

    def blob(self, path: str) -> Blob | None: ...
    def folder(self, path: str) -> tuple[str, ...]: ...
    def tree(self) -> tuple[str, ...]: ...
    def touches(self, paths: Sequence[str]) -> dict[str, Touch]: ...


@contextmanager
def opened(folder: Path) -> Iterator[Content]:
    """Open a checkout or a bare clone."""
    if is_bare(folder):
        clone = BareClone(folder)
        try:
            yield clone
        finally:
            clone.close()
    else:
        yield Checkout(folder)


def is_bare(folder: Path) -> bool:
    """Say whether a folder is a bare clone: git's own files where a checkout has its content."""
    # Asked of every repository, where a Path for each name would cost more than the answer.
    at = os.fspath(folder)
    is_git = all(os.path.exists(f"{at}/{name}") for name in ("HEAD", "objects", "refs"))
    return is_git and not os.path.exists(f"{at}/.git")


class Checkout:
    """A working tree; its files as they are now, whether committed or not."""

    def __init__(self, folder: Path) -> None:
        self.root = os.fspath(folder)
        self.has_git = os.path.lexists(f"{self.root}/.git")
        self.branch = _branch(f"{self.root}/.git/HEAD") if self.has_git else "main"

    def blob(self, path: str) -> Blob | None:
        full = self._inside(path)
        if full is None:
            return None
        try:
            with open(full, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                data = file.read() if size <= DEFAULT_BUDGET.size else b""
        except OSError:
            return None
        if size > DEFAULT_BUDGET.size:
            return Blob("", None, size)
        return _blob(sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest(), data)

    def _inside(self, path: str) -> str | None:
        """Return where a regular file really is; None when it is absent, git's own, or leads out of the repository."""
        steps = path.split("/")
        if any(step in ("", ".", "..") or step.lower() == ".git" for step in steps) or "\0" in path:
            return None
        at, has_link = self.root, False
        try:
            for step in steps:
                at = f"{at}/{step}"
                mode = os.lstat(at).st_mode
                if stat.S_ISLNK(mode):
                    has_link = True
                    mode = os.stat(at).st_mode
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(mode):
            return None
        if not has_link:
            return at
        real, root = os.path.realpath(at), os.path.realpath(self.root)
        is_inside = real.startswith(f"{root}/") and ".git" not in real[len(root) :].lower().split("/")
        return real if is_inside else None

    def folder(self, path: str) -> tuple[str, ...]:
        try:
            with os.scandir(f"{self.root}/{path}" if path else self.root) as entries:
                found = [entry.name + "/" * entry.is_dir(follow_symlinks=False) for entry in entries]
        except OSError:
            return ()
        return tuple(sorted(name for name in found if name.rstrip("/").lower() != ".git"))

    def tree(self) -> tuple[str, ...]:
        found = []
        for at, folders, files in os.walk(self.root):
            folders[:] = sorted(name for name in folders if name.lower() != ".git")
            base = os.path.relpath(at, self.root)
            prefix = "" if base == "." else f"{base}/"
            found += [prefix + name for name in files if prefix or name != ".git"]
        return tuple(sorted(found))

    def touches(self, paths: Sequence[str]) -> dict[str, Touch]:
        return _touches(["-C", self.root], paths) if self.has_git else {}


class BareClone:
    """The commit that HEAD names, by git's plumbing: one process answers for all files."""

    def __init__(self, folder: Path) -> None:
        self.root = os.fspath(folder)
        self.branch = _branch(f"{self.root}/HEAD")
        self._process: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        if self._process is not None:
            self._process.communicate()

    def blob(self, path: str) -> Blob | None:
        if "\n" in path or "\0" in path:
            return None  # cannot be asked for in this protocol
        found = self._object(f"HEAD:{path}", b"blob")
        if found is None:
            return None
        id, data = found
        return _blob(id, data) if len(data) <= DEFAULT_BUDGET.size else Blob(id, None, len(data))

    def folder(self, path: str) -> tuple[str, ...]:
        found = self._object(f"HEAD:{path}", b"tree")
        return tuple(sorted(_entries(found[1]))) if found else ()

    def tree(self) -> tuple[str, ...]:
        done = _git(["--git-dir", self.root, "ls-tree", "-r", "-z", "HEAD"])
        rows = (row.partition(b"\t") for row in done.split(b"\0") if row)
        return tuple(sorted(os.fsdecode(name) for about, _, name in rows if about.startswith(_FILE_MODES)))

    def touches(self, paths: Sequence[str]) -> dict[str, Touch]:
        return _touches(["--git-dir", self.root], paths)

    def _object(self, name: str, kind: bytes) -> tuple[str, bytes] | None:
        """Ask for an object; links that lead out of the repository, or nowhere, are absent."""
        if self._process is None:
            command = [*_GIT, "--git-dir", self.root, "cat-file", "--batch", "--follow-symlinks"]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
            )
        asking, answering = self._process.stdin, self._process.stdout
        assert asking is not None
        assert answering is not None
        asking.write(os.fsencode(name) + b"\n")
        asking.flush()
        head = answering.readline().split()
        if not head or head[-1] in (b"missing", b"ambiguous"):
            return None
        if head[0] in (b"dangling", b"loop", b"notdir", b"symlink"):
            answering.read(int(head[1]) + 1)
            return None
        data = answering.read(int(head[2]))
        answering.read(1)
        return (head[0].decode(), data) if head[1] == kind else None


def _entries(tree: bytes) -> Iterator[str]:
    """Read a tree object: mode, name and twenty bytes of id for each entry."""
    at = 0
    while at < len(tree):
        end = tree.index(b"\0", at)
        mode, _, name = tree[at:end].partition(b" ")
        yield os.fsdecode(name) + "/" * (mode == b"40000")
        at = end + 21


def _blob(id: str, data: bytes) -> Blob:
    text = None if b"\0" in data else data.decode("utf-8", "surrogateescape")
    return Blob(id, text, len(data))


def _branch(head: str) -> str:
    try:
        text = Path(head).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return "main"
    return text.strip().removeprefix("ref: refs/heads/") if text.startswith("ref: refs/heads/") else "main"


def _touches(where: list[str], paths: Sequence[str]) -> dict[str, Touch]:
    """Return the last commit of each path, from one run of git; a path without one is not in the answer."""
    if not paths:
        return {}
    log = ["--literal-pathspecs", *where, "log", "--format=%x00%H %cI", "HEAD"]
    if len(paths) == 1:
        found = _git([*log, "-1", "--", *paths]).decode()
        return {paths[0]: Touch(*found.strip("\0\n").split(" "))} if found.strip("\0\n") else {}
    command = [*_GIT, *log, "--name-only", "-m", "-z", "--", *paths]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment())
    assert process.stdout is not None
    try:
        return _last_commits(process.stdout, set(paths))
    finally:
        process.kill()  # what is older than the last commit of every path need not be listed
        process.communicate()


def _last_commits(log: IO[bytes], wanted: set[str]) -> dict[str, Touch]:
    found: dict[str, Touch] = {}
    touch = Touch("", "")
    for word in _words(log):
        if word.startswith(b"\n"):
            word = word[1:]
        head = word.split(b" ")
        if len(head) == 2 and len(head[0]) in (40, 64) and head[1][4:5] == b"-":
            touch = Touch(head[0].decode(), head[1].decode())
        elif (path := os.fsdecode(word)) in wanted and path not in found:
            found[path] = touch
            if len(found) == len(wanted):
                break
    return found


def _words(log: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := log.read(65_536):
        *words, rest = (rest + chunk).split(b"\0")
        yield from words
    yield rest


def _git(arguments: list[str]) -> bytes:
    done = subprocess.run([*_GIT, *arguments], capture_output=True, check=False, env=_environment())
    return done.stdout


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | _QUIET
