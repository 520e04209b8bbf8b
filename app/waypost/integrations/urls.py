"""Addresses from other people's text: what may become a link, percent-encoded. Everything else is refused.

Only https and mailto, no user or password in front of the host, no control characters. All checks are linear.
"""

from __future__ import annotations

import re
from functools import lru_cache

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
LONGEST = 2_000  # what browsers and GitHub's own pages take without complaint
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Left alone in an address that is already one. Parentheses, quotes, <, >, |, \, ` and @-signs end links or start
# something else in Markdown, HTML or mermaid, so they are encoded.
_ADDRESS = _UNRESERVED | frozenset(":/?#[]!&*+,;=%")
_PLAIN = _ADDRESS - {"%"}
_PATH = _UNRESERVED | frozenset("/")
_HOST = _UNRESERVED | frozenset("[]:")
_HEX = frozenset("0123456789abcdefABCDEF")


def quote(text: str, keep: frozenset[str] = _UNRESERVED) -> str:
    """Percent-encode whatever is not unreserved (or in `keep`)."""
    if keep.issuperset(text):
        return text
    return "".join(
        character if character in keep else "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))
        for character in text
    )


def quote_path(path: str) -> str:
    """Percent-encode a path, keeping its slashes."""
    return path if _PATH.issuperset(path) else quote(path, _PATH)


@lru_cache(maxsize=1_024)  # the same repository and tool on page after page
def safe_url(text: str, also: str = "") -> str | None:
    """Return the address fit for a link, or None. `also` is one more prefix that is trusted (our own GitHub).

    A host that is not ASCII is refused: letters that look alike lead people to the wrong place.
    """
    text = text.strip()
    if not text or len(text) > LONGEST or (not text.isprintable() and _CONTROL.search(text)):
        return None
    scheme, colon, rest = text.partition(":")
    if colon and scheme.lower() == "mailto":
        return _mail(rest)
    trusted = bool(also) and text.startswith(also) and text[len(also) : len(also) + 1] in ("", "/", "?", "#")
    if not trusted and (scheme.lower() != "https" or not rest.startswith("//")):
        return None
    host = _upto(rest[2:], "/?#")
    if not _is_host(host):
        return None
    return text if _PLAIN.issuperset(text) else quote(_whole_percents(text), _ADDRESS)


def _is_host(host: str) -> bool:
    name, colon, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    if not colon:
        name = host
    elif not port.isdecimal():
        return False
    return bool(name) and _HOST.issuperset(name) and not name.startswith((".", "-"))


def _mail(address: str) -> str | None:
    """A plain address only: no subject, body or copies that somebody else chose."""
    name, at, host = address.rpartition("@")
    plain = _UNRESERVED | {"+"}
    if not at or not name or not plain.issuperset(name) or "." not in host or not _UNRESERVED.issuperset(host):
        return None
    return f"mailto:{address}"


def _upto(text: str, ends: str) -> str:
    for end in ends:
        text = text.partition(end)[0]
    return text


def _whole_percents(text: str) -> str:
    """Encode a % that begins no escape, so that the address decodes the way it was written."""
    first, *rest = text.split("%")
    return first + "".join(
        f"%{piece}" if _HEX.issuperset(piece[:2]) and len(piece) > 1 else f"%25{piece}" for piece in rest
    )
