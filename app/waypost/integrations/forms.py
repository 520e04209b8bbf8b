"""The form that an annotation's value must have, as `{owner}/{repository}`: parsed in linear time, never a regex.

A placeholder is `{name}` (one word: letters, digits, `.`, `_`, `-`, `~`) or `{name:path}` (words and slashes, no dot
segments), `{name:number}`, `{name:text}` (anything printable) or `{name:url}` (an https address).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from waypost.integrations.urls import quote, quote_path, safe_url

LONGEST = 1_000
WORD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
TYPES = ("word", "path", "number", "text", "url")


class Field(NamedTuple):
    """A placeholder and the literal text that ends it ("" = to the end)."""

    name: str
    type: str
    until: str


class Form(NamedTuple):
    """Literal text in front, then placeholders."""

    start: str
    fields: tuple[Field, ...]


def parse_form(text: str) -> Form:
    """Parse a form; raise ValueError, in words, when it cannot be one."""
    start, *pieces = text.split("{")
    fields = []
    for number, piece in enumerate(pieces, 1):
        inside, brace, until = piece.partition("}")
        name, _, kind = inside.partition(":")
        if not brace or not name.isidentifier() or (kind or "word") not in TYPES:
            raise ValueError(
                f'"{{{piece}" is not a placeholder: write {{name}} or {{name:type}}, type one of {", ".join(TYPES)}'
            )
        if not until and number < len(pieces):
            raise ValueError(f'"{text}": put something between two placeholders')
        fields.append(Field(name, kind or "word", until))
    return Form(start, tuple(fields))


def match(form: Form, value: str) -> dict[str, str] | None:
    """Return what each placeholder holds, ready to stand in an address, or None when the value has another form."""
    if len(value) > LONGEST or not value.startswith(form.start):
        return None
    rest = value[len(form.start) :]
    found = {}
    for field in form.fields:
        if field.until:
            part, literal, rest = rest.partition(field.until)
            if not literal:
                return None
        else:
            part, rest = rest, ""
        encoded = _encode(field.type, part)
        if encoded is None:
            return None
        found[field.name] = encoded
    return found if not rest else None


def fill(template: str, facts: Mapping[str, str]) -> str | None:
    """Fill `{name}` in an address from encoded facts; None when one is missing or empty."""
    first, *pieces = template.split("{")
    whole = [first]
    for piece in pieces:
        name, brace, after = piece.partition("}")
        if not brace or not facts.get(name):
            return None
        whole += [facts[name], after]
    return "".join(whole)


def _encode(kind: str, part: str) -> str | None:
    if not part or not part.isprintable():
        return None
    match kind:
        case "word":
            return part if WORD.issuperset(part) and part.strip(".") else None
        case "number":
            return part if part.isascii() and part.isdecimal() else None
        case "path":
            steps = part.split("/")
            return (
                quote_path(part) if all(step and step.strip(".") and WORD.issuperset(step) for step in steps) else None
            )
        case "url":
            return safe_url(part)
        case _:
            return quote(part)
