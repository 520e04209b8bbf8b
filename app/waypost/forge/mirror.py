"""A bare, shallow clone of one branch on disk: fetch it, read it in bulk, build a commit on it, push that.

A cache: it may be deleted at any time, and is made anew when git finds it broken. Runs git without anybody's
configuration, hooks or prompts; a token travels in the environment, never in an argument, an address or a file.
"""

from __future__ import annotations

import base64
import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from waypost.forge.protocol import ForgeError, HeadMoved, Unavailable
from waypost.forge.redact import redact
from waypost.forge.refusals import git_refusal

TIMEOUT_SECONDS = 600
HEAD = "refs/waypost/head"  # the commit last fetched or pushed
NEXT = "refs/waypost/next"  # the commit being built
PASSED = ("PATH", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "GIT_SSL_CAINFO")
SETTINGS = {
    "credential.helper": "",
    "core.hooksPath": os.devnull,
    "core.fsync": "none",  # a cache: losing it costs one fetch
    "http.followRedirects": "false",  # the token is for this address
    "gc.autoDetach": "false",
    "gc.pruneExpire": "now",
    "maintenance.auto": "false",
}


class Author(NamedTuple):
    """Who our commits are by."""

    name: str
    email: str


class Remote(NamedTuple):
    """Where a branch lives and what opens it."""

    url: str
    branch: str
    token: str

    @property
    def ref(self) -> str:
        return f"refs/heads/{self.branch}"


