"""Take secrets out of text before anybody reads it: errors, logs, what git said. Knows shapes, never lengths."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

HIDDEN = "***"

_SHAPES = re.compile(
    r"""
      (?:gh[a-z]_|github_pat_)[\w.~+/=-]+  # GitHub's own, of any length: it has changed before and will again
    | \beyJ[\w-]*\.[\w-]+(?:\.[\w-]*)?                   # a JSON web token
    | -----BEGIN[ A-Z]*PRIVATE[ ]KEY-----.*?(?:-----END[ A-Z]*PRIVATE[ ]KEY-----|\Z)
    | (?<=://)[^/\s@]+(?=@)                              # user:password of an address
    | (?<=basic\ )[\w+/=]{8,} | (?<=bearer\ )[^\s'",]{8,} | (?<=token\ )[\w.~+/=-]{20,}
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text with everything that looks like a credential, and each given secret, replaced."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, HIDDEN)
    return _SHAPES.sub(HIDDEN, text)


class RedactingFilter(logging.Filter):
    """Redact the records of a library that writes request headers and bodies at level DEBUG."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = tuple(secrets)

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage(), self._secrets), ()
        return True
