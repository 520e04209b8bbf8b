"""The syntax of one glob without braces, as picomatch reads it, and how it walks over a path. Knows no files."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from waypost.golden.paths import Refused

_DEEPEST = 20  # groups in groups
_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \t",
    "digit": "0-9",
    "lower": "a-z",
    "upper": "A-Z",
    "space": " \t\r\n\v\f",
    "word": "A-Za-z0-9_",
    "xdigit": "A-Fa-f0-9",
    "punct": "!-/:-@[-`{-~",
}
_NAMED = re.compile(r"\[:([a-z]+):\]")
_SPECIAL = re.compile(r"[-*+?.^${}(|)[\]]")
Places = frozenset[int]
Pay = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class One:
    """One letter for which `fits` holds."""

    fits: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Text:
    """These very letters."""

    text: str


@dataclass(frozen=True, slots=True)
class Star:
    """Any letters up to the next "/"."""

    least: int = 0


@dataclass(frozen=True, slots=True)
class Deep:
    """Any number of whole folders: `**/`."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Everything below: `/**` at the end, which takes the folder's own name too where `or_nothing`."""

    slash: str
    or_nothing: bool


@dataclass(frozen=True, slots=True)
class Group:
    """`(a|b)` with what stands before it: one of `@?*+!`."""

    kind: str
    choices: Sequence[Sequence[Node]]
    is_last: bool = True


Node = One | Text | Star | Deep | Rest | Group


def parse(pattern: str) -> Sequence[Node]:
    """Read a pattern."""
    if pattern.replace("\\{", "").count("{") > pattern.replace("\\}", "").count("}"):
        return [One(lambda letter: False)]  # a brace that nobody closes matches nothing in picomatch
    return _Reader(pattern).nodes("", 0)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def nodes(self, until: str, depth: int) -> Sequence[Node]:
        """Read up to one of the letters in `until`."""
        if depth > _DEEPEST:
            raise Refused(self.text, f"has groups more than {_DEEPEST} deep. Write several patterns.")
        found: list[Node] = []
        while self.at < len(self.text) and self.text[self.at] not in (until or "\0"):
            node, last = self._node(depth), found[-1] if found else None
            if isinstance(node, Text) and isinstance(last, Text):
                found[-1] = Text(last.text + node.text)
            else:
                found.append(node)
        return found

    def _node(self, depth: int) -> Node:
        text, at = self.text, self.at
        letter = text[at]
        if text[at + 1 : at + 2] == "(" and letter in "@?*+!" and (group := self._group(letter, at + 2, depth)):
            return group
        if letter == "(" and (group := self._group("@", at + 1, depth)):
            return group
        if letter == "[" and (one := self._class()):
            return one
        if deep := self._globstar():
            return deep
        self.at = at + 1
        if letter == "*":
            while text[self.at : self.at + 1] == "*":
                self.at += 1
            starts, stops = at == 0 or text[at - 1] == "/", text[self.at : self.at + 1] in ("", "/")
            return Star(1 if starts and stops else 0)
        if letter == "?":
            return One(lambda other: other != "/")
        if letter == "\\" and self.at < len(text):
            self.at += 1
            return Text(text[self.at - 1])
        return Text(letter)

    def _group(self, kind: str, start: int, depth: int) -> Group | None:
        """Read `(a|b)`; a parenthesis that nobody closes is a letter."""
        before, self.at = self.at, start
        choices = []
        while True:
            choices.append(self.nodes("|)", depth + 1))
            if self.at >= len(self.text):
                self.at = before
                return None
            self.at += 1
            if self.text[self.at - 1] == ")":
                return Group(kind, choices, not self.text[self.at :].strip(")"))

    def _globstar(self) -> Node | None:
        text, at = self.text, self.at
        slash = "/" if text.startswith("/**", at) else ""
        stop = at + len(slash) + 2
        if not text.startswith("**", at + len(slash)) or (not slash and at and text[at - 1] not in "/(|"):
            return None
        if stop == len(text):
            self.at = stop
            return Rest(slash, not slash or text[at - 1] != "*")
        if not slash and text[stop] == "/":
            self.at = stop + 1
            return Deep()
        return None

    def _class(self) -> Node | None:
        """Read `[a-z]`; a bracket that nobody closes is a letter."""
        text, at = self.text, self.at
        stop = at + 1
        while stop < len(text) and (text[stop] != "]" or stop == at + 1 + (text[at + 1] in "!^")):
            named = _NAMED.match(text, stop)
            stop = named.end() if named else stop + 1 + (text[stop] == "\\")
        if stop >= len(text):
            return None
        self.at = stop + 1
        inner = text[at + 1 : stop]
        one = One(_fits(inner))
        # picomatch takes `[id].ts` for the very name too, where nothing says that a class is meant
        return one if _SPECIAL.search(inner) or inner[0] == "!" else Group("@", [[one], [Text(f"[{inner}]")]])


def _fits(inner: str) -> Callable[[str], bool]:
    is_negated = inner[0] in "!^"
    letters = _NAMED.sub(lambda match: _CLASSES.get(match[1], ""), inner[is_negated:])
    ranges, at = [], 0
    while at < len(letters):
        at += letters[at] == "\\" and at + 1 < len(letters)
        low = high = letters[at]
        if letters[at + 1 : at + 2] == "-" and at + 2 < len(letters):
            high = letters[at + 2]
            at += 2
        ranges.append((low, high))
        at += 1
    return lambda other: (
        any(low <= other <= high for low, high in ranges) != is_negated and not (is_negated and other == "/")
    )


def ends(nodes: Sequence[Node], path: str, places: Places, pay: Pay) -> Places:
    """Return where the nodes may end when they start at any of these places; `pay` is told of every step."""
    for node in nodes:
        if not places:
            break
        pay(len(places))
        places = _after(node, path, places, pay)
    return places


def _after(node: Node, path: str, places: Places, pay: Pay) -> Places:
    match node:
        case Text(text):
            return frozenset(at + len(text) for at in places if path.startswith(text, at))
        case One(fits):
            return frozenset(at + 1 for at in places if at < len(path) and fits(path[at]))
        case Star(least):
            return _stars(path, places, least)
        case Deep():
            first = min(places)
            return places | frozenset(at + 1 for at in range(first, len(path)) if path[at] == "/")
        case Rest(slash, or_nothing):
            is_here = any(path.startswith(slash, at) or (or_nothing and at == len(path)) for at in places)
            return frozenset((len(path),)) if is_here else frozenset()
        case Group():
            return _group(node, path, places, pay)


def _stars(path: str, places: Places, least: int) -> Places:
    found: set[int] = set()
    for at in sorted(places):
        stop = path.find("/", at)
        found.update(range(at + least, (len(path) if stop < 0 else stop) + 1))
    return frozenset(found)


def _group(group: Group, path: str, places: Places, pay: Pay) -> Places:
    def once(starts: Places) -> Places:
        return frozenset().union(*(ends(choice, path, starts, pay) for choice in group.choices))

    if group.kind == "@":
        return once(places)
    if group.kind == "?":
        return places | once(places)
    if group.kind == "!":
        return frozenset().union(*(_not(group, path, at, once(frozenset((at,)))) for at in places))
    found = new = once(places)
    while new:
        new = once(new) - found
        found |= new
    return found | places if group.kind == "*" else found


def _not(group: Group, path: str, at: int, taken: Places) -> Places:
    """Return where `!(a)` may end. In the middle of a pattern picomatch lets nothing even begin with what is in it."""
    if not group.is_last and taken:
        return frozenset()
    return _stars(path, frozenset((at,)), 0) - taken
