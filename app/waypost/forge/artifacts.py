"""The port to what workflow runs leave behind: archives, kept for some days. Opens none of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Artifact(NamedTuple):
    """One archive that a run uploaded. A higher number was uploaded later."""

    id: int
    name: str
    size: int  # of the archive, in bytes
    is_expired: bool
    run_id: int
    branch: str  # that the run was about; in a fork it may have any name
    commit: str
    is_from_fork: bool
    address: str = ""  # of the archive: opened with a token, it leads elsewhere


class Run(NamedTuple):
    """What began a run, and of which commit."""

    id: int
    event: str
    branch: str
    commit: str
    committed: str  # the date of that commit
    is_from_fork: bool


class Artifacts(Protocol):
    """Raises as the Forge does; NotAllowed when nobody granted that runs are read."""

    def named(self, full_name: str, name: str) -> Sequence[Artifact]:
        """The newest artifacts of exactly that name, newest first. What has not changed since costs no quota."""

    def run(self, full_name: str, run_id: int) -> Run: ...

    def is_on_branch(self, full_name: str, branch: str, commit: str) -> bool:
        """Say whether a commit is on that very branch by now: the run of a tag may be called like it."""

    def download(self, full_name: str, artifact: Artifact, most: int) -> bytes:
        """The archive (zip); raise TooBig when it has more than `most` bytes, NotFound when it expired meanwhile."""
