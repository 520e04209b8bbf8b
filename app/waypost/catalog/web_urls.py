"""Which texts are addresses: the syntax of https://url.spec.whatwg.org/, as Backstage's `new URL(...)` reads it.

Says nothing about whether anything answers there, and never asks.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import unquote

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_PORT = re.compile(r"[0-9]*", re.ASCII)
_STRIPPED = "".join(map(chr, range(0x21)))
_REMOVED = str.maketrans("", "", "\t\n\r")
_SPECIAL = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
_FORBIDDEN_IN_HOST = frozenset("\0\t\n\r #/:<>?@[\\]^|")
_FORBIDDEN_IN_DOMAIN = _FORBIDDEN_IN_HOST | frozenset("%\x7f") | frozenset(map(chr, range(0x20)))
# A link with one of these would run as a script in the reader's browser.
_SCRIPTS = frozenset({"javascript", "vbscript", "data"})


def scheme(text: str) -> str:
    """Return the scheme of an address, lower-case; "" when there is none."""
    found = _SCHEME.match(text.strip(_STRIPPED).translate(_REMOVED))
    return found[0][:-1].lower() if found else ""


def is_script(text: str) -> bool:
    """Say whether following the address would run code instead of opening a page."""
    return scheme(text) in _SCRIPTS


def is_url(text: str) -> bool:
    """Say whether `text` is a whole address (has a scheme, and a host where the scheme asks for one)."""
    text = text.strip(_STRIPPED).translate(_REMOVED)
    name = scheme(text)
    if not name:
        return False
    rest = text[len(name) + 1 :]
    if name in _SPECIAL:
        authority = re.split(r"[/\\?#]", rest.lstrip("/\\"), maxsplit=1)[0]
        return _is_authority(authority, True)
    if name == "file":
        return _is_file(rest)
    if not rest.startswith("//"):
        return True
    authority = re.split(r"[/?#]", rest[2:], maxsplit=1)[0]
    return not authority or _is_authority(authority, False)


def _is_authority(text: str, special: bool) -> bool:
    host = text.rpartition("@")[2]
    if host.startswith("["):
        address, closed, port = host[1:].partition("]")
        return bool(closed) and _is_ipv6(address) and (not port or _is_port(port))
    host, colon, port = host.partition(":")
    if colon and not _is_port(":" + port):
        return False
    if not host:
        return False
    return _is_domain(host) if special else _FORBIDDEN_IN_HOST.isdisjoint(host)


def _is_file(rest: str) -> bool:
    if not rest.startswith(("//", "\\\\", "/\\", "\\/")):
        return True
    host = re.split(r"[/\\?#]", rest[2:], maxsplit=1)[0]
    return not host or re.fullmatch(r"[a-zA-Z][:|]", host) is not None or _is_domain(host)


def _is_port(text: str) -> bool:
    digits = text[1:]
    return (
        text[0] == ":" and _PORT.fullmatch(digits) is not None and int(digits[-9:] or 0) <= 65_535 and len(digits) < 400
    )


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text.partition("%")[0] if "%" not in text else "")
    except AddressValueError:
        return False
    return True


def _is_domain(text: str) -> bool:
    host = unquote(text, errors="replace")
    if not _FORBIDDEN_IN_DOMAIN.isdisjoint(host):
        return False
    labels = host.removesuffix(".").split(".")
    return not _is_number(labels[-1]) or _is_ipv4(labels)


def _is_number(label: str) -> bool:
    return re.fullmatch(r"[0-9]+|0[xX][0-9a-fA-F]*", label, re.ASCII) is not None


def _is_ipv4(labels: list[str]) -> bool:
    if len(labels) > 4 or not all(map(_is_number, labels)) or any(len(label) > 20 for label in labels):
        return False
    try:
        numbers = [_ipv4_number(label) for label in labels]
    except ValueError:
        return False
    return all(number < 256 for number in numbers[:-1]) and numbers[-1] < 256 ** (5 - len(numbers))


def _ipv4_number(label: str) -> int:
    if label[:2] in ("0x", "0X"):
        return int(label[2:] or "0", 16)
    return int(label, 8) if label.startswith("0") and len(label) > 1 else int(label)
