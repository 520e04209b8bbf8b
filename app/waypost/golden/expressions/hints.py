"""How to write what people plainly meant: `||`, `&&`, `!x`, `? :`, `.map(`. Reads text, runs nothing."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_CODE = re.compile(r"(\$\{\{|\{%)(.*?)(\}\}|%\})", re.DOTALL)
_STRINGS = re.compile(r"""("(?:[^"\\]++|\\.)*+"|'(?:[^'\\]++|\\.)*+')""", re.DOTALL)


class Hint(NamedTuple):
    """A place in a template where another language was written, and how to say it here."""

    line: int
    column: int
    found: str
    fix: str


RULES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"\|\|"), 'Write "or" instead of "||": a or b.'),
    (re.compile(r"&&"), 'Write "and" instead of "&&": a and b.'),
    (re.compile(r"\?\?"), 'Write | default(value) instead of "??".'),
    (re.compile(r"\?\."), 'Write "." instead of "?.": what is missing is empty, however deep.'),
    (re.compile(r"\?(?=[^:]*:)"), "Write b if a else c instead of a ? b : c."),
    (re.compile(r"!(?!=)"), 'Write "not" instead of "!": not x.'),
    (re.compile(r"\.replaceAll\s*\("), 'Use the filter instead of .replaceAll(): value | replace("old", "new").'),
    (
        re.compile(r"\.(?:map|filter|reduce|forEach)\s*\("),
        "Lists have no such method here: use {% for %}, select or selectattr.",
    ),
    (re.compile(r"\|\s*map\b"), 'There is no filter "map": use {% for %}, or join(",", "attribute").'),
    (
        re.compile(r"\|\s*unique\b"),
        'There is no filter "unique", and no counterpart: make the values unique in the parameters.',
    ),
    (re.compile(r"\|\s*to_?json\b"), 'The filter is called "dump".'),
    (re.compile(r"=>"), "Functions cannot be written here: use {% for %} or a macro."),
    (re.compile(r"`"), 'Write "text" ~ value instead of a `template string`.'),
    (re.compile(r"\belse\s+if\b"), 'Write "elif" instead of "else if".'),
    (
        re.compile(r"\.(?:startswith|endswith|upper|lower|strip)\s*\("),
        "Use JavaScript's names: startsWith, endsWith, toUpperCase, toLowerCase, trim.",
    ),
    (re.compile(r"\d[eE][+-]?\d"), "Write the number out: 1000, not 1e3."),
)


def hints(source: str) -> tuple[Hint, ...]:
    """Return every place where another language was meant, in the order of the text."""
    found = []
    for tag in _CODE.finditer(source):
        code = _STRINGS.sub(lambda text: "_" * len(text[0]), tag[2])
        for pattern, fix in RULES:
            for match in pattern.finditer(code):
                offset = tag.start(2) + match.start()
                line = source.count("\n", 0, offset) + 1
                column = offset - source.rfind("\n", 0, offset)
                found.append(Hint(line, column, match[0], fix))
    return tuple(sorted(set(found)))


def fix_for(source: str, line: int) -> str:
    """Return the fix for an error on a line, "" when nothing is recognised."""
    if len(source) > 100_000:
        return ""
    return next((hint.fix for hint in hints(source) if hint.line == line), "")
