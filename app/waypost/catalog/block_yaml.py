"""JSON values as block YAML that means the same under YAML 1.1 and 1.2. Reads nothing; `documents` does that.

A general emitter is far slower: it knows styles, anchors and tags that plain values do not need. A string is left
unquoted, or written as a literal block, only where no reader could take it for anything else.
"""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache
from typing import Any

# One space between words, nothing that could begin a comment or a key, and no letter that only some readers print.
_PLAIN = re.compile(r"[A-Za-z/](?:[!-$&-~]*(?: [!-$&-~]+)*)")
_PLAIN_KEY = re.compile(r"[A-Za-z$][A-Za-z0-9_./-]*")
_KEYWORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
# Line ends that only YAML 1.1 knows, letters that YAML does not print, marks that readers drop.
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_DIRECTIVE = re.compile("%(?=TAG|YAML)")  # counted by careful readers wherever it stands
_QUOTE = json.JSONEncoder(ensure_ascii=False).encode  # `dumps` makes a new encoder each time
_BLANK_LINE = re.compile(r"^[ \t]+$", re.MULTILINE)
_LONGEST_SIMPLE_KEY = 128  # libyaml stops looking for the colon after 1,024 bytes


def write(value: dict[str, Any]) -> str:
    """Return a mapping as YAML, its keys in their order, with a line end at the end."""
    lines: list[str] = []
    _mapping(value, "", lines)
    lines.append("")
    return "\n".join(lines)


def _mapping(value: dict[str, Any], indent: str, lines: list[str], first: str | None = None) -> None:
    """Append a mapping; `first` is what its first line begins with, when it stands in a list."""
    start = indent if first is None else first
    for key, item in value.items():
        name = (_known_key(key) if len(key) < _LONGEST_SIMPLE_KEY else "") or _odd_key(key, indent)
        if type(item) is str:  # most are: not worth a call
            lines.append(f"{start}{name}: {_string(item, indent)}")
        else:
            _item(f"{start}{name}:", item, indent, lines)
        start = indent


def _item(head: str, item: Any, indent: str, lines: list[str]) -> None:
    if isinstance(item, str):
        lines.append(f"{head} {_string(item, indent)}")
    elif isinstance(item, dict) and item:
        lines.append(head)
        _mapping(item, indent + "  ", lines)
    elif isinstance(item, list) and item:
        lines.append(head)
        _list(item, indent + "  ", lines)
    else:
        lines.append(f"{head} {_scalar(item)}")


def _list(values: list[Any], indent: str, lines: list[str]) -> None:
    head = f"{indent}-"
    for item in values:
        if isinstance(item, dict) and item:
            _mapping(item, indent + "  ", lines, f"{head} ")
        else:
            _item(head, item, indent, lines)


@lru_cache(maxsize=1_024)
def _known_key(key: str) -> str:
    """Return a key that may stand as it is; "" for another."""
    is_plain = _PLAIN_KEY.fullmatch(key) and key.lower() not in _KEYWORDS
    return key if is_plain else ""


def _odd_key(key: str, indent: str) -> str:
    quoted = _quoted(key)
    return quoted if len(quoted) < _LONGEST_SIMPLE_KEY else f"? {quoted}\n{indent}"


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    return "{}" if isinstance(value, dict) else "[]"


def _number(value: float) -> str:
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    text = repr(value)
    # YAML 1.1 knows a number with an exponent only by its point.
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def _string(text: str, indent: str) -> str:
    if _PLAIN.fullmatch(text):
        if ": " not in text and " #" not in text and text[-1] != ":" and text.lower() not in _KEYWORDS:
            return text
    elif "\n" in text and _is_literal(text):
        return _literal(text, indent + "  ")
    return _quoted(text)


def _is_literal(text: str) -> bool:
    if text[0] in " \t\n" or ("%" in text and _DIRECTIVE.search(text)) or _BLANK_LINE.search(text):
        return False
    return _is_ordinary(text.replace("\n", "").replace("\t", "")) or not _ODD.search(text)


def _is_ordinary(text: str) -> bool:
    """Say whether nothing in a text can be odd: a first look, far cheaper than the expression."""
    return text.isascii() and text.isprintable()


def _literal(text: str, indent: str) -> str:
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    lines = [f"{indent}{line}" if line else "" for line in body.split("\n")]
    return "\n".join([f"|{'-' if not ends else '' if ends == 1 else '+'}", *lines, *[""] * (ends - 1)])


def _quoted(text: str) -> str:
    quoted = _QUOTE(text)
    if not _is_ordinary(quoted):
        quoted = _ODD.sub(_escape, quoted)
    return _DIRECTIVE.sub(r"\\x25", quoted) if "%" in quoted else quoted


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    # Half a surrogate pair has no form in UTF-8; nothing can hold it.
    return "\\ufffd" if 0xD800 <= code < 0xE000 else f"\\u{code:04x}"
