"""A definition of JSON-like data while it is read: where a `$ref` leads, what was odd, how much more is taken.

Fetches nothing. Whatever stands in the wrong place is passed over and noted, so that one slip hides one thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import unquote

from waypost.apis.clip import clip

# Of one definition; far beyond what people read, and a bound for one whose references multiply.
MOST_OPERATIONS = 1_000
MOST_TYPES = 2_000
MOST_FIELDS = 20_000  # of everything together
DEEPEST = 12  # references that lead to references, schemas within schemas
MOST_ENTRIES = 1_000  # of one list, or of one mapping of parameters, answers, channels
MOST_CHARACTERS = 20_000_000  # of everything that is kept: references can lead to one text thousands of times
_LOOKED_AT = 1_000_000  # entries of lists and mappings, counted each time that a reference leads to them
_THING = 200  # characters that a body or an answer counts as, besides its texts
_STEPS = 500_000  # properties and schemas looked at: references within references can multiply
_NOTES = 20
_MOST_NOTES = 1_000  # that are kept to be counted
_LONGEST_PLACE = 120
_LARGEST = 10**30  # Python refuses to write integers of thousands of digits
_MULTIPLY = "Its references multiply: what they lead to is not shown in full."

Node = Mapping[Any, Any]  # YAML has keys that are numbers


class Reading:
    """One definition while it is read."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self._notes: dict[str, None] = {}
        self._hidden: dict[str, int] = {}
        self._operations = MOST_OPERATIONS
        self._fields = MOST_FIELDS
        self._steps = _STEPS
        self._characters = MOST_CHARACTERS
        self._entries = _LOOKED_AT
        self._found: dict[str, object] = {}

    def note(self, said: str) -> None:
        """Remember something that is not shown, once."""
        if len(self._notes) < _MOST_NOTES:
            self._notes[said] = None

    def hide(self, what: str) -> None:
        """Count one more of what there are too many of."""
        self._hidden[what] = self._hidden.get(what, 0) + 1

    def may_add_operation(self) -> bool:
        """Say whether the definition may have one more operation, and count it."""
        self._operations -= 1
        if self._operations < 0:
            self.hide("operations")
        return self._operations >= 0

    def may_add_field(self) -> bool:
        """Say whether the definition may have one more field, and count it."""
        if self._fields > 0:
            self._fields -= 1
            return True
        self.note(f"There are more than {MOST_FIELDS:,} fields and parameters; the further ones are not shown.")
        return False

    def may_keep(self, size: int = _THING) -> bool:
        """Say whether the reference may hold this many characters more, and count them."""
        if self._characters >= size:
            self._characters -= size
            return True
        self.note(
            f"What it says is longer than {MOST_CHARACTERS:,} characters with every reference written out; "
            "what comes after them is not shown."
        )
        return False

    def text(self, value: object) -> str:
        """A text that is kept; nothing where there is no more room."""
        said = words(value)
        return said if self.may_keep(len(said)) else ""

    def merged(self, *nodes: Node) -> dict[Any, Any]:
        """Mappings as one, the later word standing; an empty one when too much was looked at."""
        if not self.may_look_at(sum(map(len, nodes))):
            return {}
        return {key: value for node in nodes for key, value in node.items()}

    def may_look_at(self, entries: int) -> bool:
        """Say whether this many entries more may be looked at, and count them."""
        if self._entries >= entries:
            self._entries -= entries
            return True
        self.note(_MULTIPLY)
        return False

    def may_go_on(self, cost: int = 1) -> bool:
        """Say whether one more schema may be looked at, and count it with what it holds."""
        if self._steps > 0:
            self._steps -= cost
            return True
        self.note(_MULTIPLY)
        return False

    def notes(self) -> tuple[str, ...]:
        """What is not shown, in the order in which it was found."""
        found = list(self._notes)
        further = [f"…and {len(found) - _NOTES:,} more places that are not as they should be."]
        counted = [f"{count:,} more {what}: there are too many to show." for what, count in self._hidden.items()]
        return (*found[:_NOTES], *(further if len(found) > _NOTES else ()), *counted)

    def node(self, value: object, place: str) -> Node:
        """The mapping at a place, followed where it is a reference; an empty one where there is none."""
        seen = 0
        while isinstance(value, dict) and isinstance(value.get("$ref"), str):
            reference = value["$ref"]
            seen += 1
            value = self.find(reference) if seen <= DEEPEST else None
            if value is None:
                self.note(f"{shorten(place)}: {why_not(reference)}.")
                return {}
        if value is None or isinstance(value, dict):
            return value or {}
        self.note(f"{shorten(place)}: should be a mapping, is {name_of(value)}.")
        return {}

    def items(self, value: object, place: str) -> list[Any]:
        """The list at a place; an empty one where there is none."""
        if value is None:
            return []
        if isinstance(value, list):
            self._look_at(len(value), place)
            return value[:MOST_ENTRIES] if self.may_look_at(min(len(value), MOST_ENTRIES)) else []
        self.note(f"{shorten(place)}: should be a list, is {name_of(value)}.")
        return []

    def nodes(self, value: object, place: str, most: int = MOST_ENTRIES) -> Iterator[tuple[str, Node, str]]:
        """Name, mapping and place of everything in a mapping of mappings; extensions are left out."""
        found = self.node(value, place)
        self._look_at(len(found), place, most)
        for key, item in islice(found.items(), most):
            name = str(key)
            if not self.may_look_at(1):
                return
            if not name.startswith("x-"):
                where = shorten(f"{place}.{shorten(name)}")
                yield name, self.node(item, where), where

    def _look_at(self, entries: int, place: str, most: int = MOST_ENTRIES) -> None:
        if entries > most:
            self.note(f"{shorten(place)}: has {entries:,} entries, of which the first {most:,} are looked at.")

    def find(self, reference: str) -> object:
        """What a reference within the definition leads to; None where it leads elsewhere or nowhere."""
        if not reference.startswith("#"):
            return None
        if reference not in self._found:
            self._found[reference] = self._led_to(reference)
        return self._found[reference]

    def _led_to(self, reference: str) -> object:
        value: object = self.root
        for step in unquote(reference[1:]).split("/")[1:]:
            value = _step(value, step.replace("~1", "/").replace("~0", "~"))
        return value


def _step(value: object, step: str) -> object:
    number = int(step) if step.isascii() and step.isdigit() and len(step) < 10 else None
    if isinstance(value, dict):
        return value.get(step, value.get(number) if number is not None else None)
    if isinstance(value, list) and number is not None and number < len(value):
        return value[number]
    return None


def why_not(reference: str) -> str:
    """Say why nothing is known of what a reference names."""
    if reference.startswith("#"):
        return f"`{shorten(reference)}` leads nowhere in this definition"
    return f"`{shorten(reference)}` stands in another document, which is not read"


def name_of(value: object) -> str:
    """What a value is, in words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return "a number"
    return {"str": "a text", "list": "a list", "dict": "a mapping", "NoneType": "empty"}.get(
        type(value).__name__, "something else"
    )


def shorten(place: str) -> str:
    return place if len(place) <= _LONGEST_PLACE else f"{place[: _LONGEST_PLACE - 1]}…"


def words(value: object) -> str:
    """A text as written; a number as text; nothing for what is neither."""
    if isinstance(value, str):
        return clip(value).strip()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    return str(value) if isinstance(value, float) or abs(value) < _LARGEST else "a huge number"
