"""What git and GitHub say of a file's bytes: its id, and whether its text is handed out. Asks nobody."""

from __future__ import annotations

import hashlib

from waypost.catalog.files import Blob

INLINE_BYTES = (
    512_000  # GraphQL's Blob.text is cut (isTruncated) above: https://docs.github.com/en/graphql/reference/objects#blob
)


def blob_id(data: bytes) -> str:
    """Return the id git gives these bytes in a SHA-1 repository."""
    return hashlib.sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()


def blob(data: bytes) -> Blob:
    """Describe bytes as the forge does: no text for binary files (a NUL, as git decides) and for large ones."""
    inline = len(data) <= INLINE_BYTES and b"\0" not in data
    return Blob(blob_id(data), data.decode("utf-8", "replace") if inline else None, len(data))
