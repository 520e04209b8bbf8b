"""Somebody else's regular expression: matched in bounded time, with the words of ECMAScript. Never by Python's `re`.

jsonschema-rs brings both engines. The first is linear and knows no lookarounds; the second knows them, and is given
short texts and a limit to its backtracking.
"""

from __future__ import annotations

import re
from functools import lru_cache

from jsonschema_rs import Draft7Validator, FancyRegexOptions, RegexOptions, ValidationError, ValidationErrorKind

_LONGEST_PATTERN = 2_000
_LONGEST_TEXT = 4_000  # where a pattern looks around: every place may be looked at from every other
_LINEAR = RegexOptions(size_limit=1_000_000, dfa_size_limit=1_000_000)
_BOUNDED = FancyRegexOptions(backtrack_limit=100_000, size_limit=1_000_000, dfa_size_limit=1_000_000)
_CLASS_THEN_DASH = re.compile(r"(\\[dwsDWS])-(?!\])")
_DASH_THEN_CLASS = re.compile(r"(?<=[a-zA-Z0-9])-(\\[dwsDWS])")
_LONE_BRACE = re.compile(r"(\\.)|(\{\d+(?:,\d*)?\})|([{}])")
_ONE_CLASS = re.compile(r"\[((?:[^\]\\^]|\\.)(?:[^\]\\]|\\.)*)\](?:[*+?]|\{\d*,?\d*\})?")
_RANGES = {"a-z": "lower-case letters", "A-Z": "capital letters", "0-9": "digits", r"\d": "digits", r"\w": "letters"}


class PatternFault(Exception):
    """A pattern that cannot be used, or that a text makes too much work of; the text says which."""


def matches(pattern: str, text: str) -> bool:
    """Say whether the pattern matches anywhere in the text, as JavaScript's `test` does."""
    validator, looks_around = _compiled(pattern)
    if looks_around and len(text) > _LONGEST_TEXT:
        raise PatternFault(f"holds lookarounds, which are held against {_LONGEST_TEXT:,} letters at most")
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # the engine knows no halves of letters
    for error in validator.iter_errors(whole):
        if isinstance(error.kind, ValidationErrorKind.BacktrackLimitExceeded):
            raise PatternFault("takes too long on this value")
        return False
    return True


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> tuple[Draft7Validator, bool]:
    if len(pattern) > _LONGEST_PATTERN:
        raise PatternFault(f"is longer than {_LONGEST_PATTERN:,} letters")
    for written in (pattern, _strict(pattern)):
        for options, looks_around in ((_LINEAR, False), (_BOUNDED, True)):
            try:
                return Draft7Validator({"pattern": written}, pattern_options=options), looks_around
            except ValidationError:
                continue
    raise PatternFault("is not a regular expression that we can use")


def _strict(pattern: str) -> str:
    """Write out what JavaScript forgives: a dash beside \\w, a brace that counts nothing, [^] for any letter."""
    pattern = _DASH_THEN_CLASS.sub(r"\\-\1", _CLASS_THEN_DASH.sub(r"\1\\-", pattern.replace("[^]", r"[\s\S]")))
    return _LONE_BRACE.sub(lambda found: rf"\{found[3]}" if found[3] else found[0], pattern)


def in_words(pattern: str) -> str:
    """Say which letters a simple pattern allows: `lower-case letters, digits, "-"`; "" when it is not that simple."""
    body = pattern.removeprefix("^").removesuffix("$")
    classes = _ONE_CLASS.findall(body)
    if not classes or _ONE_CLASS.sub("", body):
        return ""
    found: dict[str, None] = {}
    for inside in classes:
        for part in re.findall(r"[a-zA-Z0-9]-[a-zA-Z0-9]|\\?.", inside):
            if part not in _RANGES and len(part) == 3:
                return ""
            found[_RANGES.get(part, f'"{part[-1]}"')] = None
    return ", ".join(sorted(found, key=lambda word: (word[0] == '"', word)))
