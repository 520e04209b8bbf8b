"""Folders on a disk to trees and back: follows no link, opens nothing but plain files, writes nothing that is refused.

Every folder is opened by its name inside the folder above it, without following links, and everything in it by the
descriptor that this gives. So what another program swaps in meanwhile cannot lead a read or a write elsewhere.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from waypost.golden.paths import Refused, fault_of_name, safe, target_fault
from waypost.golden.tree import EXECUTABLE, PLAIN, Entry, File, Folder, Link, Tree

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: opening a pipe must not wait for a writer
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_GIT = ".git"  # of a checkout: git itself keeps it out of every tree


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a folder may hold to be read."""

    entries: int = 20_000
    file_bytes: int = 100_000_000  # GitHub refuses larger files
    bytes: int = 200_000_000
    depth: int = 100


@dataclass(slots=True)
class _Reading:
    """What has been read so far, and how much of it."""

    limits: Limits
    tree: dict[str, Entry]
    entries: int = 0
    bytes: int = 0


def read_tree(folder: Path, limits: Limits = Limits()) -> Tree:
    """Read a folder as a value. `.git` of a checkout is passed over."""
    try:
        top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise Refused(str(folder), f"cannot be read as a folder: {error.strerror}.") from error
    reading = _Reading(limits, {})
    try:
        _read_folder(top, "", 0, reading)
    finally:
        os.close(top)
    return reading.tree


def shipped(name: str) -> Tree:
    """Read a folder that comes with Waypost: `catalog_template` or `schemas`."""
    return read_tree(Path(str(files("waypost") / name)))


def read_file(file: Path, limits: Limits = Limits()) -> File:
    """Read one plain file as a value."""
    try:
        folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            return _read_file(folder, file.name, file.name, _Reading(limits, {}))
        finally:
            os.close(folder)
    except OSError as error:
        raise Refused(str(file), f"cannot be read: {error.strerror}.") from error


def _read_folder(folder: int, prefix: str, depth: int, reading: _Reading) -> None:
    if depth > reading.limits.depth:
        raise Refused(prefix, f"is more than {reading.limits.depth} folders deep. Make it flatter.")
    with os.scandir(folder) as found:
        entries = sorted((entry for entry in found if entry.name != _GIT), key=lambda entry: entry.name)
    if prefix and not entries:
        reading.tree[prefix[:-1]] = Folder()
    for entry in entries:
        path = prefix + entry.name
        _count(path, reading)
        if fault := fault_of_name(entry.name):
            raise Refused(path, fault)
        if entry.is_symlink():
            reading.tree[path] = _read_link(folder, entry.name, path)
        elif entry.is_dir(follow_symlinks=False):
            inner = os.open(entry.name, _FOLDER, dir_fd=folder)
            try:
                _read_folder(inner, f"{path}/", depth + 1, reading)
            finally:
                os.close(inner)
        elif entry.is_file(follow_symlinks=False):
            reading.tree[path] = _read_file(folder, entry.name, path, reading)
        else:
            raise Refused(path, "is a device, a socket or a pipe. A skeleton holds files, folders and links only.")


def _count(path: str, reading: _Reading) -> None:
    reading.entries += 1
    if reading.entries > reading.limits.entries:
        raise Refused(path, f"is one of more than {reading.limits.entries:,} files. Name a smaller folder.")


def _read_link(folder: int, name: str, path: str) -> Link:
    target = os.readlink(name, dir_fd=folder)
    if fault := target_fault(path, target):
        raise Refused(path, fault)
    return Link(target)


def _read_file(folder: int, name: str, path: str, reading: _Reading) -> File:
    file = os.open(name, _READ, dir_fd=folder)
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise Refused(path, "is no plain file. A skeleton holds files, folders and links only.")
        data = _all(file, status.st_size, path, reading)
    finally:
        os.close(file)
    return File(data, EXECUTABLE if status.st_mode & 0o100 else PLAIN)


