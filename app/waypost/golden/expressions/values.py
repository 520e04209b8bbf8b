"""The values of an expression that JSON does not have: undefined, safe text, functions. Knows no operation on them.

The others are Python's own: None is null, dict and list are records and arrays, and a number is an int while it is
whole and below 2**53, a float otherwise. Nothing of a Python object is ever reachable from a template.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final


class Undefined:
    """JavaScript's undefined; there is one."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __bool__(self) -> bool:
        return False

    def __copy__(self) -> Undefined:
        return self

    def __deepcopy__(self, memo: object) -> Undefined:
        return self


UNDEFINED: Final = Undefined()
RESERVED: Final = frozenset({"constructor", "prototype", "__proto__"})  # refused as names everywhere, as Backstage does
# What JavaScript trims and calls \s.
WHITESPACE: Final = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)


class Safe:
    """Text that counts as escaped: what macros return and `safe` makes. An object: always truthy, equal to itself."""

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        self.value = value


class Function:
    """Something a template may call: `call(positional)`, with bounds on how many arguments it takes."""

    __slots__ = ("call", "least", "members", "most", "name")

    def __init__(
        self,
        name: str,
        call: Callable[[Sequence[Any]], Any],
        least: int = 0,
        most: float = 0,
        members: Callable[[str], Any] | None = None,
    ) -> None:
        self.name = name
        self.call = call
        self.least = least
        self.most = most
        self.members = members  # what stands behind a point after it


def is_number(value: Any) -> bool:
    """Say whether it is a number; Python's bool is not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_truthy(value: Any) -> bool:
    """Judge as JavaScript does: empty lists, records and safe texts are true."""
    if isinstance(value, (str, int)):
        return bool(value)
    if isinstance(value, float):
        return value == value and value != 0
    return value is not None and value is not UNDEFINED


def kind(value: Any) -> str:
    """Name the kind of a value for a message."""
    for known, name in _KINDS:
        if isinstance(value, known):
            return name
    return "regular expression"


_KINDS: Final[tuple[tuple[type, str], ...]] = (
    (Undefined, "undefined"),
    (type(None), "null"),
    (bool, "boolean"),
    (int, "number"),
    (float, "number"),
    (str, "string"),
    (list, "list"),
    (dict, "object"),
    (Safe, "text"),
    (Function, "function"),
)
