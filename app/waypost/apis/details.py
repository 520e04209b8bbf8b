"""What JSON Schema says of a value besides its type, in words: limits, choices, defaults, examples. Judges no value.

Backticks stand around what the author of the schema wrote.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from waypost.apis.reading import Node

MOST_CHOICES = 20
_LONGEST = 60
_LOOKED_AT = 1_000  # values of a list: a reference can lead to it thousands of times

_LIMITS = (
    ("minimum", "at least {}"),
    ("maximum", "at most {}"),
    ("multipleOf", "a multiple of {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minItems", "at least {} items"),
    ("maxItems", "at most {} items"),
    ("minProperties", "at least {} entries"),
    ("maxProperties", "at most {} entries"),
)


def details(schema: Node) -> tuple[str, ...]:
    """Everything that is said of a value besides its type and its description."""
    return tuple(_details(schema))


def _details(schema: Node) -> Iterator[str]:
    if isinstance(choices := schema.get("enum"), list) and choices:
        yield choice(choices)
    if "const" in schema:
        yield f"always {marked(schema['const'])}"
    yield from _limits(schema)
    if isinstance(pattern := schema.get("pattern"), str):
        yield f"matches {marked(pattern)}"
    if schema.get("uniqueItems") is True:
        yield "no item twice"
    for key, said in (("readOnly", "read only"), ("writeOnly", "write only")):
        if schema.get(key) is True:
            yield said
    if isinstance(told := schema.get("discriminator"), (str, dict)):
        name = told if isinstance(told, str) else told.get("propertyName")
        if isinstance(name, str):
            yield f"told apart by {marked(name)}"
    if "default" in schema:
        yield f"default {marked(schema['default'])}"
    yield from _example(schema)


def _limits(schema: Node) -> Iterator[str]:
    for key, said in _LIMITS:
        value = schema.get(key)
        if _is_number(value):
            # Until OpenAPI 3.0 "exclusive" is a mark beside the limit, since then a limit of its own.
            strict = schema.get(f"exclusive{key.capitalize()}") is True
            said = {"minimum": "more than {}", "maximum": "less than {}"}.get(key, said) if strict else said
            yield said.format(short(value)).replace(" 1 characters", " 1 character").replace(" 1 items", " 1 item")
    for key, said in (("exclusiveMinimum", "more than {}"), ("exclusiveMaximum", "less than {}")):
        if _is_number(schema.get(key)):
            yield said.format(short(schema[key]))


def _example(schema: Node) -> Iterator[str]:
    if "example" in schema:
        yield f"for example {marked(schema['example'])}"
    elif isinstance(several := schema.get("examples"), list) and several:
        yield f"for example {marked(several[0])}"


def choice(values: Sequence[Any]) -> str:
    """The values that are allowed, in a line."""
    shown = ", ".join(marked(value) for value in values[:MOST_CHOICES])
    further = f" and {len(values) - MOST_CHOICES} more" if len(values) > MOST_CHOICES else ""
    return f"one of {shown}{further}" if len(values) > 1 else f"always {shown}"


def marked(value: object) -> str:
    """A value in a line, with backticks around it where it has none of its own."""
    said = short(value)
    return said if "`" in said else f"`{said}`"


def short(value: object) -> str:
    """A value in a line; of what is nested only that it is there."""
    if isinstance(value, str):
        return _clipped(value) or '""'
    if isinstance(value, list) and not any(isinstance(item, (dict, list)) for item in value[:_LOOKED_AT]):
        return _clipped(f"[{', '.join(short(item) for item in value[:10])}{', …' if len(value) > 10 else ''}]")
    if isinstance(value, (dict, list)):
        return "{…}" if isinstance(value, dict) else "[…]"
    if value is None or isinstance(value, (bool, int, float)):
        # Python refuses to write integers of thousands of digits.
        return _clipped(json.dumps(value)) if not isinstance(value, int) or abs(value) < 10**30 else "a huge number"
    return _clipped(str(value))


def _clipped(value: str) -> str:
    line = " ".join(value[: 2 * _LONGEST].split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
