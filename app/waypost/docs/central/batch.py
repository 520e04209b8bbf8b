"""Uploads and what the catalog says become the changes of one commit to the documentation branch. Commits nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from waypost.docs.central.values import Batch, Facts, Failure, Upload


def place(
    tree: Mapping[str, str],
    state: bytes,
    facts: Facts,
    uploads: Sequence[Upload] = (),
    failures: Sequence[Failure] = (),
    mermaid: bytes | None = None,
) -> Batch:
    """Return what one commit changes: sites placed and removed, the shared files, front page, report and state.

    `tree` maps the branch's paths to blob ids, `state` is its state.json (empty when there is none). The order of the
    uploads does not matter; what is on the branch already is not written again.
    """
    raise NotImplementedError


def settled(state: bytes, facts: Facts) -> Mapping[tuple[int, str], int]:
    """Return (repository id, artifact name) -> the newest artifact that need not be looked at again."""
    raise NotImplementedError