class Mirror:
    """Safe between processes: whoever uses the folder holds its lock, and git's own left-over locks are then dead."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reader: subprocess.Popen[bytes] | None = None
        self._lock: tuple[int, ...] = ()  # the file that holds the folder, while it is held

    def remote_head(self, remote: Remote) -> str:
        """Ask where the branch is; "" when there is none."""
        # Not in the mirror: whether the remote answers must not depend on the cache being sound.
        said = run_git(["ls-remote", "--quiet", remote.url, remote.ref], Path(os.sep), remote)
        return said.decode().partition("\t")[0]

    def fetch(self, remote: Remote, commit: str) -> None:
        """Bring one commit, without its history; raise HeadMoved when the remote has it no more."""
        wanted = f"+{commit}:{HEAD}"
        command = ["fetch", "--quiet", "--no-tags", "--depth=1", "--no-write-fetch-head", remote.url, wanted]
        with self._held():
            try:
                self._git(command, remote)
            except (Unavailable, HeadMoved):
                raise
            except ForgeError:
                # Asking the remote alone tells whose fault it was; then a broken cache is no reason to stop.
                if not self.remote_head(remote):
                    raise
                self.clear()
                self._git(command, remote)
            self._git(["gc", "--auto", "--quiet"])

    def tree(self, commit: str) -> dict[str, str]:
        """Path -> blob id of every file of a commit we have."""
        listed = self._git(["ls-tree", "-r", "-z", "--full-tree", commit])
        entries = (entry.partition(b"\t") for entry in listed.split(b"\0") if entry)
        kinds = ((path.decode("utf-8", "surrogateescape"), facts.split()) for facts, _, path in entries)
        return {path: facts[2].decode() for path, facts in kinds if facts[1] == b"blob"}

    def read(self, blob_ids: Iterable[str]) -> Iterator[bytes]:
        """Yield the bytes of these blobs, in order; one git process stays open for all reading."""
        for blob_id in blob_ids:
            try:
                said, given = self._open_reader()
                given.write(f"{blob_id}\n".encode())
                given.flush()
                facts = said.readline().split()
                data = said.read(int(facts[2]) + 1) if len(facts) == 3 else b""
            except OSError as error:
                raise ForgeError(f"the clone {self._folder.name} cannot be read: {error.strerror}") from error
            if not data.endswith(b"\n"):
                raise ForgeError(f"the clone {self._folder.name} lacks {blob_id}")
            yield data[:-1]

    def write(
        self, parent: str, changes: Mapping[str, bytes | None], message: str, author: Author, seconds: int
    ) -> str:
        """Build one commit on `parent` ("" is none) and return it. Nobody sees it before `push`."""
        with self._held():
            # --force: the ref still names what an earlier attempt built
            self._git(
                ["fast-import", "--quiet", "--force"],
                given=b"".join(_stream(parent, changes, message, author, seconds)),
            )
            return self._git(["rev-parse", "--verify", NEXT]).decode().strip()

    def push(self, remote: Remote, parent: str, commit: str) -> None:
        """Move the branch from `parent` to `commit`, its child.

        The lease makes it an ordinary fast-forward that is refused also where plain git would let it pass: when
        somebody moved the branch back to an ancestor of `parent`, or deleted it.
        """
        lease = f"--force-with-lease={remote.ref}:{parent}"
        self._git(["push", "--quiet", "--no-verify", lease, remote.url, f"{commit}:{remote.ref}"], remote)
        self._git(["update-ref", HEAD, commit])

    def clear(self) -> None:
        """Forget everything; the next fetch begins anew."""
        if self._reader is not None:
            self._reader.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _open_reader(self) -> tuple[IO[bytes], IO[bytes]]:
        """What `git cat-file --batch` says and is given; it ends by itself when we do."""
        if self._reader is None or self._reader.poll() is not None:
            command, pipe = ["git", "cat-file", "--batch"], subprocess.PIPE
            environment = _environment(None)
            self._reader = subprocess.Popen(
                command, cwd=self._folder, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
            )
        assert self._reader.stdin is not None
        assert self._reader.stdout is not None
        return self._reader.stdout, self._reader.stdin

    def _git(self, command: list[str], remote: Remote | None = None, given: bytes = b"") -> bytes:
        """Run git in the mirror and return what it wrote; raise what its complaint means."""
        if not (self._folder / "HEAD").exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            run_git(["init", "--quiet", "--bare", "--object-format=sha1", "."], self._folder)
        return run_git(command, self._folder, remote, given, self._lock)

    @contextmanager
    def _held(self) -> Iterator[None]:
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        with self._folder.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for left in self._folder.rglob("*.lock"):  # of a git that was killed
                left.unlink(missing_ok=True)
            # git inherits the lock: should we be killed, the next one waits until our git has ended, too
            self._lock = (lock.fileno(),)
            try:
                yield
            finally:
                self._lock = ()


def run_git(
    command: list[str], folder: Path, remote: Remote | None = None, given: bytes = b"", kept: tuple[int, ...] = ()
) -> bytes:
    what = f"git {command[0]}{f' {remote.url}' if remote else ''}"
    try:
        done = subprocess.run(
            ["git", *command],
            cwd=folder,
            env=_environment(remote),
            input=given,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            pass_fds=kept,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(redact(f"{what}: not done after {TIMEOUT_SECONDS} seconds")) from error
    except FileNotFoundError as error:
        raise ForgeError("git is not installed: Waypost reads and writes the catalog repository with it") from error
    if done.returncode:
        raise git_refusal(done.stderr.decode("utf-8", "replace"), what)
    return done.stdout


def _environment(remote: Remote | None) -> dict[str, str]:
    settings = list(SETTINGS.items())
    if remote is not None and remote.token:
        basic = base64.b64encode(f"x-access-token:{remote.token}".encode()).decode()
        settings.append((f"http.{remote.url}.extraHeader", f"Authorization: Basic {basic}"))
    environment = {name: os.environ[name] for name in PASSED if name in os.environ}
    if authorities := os.environ.get("REQUESTS_CA_BUNDLE"):  # what the API's calls trust, git trusts too
        environment.setdefault("GIT_SSL_CAINFO", authorities)
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    environment |= {"GIT_ASKPASS": "true", "LC_ALL": "C", "GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings):
        environment |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return environment


def _stream(
    parent: str, changes: Mapping[str, bytes | None], message: str, author: Author, seconds: int
) -> Iterator[bytes]:
    """Write the commit in fast-import's language: https://git-scm.com/docs/git-fast-import"""
    said = message.encode()
    yield b"feature done\n"  # a stream that breaks off makes no commit
    yield b"commit %b\n" % NEXT.encode()
    yield f"committer {author.name} <{author.email}> {seconds} +0000\n".encode()
    yield b"data %d\n%b\n" % (len(said), said)
    if parent:
        yield b"from %b\n" % parent.encode()
    # Removals first: a file may give way to a folder of its name.
    for path in sorted(path for path, data in changes.items() if data is None):
        yield b"D %b\n" % quoted(path)
    for path, data in sorted((path, data) for path, data in changes.items() if data is not None):
        yield b"M 100644 inline %b\ndata %d\n%b\n" % (quoted(path), len(data), data)
    yield b"done\n"


def quoted(path: str) -> bytes:
    text = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return b'"%b"' % text.encode("utf-8", "surrogateescape")
