"""The references within one file of a definition, and where each leads. Follows none of them: `bundling` does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import unquote

from waypost.catalog.budget import Budget
from waypost.catalog.documents import Document, parse
from waypost.catalog.problems import Severity

# Below these a reference leads to a schema: as the value of the key, in its list, or under a name.
_ALONE = frozenset({"schema", "items", "additionalProperties", "not", "payload", "contains", "if", "then", "else"})
_LISTS = frozenset({"allOf", "oneOf", "anyOf", "prefixItems"})
_NAMED = frozenset({"properties", "patternProperties", "schemas", "definitions", "$defs", "dependentSchemas"})
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


class Unusable(ValueError):
    """A file that cannot be a part; the text says why, `id` is that of the problem."""

    def __init__(self, id: str, reason: str) -> None:
        super().__init__(reason)
        self.id = id


class Reference(NamedTuple):
    """A `$ref` as it is written."""

    text: str
    pointer: str  # of the mapping that holds it
    is_schema: bool


class Place(NamedTuple):
    """A value of a file."""

    file: str
    pointer: str  # "" for the whole of it


class Part(NamedTuple):
    """A file of a definition."""

    document: Document
    references: tuple[Reference, ...]
    size: int


def read(text: str, budget: Budget) -> Part:
    """Read a file of a definition; raise Unusable when it is not one mapping of YAML or JSON."""
    parsed = parse(text, budget)
    for problem in (*parsed.problems, *(one for document in parsed.documents for one in document.problems)):
        if problem.severity is Severity.ERROR:
            raise Unusable("placeholder-content", f"cannot be used: line {problem.line}: {problem.message}")
    if len(parsed.documents) != 1 or not isinstance(parsed.documents[0].value, dict):
        raise Unusable("placeholder-content", "cannot be used: it is not one mapping of YAML or JSON")
    found: list[Reference] = []
    _collect(parsed.documents[0].value, "", ("", ""), found)
    return Part(parsed.documents[0], tuple(found), len(text))


def _collect(value: Any, pointer: str, keys: tuple[str, str], found: list[Reference]) -> None:
    """Note the references below a value; `keys` are the key it stands under and the one above that."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            _collect(item, f"{pointer}/{number}", (keys[0], ""), found)
    elif isinstance(value, dict):
        if isinstance(text := value.get("$ref"), str):
            is_schema = keys[0] in _ALONE or keys[0] in _LISTS or keys[1] in _NAMED
            found.append(Reference(text, pointer, is_schema))
        for key, item in value.items():
            _collect(item, f"{pointer}/{step(key)}", (key, keys[0]), found)


def place(text: str, file: str, resolve: Callable[[str, str], str]) -> Place | None:
    """Return where a reference in a file leads; None when that is an address, or no JSON pointer."""
    path, _, fragment = text.partition("#")
    if _SCHEME.match(path) or (fragment and not fragment.startswith("/")):
        return None
    # A name in quotation marks of addresses: %20 is a space.
    return Place(resolve(unquote(path), file) if path else file, unquote(fragment).rstrip("/"))


def at(value: Any, pointer: str) -> Any:
    """Return the value at a pointer; None when there is none."""
    for name in pointer.split("/")[1:]:
        name = name.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isascii() and name.isdecimal() and int(name[:9]) < len(value):
            value = value[int(name[:9])]
        else:
            return None
    return value


def step(name: str) -> str:
    """Write a key as it stands in a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")
