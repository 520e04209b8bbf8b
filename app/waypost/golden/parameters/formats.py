"""The `format` keyword as the form's validator understands it: a few are judged, an unknown one allows everything."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import AddressValueError, IPv6Address
from typing import Any

_DAY = r"\d{4}-(?:0\d|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_TIME = r"(?:[01]\d|2[0-4]):[0-5]\d:(?:[0-5]\d|60)"
_ATOM = r"[A-Za-z0-9_!#$%&'*+\-/=?^`{|}~]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_OCTET = r"(?:25[0-5]|2[0-4]\d|[01]?\d?\d)"
_COLOURS = "aqua|black|blue|fuchsia|gray|green|lime|maroon|navy|olive|orange|purple|red|silver|teal|white|yellow"
_URI_LETTERS = r"[A-Za-z0-9._~!$&'()*+,;=@/?#%\[\]-]"

# Ours, so Python may run them. None repeats what itself repeats the same letters.
_PATTERNS = {
    "date-time": rf"{_DAY}[tT ]{_TIME}(?:\.\d+)?(?:[zZ]|[+-][0-5]\d:(?:[0-5]\d|60))",
    "date": _DAY,
    "time": _TIME,
    "email": rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}",
    "idn-email": r"[^@\s]+@[^@\s]+",
    "ipv4": rf"(?:{_OCTET}\.){{3}}{_OCTET}",
    "uri": r"[A-Za-z][A-Za-z0-9+.-]*:\S*",
    "uri-reference": rf"[A-Za-z][A-Za-z0-9+.-]*:\S*|(?:(?![^/?#]*:)(?:{_URI_LETTERS}|:)*)",
    "uuid": r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
    "json-pointer": r"(?:/(?:[^/~]|~[01])*)*",
    "hostname": rf"{_LABEL}(?:\.{_LABEL})*\.?",
    "phone": r"\+(?:\d ?){6,14}\d",
    "alpha": r"[A-Za-z]+",
    "alphanumeric": r"[A-Za-z0-9]+",
    "color": rf"#?(?:[0-9A-Fa-f]{{3}}){{1,2}}|{_COLOURS}|rgb\([\d,%\s]+\)",
}
_ALIASES = {"ip-address": "ipv4", "host-name": "hostname", "iri": "uri"}
_LONGEST = 10_000


def fits(format: Any, value: Any) -> bool:
    """Say whether a value has a format. What is no text always does, and so does a format nobody knows."""
    if not isinstance(value, str) or not isinstance(format, str):
        return True
    judge = _JUDGES.get(_ALIASES.get(format, format))
    return judge is None or (len(value) <= _LONGEST and judge(value))


def _is_ipv6(value: str) -> bool:
    try:
        IPv6Address(value.strip())
    except AddressValueError:
        return False
    return True


def _matcher(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: compiled.fullmatch(value) is not None


_JUDGES: dict[str, Callable[[str], bool]] = {
    **{name: _matcher(pattern) for name, pattern in _PATTERNS.items()},
    "ipv6": _is_ipv6,
}
