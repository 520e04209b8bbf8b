"""One YAML document from libyaml's events: values, the place of every node, and what is wrong with it.

Holds the budgets: each is checked when the event passes by, so nothing over budget is ever built. Every descriptor of
every repository comes through here, so the two loops below handle ordinary scalars inline.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from sys import intern
from typing import Any, NamedTuple

from yaml._yaml import Mark
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from waypost.catalog.budget import Budget
from waypost.catalog.problems import Severity
from waypost.catalog.scalars import FIRST_LETTERS, NUMBER_LETTERS, STR, WORDS, TooLong, key_text, resolve, resolve_as

# The stubs say that every mark and anchor may be missing; libyaml's events always have theirs.
Event = Any
_MOST_DUPLICATES = 20
_MOST_FINDINGS = 100  # of one document; warnings beyond are left out
_MOST_SIGNS = 1_000
_BEFORE_NODE = frozenset(["", *"[{,:-?"])
_MOST_KEYS, _LONGEST_KEY = 10_000, 80
_COLLECTION_TAGS = ("!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


class Finding(NamedTuple):
    """A problem before its file is known."""

    id: str
    mark: Mark
    message: str
    fix: str = ""
    severity: Severity = Severity.ERROR


class OverBudget(Exception):
    """Reading on is not worth it; carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.id)
        self.finding = finding


def is_plain(text: str) -> bool:
    """Say whether nothing in a YAML text can have an anchor or a tag; a doubt is a no."""
    return ("&" not in text or not _begins_node(text, "&")) and ("!" not in text or not _begins_node(text, "!"))


def _begins_node(text: str, sign: str) -> bool:
    at = text.find(sign)
    for _ in range(_MOST_SIGNS):
        if at < 0:
            return False
        # An anchor or a tag stands at the start, or after a space or an indicator; a name follows.
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if (before in _BEFORE_NODE or before.isspace()) and (
            after.isalnum() or (after in "_-" if sign == "&" else after in "!< \r\n")
        ):
            return True
        at = text.find(sign, at + 1)
    return True


class _Keys(dict[str, str | None]):
    """Keys that were met before, each text once in memory. One that may be more than plain text gives None.

    Descriptors use the same few hundred keys over and over. What strangers invent is remembered up to a bound only.
    """

    __slots__ = ()

    def __missing__(self, key: str) -> str | None:
        # What needs a second look (numbers, "$", "<") stands before "=".
        if key < "=" or key in WORDS:
            return None
        known = intern(key)
        if len(self) < _MOST_KEYS and len(key) <= _LONGEST_KEY:
            self[known] = known
        return known


_KEYS = _Keys()