def _all(file: int, size: int, path: str, reading: _Reading) -> bytes:
    """Read a file whole; one that grows meanwhile is refused as soon as it is too large."""
    limits = reading.limits
    if size > limits.file_bytes:
        raise Refused(path, f"has {size:,} bytes; GitHub takes files up to {limits.file_bytes:,}. Keep it elsewhere.")
    chunks = [os.read(file, size + 1)]
    while chunks[-1] and sum(map(len, chunks)) != size:
        chunks.append(os.read(file, 1 << 20))
        if sum(map(len, chunks)) > limits.file_bytes:
            raise Refused(path, f"has more than {limits.file_bytes:,} bytes. Keep it elsewhere.")
    data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
    reading.bytes += len(data)
    if reading.bytes > limits.bytes:
        raise Refused(path, f"is beyond the {limits.bytes:,} bytes that a folder may hold. Name a smaller folder.")
    return data


def write_tree(tree: Tree, folder: Path, into_existing: bool = False) -> None:
    """Write a tree into a folder, which is made when it is not there.

    Where something is in it already, nothing is written, unless `into_existing`: then files and links of the same
    name are replaced, never written through.
    """
    entries = sorted((safe(path), entry) for path, entry in tree.items())  # all judged before the first is written
    for path, entry in entries:
        if isinstance(entry, Link) and (fault := target_fault(path, entry.target)):
            raise Refused(path, fault)
    folder.mkdir(parents=True, exist_ok=True)
    top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with os.scandir(top) as found:
            if not into_existing and next(found, None):
                raise Refused(str(folder), "is not empty. Name a new folder, or one that holds nothing.")
        _Writer(top, into_existing).write(entries)
    finally:
        os.close(top)


class _Writer:
    """Writes sorted entries; keeps open the folders that lead to the one it writes in."""

    def __init__(self, top: int, into_existing: bool) -> None:
        self.into_existing = into_existing
        self.names: list[str] = []
        self.open = [top]

    def write(self, entries: list[tuple[str, Entry]]) -> None:
        try:
            for path, entry in entries:
                *folders, name = path.split("/")
                if isinstance(entry, Folder):
                    folders, name = [*folders, name], ""
                self._go_to(folders)
                if name:
                    self._write(path, name, entry)
        finally:
            self._leave(0)

    def _go_to(self, folders: list[str]) -> None:
        shared = next(
            (at for at, pair in enumerate(zip(folders, self.names, strict=False)) if pair[0] != pair[1]), None
        )
        self._leave(min(len(folders), len(self.names)) if shared is None else shared)
        for name in folders[len(self.names) :]:
            self.open.append(self._enter(name))
            self.names.append(name)

    def _enter(self, name: str) -> int:
        path = "/".join((*self.names, name))
        try:
            os.mkdir(name, dir_fd=self.open[-1])
        except FileExistsError:
            pass  # opening says whether it is a folder
        try:
            return os.open(name, _FOLDER, dir_fd=self.open[-1])
        except OSError as error:
            raise Refused(path, "is no folder but a file or a link, so nothing is written below it.") from error

    def _leave(self, depth: int) -> None:
        while len(self.names) > depth:
            os.close(self.open.pop())
            self.names.pop()

    def _write(self, path: str, name: str, entry: Entry) -> None:
        if self.into_existing:
            self._clear(path, name)
        if isinstance(entry, Link):
            os.symlink(entry.target, name, dir_fd=self.open[-1])
        elif isinstance(entry, File):
            file = os.open(name, _WRITE, 0o777 if entry.mode == EXECUTABLE else 0o666, dir_fd=self.open[-1])
            try:
                _put(file, entry.data)
            finally:
                os.close(file)

    def _clear(self, path: str, name: str) -> None:
        try:
            os.unlink(name, dir_fd=self.open[-1])
        except FileNotFoundError:
            pass  # nothing is in the way
        except OSError as error:
            raise Refused(path, f"cannot be replaced: {error.strerror}.") from error


def _put(file: int, data: bytes) -> None:
    """Write all bytes; the system may take them in parts."""
    while data and (taken := os.write(file, data)) < len(data):
        data = data[taken:]
