"""Whether a delivery was signed with one of our secrets. Pure; looks at nothing but the raw bytes and the header.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

SCHEME = "sha256="


def sign(body: bytes, secret: bytes) -> str:
    """Return what GitHub puts into X-Hub-Signature-256."""
    return SCHEME + hmac.digest(secret, body, "sha256").hex()


def is_signed(body: bytes, header: str, secrets: Iterable[bytes]) -> bool:
    """Compare with every secret, in time that tells nothing about where they differ."""
    given = header.encode("latin-1", "replace")  # compare_digest refuses text beyond ASCII
    found = False
    for secret in secrets:
        found |= hmac.compare_digest(given, sign(body, secret).encode())
    return found