class Builder:
    """Builds the documents of a text, one after the other.

    `marks` are in the order of the text: a key's mark stands right before its value's. `is_plain` promises that nothing
    in the text has an anchor or a tag (see `is_plain`): then the two hot loops below do the work.
    """

    __slots__ = (
        *("aliases", "anchors", "budget", "copied", "depth", "findings"),
        *("get", "has_placeholders", "is_plain", "limit", "mark", "marks"),
    )

    def __init__(self, get: Callable[[], Event], budget: Budget, is_plain: bool) -> None:
        self.get = get
        self.budget = budget
        self.depth = budget.depth
        self.limit = range(budget.nodes + 1)
        self.is_plain = is_plain
        self.findings: list[Finding] = []
        self.aliases: set[int] = set()  # which of the marks are aliases: their value has no marks of its own here
        self.anchors: dict[str, tuple[Any, int] | None] = {}  # name -> value and its nodes; None while it is open
        self.copied = 0  # nodes that the aliases so far stand for

    def build(self) -> Any:
        """Return the value of the next document."""
        self.marks: list[Any] = []
        self.mark = self.marks.append
        self.has_placeholders = False
        if self.findings:
            self.findings = []
        if self.anchors or self.aliases:
            self.aliases, self.anchors, self.copied = set(), {}, 0
        return self._node(self.get(), 0)

    def _node(self, event: Event, depth: int) -> Any:
        """Build whatever comes."""
        kind = type(event)
        if kind is AliasEvent:
            return self._alias(event)
        before = len(self.marks) + self.copied
        self.mark(event.start_mark)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        if kind is ScalarEvent:
            value = self._scalar(event)
        else:
            if event.tag is not None and event.tag not in _COLLECTION_TAGS:
                self._unknown_tag(event)
            value = self._collection(event, depth + 1)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, len(self.marks) + self.copied - before)
        return value

    def _collection(self, event: Event, depth: int) -> Any:
        if self.is_plain:
            return (self._mapping if type(event) is MappingStartEvent else self._sequence)(event, depth)
        if depth > self.depth:
            self._too_deep(event)
        if type(event) is MappingStartEvent:
            return self._any_mapping(depth)
        items = []
        while type(event := self.get()) is not SequenceEndEvent:
            items.append(self._node(event, depth))
            self._count(event)
        return items

    def _any_mapping(self, depth: int) -> dict[str, Any]:
        first = len(self.marks)
        result: dict[str, Any] = {}
        while type(event := self.get()) is not MappingEndEvent:
            key = self._any_key(event, depth)
            value = self._node(self.get(), depth)
            if key in result:
                self._duplicate(key, result, first)
            else:
                result[key] = value
            self._count(event)
        return result

    def _mapping(self, start: Event, depth: int) -> dict[str, Any]:
        if depth > self.depth:
            self._too_deep(start)
        get, mark, known = self.get, self.mark, _KEYS
        result: dict[str, Any] = {}
        value: Any
        for _ in self.limit:
            event = get()
            if type(event) is ScalarEvent:
                mark(event.start_mark)
                key = known[event.value]
                if key is None:
                    key = self._odd_key(event)
            elif type(event) is MappingEndEvent:
                break
            else:
                key = self._any_key(event, depth)
            event = get()
            if type(event) is ScalarEvent:
                mark(event.start_mark)
                value = event.value
                if not value or value[0] in FIRST_LETTERS:
                    value = self._resolve(event)
            elif type(event) is MappingStartEvent:
                mark(event.start_mark)
                value = self._mapping(event, depth + 1)
            elif type(event) is SequenceStartEvent:
                mark(event.start_mark)
                value = self._sequence(event, depth + 1)
            else:
                value = self._alias(event)
            if key in result:
                self._duplicate(key, result, self.marks.index(start.start_mark) + 1)
            else:
                result[key] = value
        self._count(event)
        return result

    def _sequence(self, start: Event, depth: int) -> list[Any]:
        if depth > self.depth:
            self._too_deep(start)
        get, mark = self.get, self.mark
        result: list[Any] = []
        value: Any
        for _ in self.limit:
            event = get()
            if type(event) is ScalarEvent:
                mark(event.start_mark)
                value = event.value
                if not value or value[0] in FIRST_LETTERS:
                    value = self._resolve(event)
            elif type(event) is MappingStartEvent:
                mark(event.start_mark)
                value = self._mapping(event, depth + 1)
            elif type(event) is SequenceEndEvent:
                break
            else:
                value = self._node(event, depth)
            result.append(value)
        self._count(event)
        return result

    def _count(self, event: Event) -> None:
        if len(self.marks) > self.budget.nodes:
            text = f"more than {self.budget.nodes:,} values in one document"
            fix = "Split the file, or move large data out of the descriptor."
            raise OverBudget(Finding("yaml-nodes", event.start_mark, text, fix))

    def _too_deep(self, event: Event) -> None:
        text = f"nested deeper than {self.budget.depth} levels"
        raise OverBudget(Finding("yaml-depth", event.start_mark, text, "Flatten it: no descriptor needs that depth."))

    def _resolve(self, event: Event) -> Any:
        text = event.value
        if not event.implicit[0] or (text not in WORDS and text[0] not in NUMBER_LETTERS):
            return text
        try:
            value = resolve(text)
        except TooLong:
            text = f'"{event.value[:20]}..." would be a number of {len(event.value):,} letters'
            self.findings.append(Finding("yaml-number", event.start_mark, text, "Put it in quotes if it is text."))
            return event.value
        if type(value) is float and not isfinite(value):
            text = f'"{event.value}" is a number that JSON does not have; it is read as null'
            fix = "Put it in quotes if it is text."
            self._warn("yaml-not-finite", event, text, fix)
        return value

    def _scalar(self, event: Event) -> Any:
        tag = event.tag
        if tag is None:
            return self._resolve(event)
        try:
            return resolve_as(event.value, tag)
        except ValueError:
            if tag != STR:
                self._unknown_tag(event)
            return event.value

    def _unknown_tag(self, event: Event) -> None:
        text = f'the tag "{event.tag}" means nothing here; the value is read without it'
        self._warn("yaml-tag", event, text, "Remove the tag.")

    def _odd_key(self, event: Event) -> str:
        """Name a key that may be a number, a word like `null`, or the merge key of YAML 1.1."""
        text: str = event.value
        if text.startswith("$"):
            self.has_placeholders = True
            return text
        if not event.implicit[0]:
            return text
        if text == "<<":
            message = '"<<" is an ordinary key here, as in YAML 1.2 and in Backstage: nothing is merged'
            fix = "Write the values out."
            self._warn("yaml-merge", event, message, fix)
            return text
        value = self._resolve(event)
        return key_text(value)

    def _any_key(self, event: Event, depth: int) -> str:
        if type(event) is ScalarEvent and event.anchor is event.tag is None:
            self.mark(event.start_mark)
            known = _KEYS[event.value]
            return self._odd_key(event) if known is None else known
        place = len(self.marks)
        value = self._node(event, depth)
        self._forget(place + 1)
        if isinstance(value, (dict, list)):
            text = _flow(value)
            message = f'"{text[:60]}" is a collection used as a key; it is read as text'
            fix = "Put it in quotes; a template expression is written ${{ ... }}."
            self._warn("yaml-key", event, message, fix)
            return text
        return key_text(value)

    def _alias(self, event: Event) -> Any:
        mark = event.start_mark
        self.aliases.add(len(self.marks))
        self.marks.append(mark)
        if len(self.aliases) > self.budget.aliases:
            self._too_many_aliases(event)
        known = self.anchors.get(event.anchor)
        if known is None:
            why = "would contain itself" if event.anchor in self.anchors else "is not defined before"
            finding = Finding("yaml-alias", mark, f'the alias "*{event.anchor}" {why}', "Write the value out.")
            self.findings.append(finding)
            return None
        value, size = known
        self.copied += size
        if self.copied > self.budget.copied:
            self._too_many_aliases(event)
        return value

    def _too_many_aliases(self, event: Event) -> None:
        text = f'aliases stand for more than we are willing to copy, up to "*{event.anchor}"'
        fix = "Write the values out, or leave them out."
        raise OverBudget(Finding("yaml-aliases", event.start_mark, text, fix))

    def _warn(self, id: str, event: Event, message: str, fix: str) -> None:
        if len(self.findings) < _MOST_FINDINGS:
            self.findings.append(Finding(id, event.start_mark, message, fix, Severity.WARNING))

    def _duplicate(self, key: str, result: dict[str, Any], first: int) -> None:
        place = self._place(None, result, first)
        mark, earlier = self.marks[place], self.marks[self._place(key, result, first)]
        self._forget(place)
        text = f'"{key[:60]}" is written twice here: in line {earlier.line + 1} and in line {mark.line + 1}'
        finding = Finding("yaml-duplicate", mark, text, "Keep one of them.")
        self.findings.append(finding)
        if sum(known.id == finding.id for known in self.findings) > _MOST_DUPLICATES:
            raise OverBudget(finding)

    def _place(self, key: str | None, result: dict[str, Any], first: int) -> int:
        """Return the place of a key's mark, counting from that of the mapping's first key; None: of the next key."""
        for name, value in result.items():
            if name == key:
                break
            first = self._after(value, first + 1)
        return first

    def _after(self, value: Any, place: int) -> int:
        after = place + 1
        if place not in self.aliases:
            for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
                after = self._after(item, after + isinstance(value, dict))
        return after

    def _forget(self, place: int) -> None:
        """Drop the marks from `place` on: their nodes are not part of the value."""
        del self.marks[place:]
        self.aliases = {alias for alias in self.aliases if alias < place}


def _flow(value: Any) -> str:
    """Write a collection in one line, as the `yaml` npm package names such a key."""
    if isinstance(value, dict):
        return "{ " + ", ".join(k if v is None else f"{k}: {_flow(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[ " + ", ".join(_flow(item) for item in value) + " ]"
    return key_text(value)
