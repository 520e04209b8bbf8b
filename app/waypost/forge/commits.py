"""One commit with modes and links, made in a folder that is thrown away, and folders read back. Runs git only.

Unlike the mirror of a catalog repository nothing is kept: a repository that is being created is pushed to once.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from waypost.forge.creating import Draft
from waypost.forge.mirror import Mirror, Remote, quoted, run_git
from waypost.forge.protocol import ForgeError, HeadMoved, Unavailable
from waypost.golden.tree import EXECUTABLE, PLAIN, Entry, File, Folder, Link, Tree

BUILT = "refs/waypost/built"
MOST_FILES = 100_000  # of what is read: a template, or the entities of a catalog
MOST_BYTES = 256 * 1024 * 1024
_LINK, _SUBMODULE = b"120000", b"160000"


def push(remote: Remote, draft: Draft) -> str:
    """Make the commit of a draft, move the branch there, and return it; no error when the branch is there already."""
    with _scratch() as folder:
        if draft.parent:
            _fetch(folder, remote, draft.parent)
        run_git(["fast-import", "--quiet"], folder, given=b"".join(_stream(draft)))
        built = run_git(["rev-parse", "--verify", BUILT], folder).decode().strip()
        lease = f"--force-with-lease={remote.ref}:{draft.expected}"
        command = ["push", "--quiet", "--no-verify", lease, remote.url, f"{built}:{remote.ref}"]
        try:
            run_git(command, folder, remote)
        except (HeadMoved, Unavailable):
            # An earlier try whose answer was lost may have been it, or another process with the same request.
            if head(remote) != built:
                raise
    return built


def head(remote: Remote) -> str:
    """Ask where a branch is; "" when there is none."""
    return Mirror(Path()).remote_head(remote)


def files(remote: Remote, commit: str, paths: Sequence[str]) -> Tree:
    """Read the files of these paths (a folder's are all below it) at a commit."""
    with _scratch() as folder:
        _fetch(folder, remote, commit)
        listed = run_git(["ls-tree", "-r", "-z", "-l", "--full-tree", commit, *paths], folder)
        rows = [row for row in listed.split(b"\0") if row]
        _check_size(", ".join(paths), rows)
        return dict(_entries(Mirror(folder), rows))


def _entries(blobs: Mirror, rows: Sequence[bytes]) -> Iterator[tuple[str, Entry]]:
    for row in rows:
        facts, _, path = row.partition(b"\t")
        mode, _, blob = facts.split()[:3]
        if mode == _SUBMODULE:
            continue
        (data,) = blobs.read([blob.decode()])
        name = path.decode("utf-8", "surrogateescape")
        if mode == _LINK:
            yield name, Link(data.decode("utf-8", "surrogateescape"))
        else:
            yield name, File(data, EXECUTABLE if mode == b"100755" else PLAIN)


def _check_size(below: str, rows: Sequence[bytes]) -> None:
    sizes = [row.partition(b"\t")[0].split()[3] for row in rows]
    total = sum(int(size) for size in sizes if size.isdigit())
    if len(rows) > MOST_FILES or total > MOST_BYTES:
        raise ForgeError(
            f"{below or 'the repository'} is too large to be read: {len(rows)} files, {total} bytes;"
            f" at most {MOST_FILES} and {MOST_BYTES}"
        )


def _fetch(folder: Path, remote: Remote, commit: str) -> None:
    run_git(["fetch", "--quiet", "--no-tags", "--depth=1", "--no-write-fetch-head", remote.url, commit], folder, remote)


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="waypost-commit-", ignore_cleanup_errors=True) as name:
        folder = Path(name) / "repository.git"
        folder.mkdir()
        run_git(["init", "--quiet", "--bare", "--object-format=sha1", "."], folder)
        yield folder


def _stream(draft: Draft) -> Iterator[bytes]:
    """Write the commit in fast-import's language: https://git-scm.com/docs/git-fast-import"""
    said = draft.message.encode()
    yield b"feature done\n"  # a stream that breaks off makes no commit
    yield b"commit %b\n" % BUILT.encode()
    yield f"committer {draft.author.name} <{draft.author.email}> {draft.seconds} +0000\n".encode()
    yield b"data %d\n%b\n" % (len(said), said)
    if draft.parent:
        yield b"from %b\n" % draft.parent.encode()
    for path in sorted(draft.removed):
        yield b"D %b\n" % quoted(path)
    for path, entry in sorted(draft.files.items()):
        if isinstance(entry, Folder):  # git knows no empty folder
            continue
        mode, data = _content(entry)
        yield b"M %b inline %b\ndata %d\n%b\n" % (mode, quoted(path), len(data), data)
    yield b"done\n"


def _content(entry: File | Link) -> tuple[bytes, bytes]:
    if isinstance(entry, Link):
        return _LINK, entry.target.encode("utf-8", "surrogateescape")
    return b"100755" if entry.mode == EXECUTABLE else b"100644", entry.data
