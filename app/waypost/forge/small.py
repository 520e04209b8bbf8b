"""Which commits the forge's API may carry. Larger ones are pushed."""

from __future__ import annotations

from collections.abc import Mapping

from waypost.limits import SMALL_COMMIT_BYTES, SMALL_COMMIT_FILES


def is_small(changes: Mapping[str, bytes | None]) -> bool:
    """Say whether a batch fits `createCommitOnBranch` as we use it; an empty batch does not."""
    size = sum(len(data) for data in changes.values() if data is not None)
    return 0 < len(changes) <= SMALL_COMMIT_FILES and size <= SMALL_COMMIT_BYTES
