"""A folder as a value: what a skeleton holds and what a rendered template makes. Reads and writes no disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PLAIN = 0o644
EXECUTABLE = 0o755  # git knows no other modes


@dataclass(frozen=True, slots=True)
class File:
    """A file's bytes and its mode (PLAIN or EXECUTABLE)."""

    data: bytes
    mode: int = PLAIN


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link; `target` as written, relative to the link's own folder."""

    target: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that holds nothing: kept in a workspace, unknown to git."""


Entry = File | Link | Folder
# Relative paths with "/" between their parts, never "", "." or ".."; parents of an entry are not entries themselves.
Tree = Mapping[str, Entry]
