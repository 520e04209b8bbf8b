"""What an unquoted word means: the types of YAML 1.2's core schema, as the `yaml` npm package reads them.

Nothing else is a type: `no`, `on`, `12:30:45` and `2024-01-01` are text. https://yaml.org/spec/1.2.2/#103-core-schema
"""

from __future__ import annotations

import math
import re

NULL = "tag:yaml.org,2002:null"
BOOL = "tag:yaml.org,2002:bool"
INT = "tag:yaml.org,2002:int"
FLOAT = "tag:yaml.org,2002:float"
STR = "tag:yaml.org,2002:str"

Scalar = str | int | float | bool | None

WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# What a number, and what anything but text, begins with: a cheap first look.
NUMBER_LETTERS = frozenset("+-.0123456789")
FIRST_LETTERS = NUMBER_LETTERS | frozenset("~nNtTfF")
# One object each, so that equal documents compare equal even where they hold a NaN.
_NOT_FINITE = {
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
# Also what YAML 1.1 took for a number (`1:30:00`, `1_000`): turning long ones into integers costs quadratic time.
_NUMBER_LETTERS = re.compile(r"[-+0-9:._eE]+", re.ASCII)
_LONGEST_NUMBER = 400  # letters, more than any double needs


class TooLong(ValueError):
    """A number that nobody can mean."""


def resolve(text: str) -> Scalar:
    """Return what an unquoted, untagged scalar stands for; raise TooLong for a number of many hundred digits."""
    if text in WORDS:
        return WORDS[text]
    if text in _NOT_FINITE:
        return _NOT_FINITE[text]
    if len(text) > _LONGEST_NUMBER:
        if _NUMBER_LETTERS.fullmatch(text):
            raise TooLong(text)
        return text
    if _INT.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def resolve_as(text: str, tag: str) -> Scalar:
    """Return what a tagged scalar stands for; raise ValueError where the text does not have the form of the tag."""
    if tag in ("!", STR):
        return text
    value = resolve(text)
    if tag == FLOAT and type(value) is int:
        return float(value)
    if type(value) is _TYPES.get(tag):
        return value
    raise ValueError(tag)


def key_text(value: Scalar) -> str:
    """Return a key as JSON has it: text. Numbers and words become what JavaScript prints for them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value)


def _integer(text: str) -> int:
    prefix = text[:2]
    return int(text, 8) if prefix == "0o" else int(text, 16) if prefix == "0x" else int(text)


_TYPES: dict[str, type] = {NULL: type(None), BOOL: bool, INT: int, FLOAT: float}
