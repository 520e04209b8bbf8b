"""The methods of texts (and `test` of regular expressions) that a template may call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from waypost.golden.expressions import units
from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import to_number, to_string
from waypost.golden.expressions.methods import ANY_NUMBER, Method, argument, from_end, whole_argument
from waypost.golden.expressions.numbers import to_uint32
from waypost.golden.expressions.regexes import Regex
from waypost.golden.expressions.values import UNDEFINED, WHITESPACE

_MARK = re.compile(r"\$(?:[$&`']|\d{1,2}|<[^>]*>)", re.ASCII)


def split_text(text: str, separator: str) -> list[str]:
    """Split at every separator; an empty one splits into UTF-16 units."""
    return text.split(separator) if separator else list(units.spread(text))


def replace_first(text: str, budget: Budget, arguments: Sequence[Any]) -> str:
    """Replace the first place, or what a regular expression finds."""
    pattern, replacement = arguments[0], to_string(arguments[1], budget)
    if isinstance(pattern, Regex):
        return replace_matches(text, pattern, replacement, budget)
    wanted = to_string(pattern, budget)
    budget.read(len(text))
    at = text.find(wanted)
    if at < 0:
        return text
    new = _expanded(replacement, text, at, at + len(wanted), (), {})
    budget.make(len(text) + len(new))
    return text[:at] + new + text[at + len(wanted) :]


def replace_matches(text: str, regex: Regex, replacement: str, budget: Budget) -> str:
    """Replace as JavaScript does, with `$1`, `$&` and the like in the replacement."""
    text = units.written(text)
    pieces: list[str] = []
    last = 0
    budget.step(20 + len(text) // 32)
    for match in _found(text, regex):
        new = _expanded(replacement, text, match.start(), match.end(), match.groups(), match.groupdict())
        budget.step(20)
        budget.make(match.start() - last + len(new))
        pieces += (text[last : match.start()], new)
        last = match.end()
    pieces.append(text[last:])
    return "".join(pieces)


def _found(text: str, regex: Regex) -> Iterator[Any]:
    if "g" in regex.flags:
        regex.last_index = 0
        if "y" not in regex.flags:
            yield from regex.matches(text)
            return
    while match := regex.found(text):
        yield match
        if "g" not in regex.flags:
            return
        if match.end() == match.start():
            regex.last_index += 1


def _expanded(template: str, text: str, start: int, end: int, groups: Sequence[Any], named: dict[str, Any]) -> str:
    """Fill in the `$` marks of a replacement."""
    if "$" not in template:
        return template

    def fill(mark: re.Match[str]) -> str:
        sign = mark[0][1:]
        if sign in "$&`'":
            return {"$": "$", "&": text[start:end], "`": text[:start], "'": text[end:]}[sign]
        if sign[0] == "<":
            return (named.get(sign[1:-1]) or "") if named else mark[0]
        for width in (len(sign), 1):
            number = int(sign[:width])
            if 1 <= number <= len(groups):
                return (groups[number - 1] or "") + sign[width:]
        return mark[0]

    return _MARK.sub(fill, template)


def _split(text: str, budget: Budget, arguments: Sequence[Any]) -> list[Any]:
    limit = argument(arguments, 1)
    most = 2**32 if limit is UNDEFINED else to_uint32(to_number(limit, budget))
    separator = argument(arguments, 0)
    if separator is UNDEFINED:
        return [text][:most]
    budget.step(1 + len(text) // 32)
    if isinstance(separator, Regex):
        parts = _split_by(units.written(text), separator, budget)
    else:
        parts = split_text(text, to_string(separator, budget))
    budget.step(len(parts))
    return parts[:most]


def _split_by(text: str, regex: Regex, budget: Budget) -> list[Any]:
    plain = Regex(regex.source, regex.flags.replace("y", "").replace("g", ""))
    if not text:
        return [] if plain.found(text) else [text]
    parts: list[Any] = []
    last = 0
    for match in plain.matches(text):
        budget.step(20)
        start, end = match.span()
        if start >= len(text) or end == last:
            continue
        parts.append(text[last:start])
        parts += [UNDEFINED if group is None else group for group in match.groups()]
        last = end
    parts.append(text[last:])
    return parts


def _includes(text: str, budget: Budget, arguments: Sequence[Any]) -> bool:
    return _index_of(text, budget, arguments) >= 0


def _starts_with(text: str, budget: Budget, arguments: Sequence[Any]) -> bool:
    wanted, text = _both(to_string(arguments[0], budget), text)
    start = max(0, whole_argument(arguments, 1, 0, budget))
    return text.startswith(wanted, min(start, len(text)))


def _ends_with(text: str, budget: Budget, arguments: Sequence[Any]) -> bool:
    wanted, text = _both(to_string(arguments[0], budget), text)
    end = min(max(0, whole_argument(arguments, 1, len(text), budget)), len(text))
    return text.endswith(wanted, 0, end)


def _index_of(text: str, budget: Budget, arguments: Sequence[Any]) -> int:
    wanted, text = _both(to_string(arguments[0], budget), text)
    budget.read(len(text))
    start = min(max(0, whole_argument(arguments, 1, 0, budget)), len(text))
    return text.find(wanted, start)


def _last_index_of(text: str, budget: Budget, arguments: Sequence[Any]) -> int:
    wanted, text = _both(to_string(arguments[0], budget), text)
    budget.read(len(text) * 2)
    position = argument(arguments, 1)
    number = to_number(position, budget) if position is not UNDEFINED else float("nan")
    start = len(text) if number != number else int(max(0, min(number, len(text))))
    return units.rfind(text, wanted, start)


def _slice(text: str, budget: Budget, arguments: Sequence[Any]) -> str:
    text = units.spread(text)
    start = from_end(whole_argument(arguments, 0, 0, budget), len(text))
    end = from_end(whole_argument(arguments, 1, len(text), budget), len(text))
    return _part(text[start:end], budget)


def _substring(text: str, budget: Budget, arguments: Sequence[Any]) -> str:
    text = units.spread(text)
    start = min(max(0, whole_argument(arguments, 0, 0, budget)), len(text))
    end = min(max(0, whole_argument(arguments, 1, len(text), budget)), len(text))
    return _part(text[min(start, end) : max(start, end)], budget)


def _char_at(text: str, budget: Budget, arguments: Sequence[Any]) -> str:
    text, index = units.spread(text), whole_argument(arguments, 0, 0, budget)
    return text[index] if 0 <= index < len(text) else ""


def _char_code_at(text: str, budget: Budget, arguments: Sequence[Any]) -> float:
    letter = _char_at(text, budget, arguments)
    return ord(letter) if letter else float("nan")


def _concat(text: str, budget: Budget, arguments: Sequence[Any]) -> str:
    parts = [text, *(to_string(part, budget) for part in arguments)]
    budget.make(sum(map(len, parts)))
    return "".join(parts)


def _lower(text: str, budget: Budget, arguments: Sequence[Any]) -> str:
    budget.make(len(text))
    return text.lower()


def _upper(text: str, budget: Budget, arguments: Sequence[Any]) -> str:
    budget.make(len(text))
    return text.upper()


def _part(text: str, budget: Budget) -> str:
    budget.make(len(text))
    return units.joined(text)


def _both(first: str, second: str) -> tuple[str, str]:
    return units.spread(first), units.spread(second)


def _test(regex: Regex, budget: Budget, arguments: Sequence[Any]) -> bool:
    text = units.written(to_string(arguments[0], budget))
    budget.step(20 + len(text) // 32)
    return regex.found(text) is not None


STRING_METHODS: Final = {
    "charAt": Method(_char_at, 0, 1),
    "charCodeAt": Method(_char_code_at, 0, 1),
    "concat": Method(_concat, 0, ANY_NUMBER),
    "endsWith": Method(_ends_with, 1, 2),
    "includes": Method(_includes, 1, 2),
    "indexOf": Method(_index_of, 1, 2),
    "lastIndexOf": Method(_last_index_of, 1, 2),
    "replace": Method(replace_first, 2, 2),
    "slice": Method(_slice, 0, 2),
    "split": Method(_split, 0, 2),
    "startsWith": Method(_starts_with, 1, 2),
    "substring": Method(_substring, 0, 2),
    "toLowerCase": Method(_lower),
    "toUpperCase": Method(_upper),
    "trim": Method(lambda text, budget, arguments: text.strip(WHITESPACE)),
    "trimEnd": Method(lambda text, budget, arguments: text.rstrip(WHITESPACE)),
    "trimStart": Method(lambda text, budget, arguments: text.lstrip(WHITESPACE)),
}
REGEX_METHODS: Final = {"test": Method(_test, 1, 1)}
