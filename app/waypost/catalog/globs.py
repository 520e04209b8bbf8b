"""Globs over repository paths as Backstage reads them (minimatch): `*`, `**`, `?`, `[a-z]`, `{a,b}`; dotfiles by name.

Written out instead of translated to regular expressions, because patterns come from strangers and `*a*a*a*b` must
stay cheap: every comparison is at worst the product of the two lengths.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

_MOST_ALTERNATIVES = 64  # of one pattern after its braces are written out; more are not looked at


def is_glob(path: str) -> bool:
    """Say whether a path stands for many files."""
    return any(letter in path for letter in "*?[{")


def matches(path: str, pattern: str) -> bool:
    """Compare a path with a path or glob."""
    if path == pattern:
        return True
    if not is_glob(pattern):
        return False
    parts = path.split("/")
    return any(_walk(parts, wanted, "**", _match_part) for wanted in _alternatives(pattern))


@lru_cache(maxsize=1024)
def _alternatives(pattern: str) -> tuple[tuple[str, ...], ...]:
    """Write the braces out and split each result into its parts."""
    pending = [pattern]
    done: list[tuple[str, ...]] = []
    while pending and len(done) + len(pending) <= _MOST_ALTERNATIVES:
        text = pending.pop()
        close = text.find("}", text.find("{") + 1)
        start = text.rfind("{", 0, close)
        if start < 0 or "," not in text[start:close]:
            done.append(tuple(text.split("/")))
            continue
        pending += (text[:start] + choice + text[close + 1 :] for choice in text[start + 1 : close].split(","))
    return tuple(done)


def _match_part(part: str, wanted: str) -> bool:
    if part.startswith(".") and not wanted.startswith("."):
        return False
    return part == wanted or _walk(part, _tokens(wanted), "*", _match_letter)


def _match_letter(letter: str, wanted: str) -> bool:
    if wanted[0] != "[" or len(wanted) == 1:
        return wanted in ("?", letter)
    inner, negated = (wanted[2:-1], True) if wanted[1] in "!^" else (wanted[1:-1], False)
    ranges = zip(inner, inner[1:], inner[2:], strict=False)
    inside = letter in inner or any(middle == "-" and low <= letter <= high for low, middle, high in ranges)
    return inside != negated


@lru_cache(maxsize=1024)
def _tokens(wanted: str) -> tuple[str, ...]:
    """Split one part of a pattern into letters, wildcards and whole `[...]` classes."""
    tokens: list[str] = []
    at = 0
    while at < len(wanted):
        end = wanted.find("]", at + 2) if wanted[at] == "[" else -1
        stop = end + 1 if end > 0 else at + 1
        tokens.append(wanted[at:stop])
        at = stop
    return tuple(tokens)


def _walk(have: Sequence[str], want: Sequence[str], star: str, equals: Callable[[str, str], bool]) -> bool:
    """Match two sequences where `star` stands for any number of items; going back to the last star is enough."""
    here = there = kept = 0
    last = -1
    while here < len(have):
        if there < len(want) and want[there] == star:
            last, kept = there, here
            there += 1
        elif there < len(want) and equals(have[here], want[there]):
            here += 1
            there += 1
        # `**` does not enter a hidden folder by itself
        elif last >= 0 and not (star == "**" and have[kept].startswith(".")):
            kept += 1
            here, there = kept, last + 1
        else:
            return False
    return all(rest == star for rest in want[there:])
