"""`{a,b}` and `{1..3}` of a glob written out, as micromatch does. Refuses patterns that stand for too many."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from waypost.golden.paths import Refused

_MOST = 1_000
_LONGEST = 4_000
_RANGE = re.compile(r"(-?[0-9]+|[A-Za-z])\.\.(-?[0-9]+|[A-Za-z])(?:\.\.(-?[0-9]+))?")


@lru_cache(maxsize=1024)
def expand(pattern: str) -> Sequence[str]:
    """Return every pattern that one with braces stands for, each once."""
    if len(pattern) > _LONGEST:
        raise Refused(pattern, f"is a pattern of more than {_LONGEST:,} letters. Write several.")
    if "{" not in pattern:
        return (pattern,) if pattern else ()
    pending, done = [pattern], dict[str, None]()
    while pending:
        text = pending.pop()
        found = next(_groups(text), None)
        if found is None:
            done[text] = None
        else:
            start, stop, choices = found
            pending += (text[:start] + choice + text[stop:] for choice in reversed(choices))
        if len(pending) + len(done) > _MOST:
            raise Refused(pattern, f"stands for more than {_MOST:,} patterns. Write fewer alternatives.")
    return tuple(text for text in done if text)


def _groups(text: str) -> Iterator[tuple[int, int, Sequence[str]]]:
    """Yield each pair of braces that stands for something: where it starts and stops, and its choices."""
    opened: list[tuple[int, list[int]]] = []
    at = 0
    while at < len(text):
        letter = text[at]
        if letter == "\\":
            at += 1
        elif letter == "{":
            opened.append((at, []))
        elif letter == "," and opened:
            opened[-1][1].append(at)
        elif letter == "}" and opened:
            start, commas = opened.pop()
            if start and text[start - 1] == "$":  # `${name}` is a name, not a choice
                pass
            elif commas:
                cuts = [start, *commas, at]
                yield start, at + 1, [text[low + 1 : high] for low, high in pairwise(cuts)]
            elif match := _RANGE.fullmatch(text, start + 1, at):
                yield start, at + 1, _range(*match.groups())
        at += 1


def _range(first: str, last: str, step: str | None) -> Sequence[str]:
    if first.lstrip("-").isdigit() != last.lstrip("-").isdigit():
        return [f"{{{first}..{last}}}".replace("{", "\\{").replace("}", "\\}")]
    is_number = first.lstrip("-").isdigit()
    low, high = (int(first), int(last)) if is_number else (ord(first), ord(last))
    by = max(1, abs(int(step or 1)))
    if abs(high - low) // by > _MOST:
        raise Refused(f"{{{first}..{last}}}", f"stands for more than {_MOST:,} names. Write fewer.")
    width = max(len(first), len(last)) if is_number and re.match(r"-?0[0-9]", first + "/" + last) else 0
    numbers = range(low, high + 1, by) if low <= high else range(low, high - 1, -by)
    return [str(number).zfill(width) if is_number else chr(number) for number in numbers]
