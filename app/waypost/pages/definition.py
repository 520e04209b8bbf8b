"""An API's definition on its page: what could be read of it, and its text, folded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from waypost.apis.asyncapi import read_asyncapi
from waypost.apis.openapi import read_openapi
from waypost.apis.reference import Reference, Unreadable
from waypost.catalog.documents import parse
from waypost.pages.markdown import Md, fence, folded

LONGEST = 60_000  # characters of a definition that a page shows; the rest is where it was declared
LONGEST_BYTES = 150_000
_LANGUAGES = {"graphql": "graphql", "grpc": "protobuf", "openapi": "yaml", "asyncapi": "yaml"}


@lru_cache(maxsize=8)  # both sides of a comparison ask for the same one
def read(definition: str, kind: str) -> Reference | None:
    """The definition as a reference; None where its type is none that is read, or it is not what its type says."""
    readers = {"openapi": read_openapi, "asyncapi": read_asyncapi}
    reader = readers.get(kind.lower())
    try:
        return reader(_data(definition)) if reader else None
    except Unreadable:
        return None


def _data(definition: str) -> Mapping[str, Any]:
    value = _json(definition) if definition.lstrip()[:1] == "{" else None
    if value is None:  # YAML may begin with a brace as well
        documents = parse(definition).documents
        value = documents[0].value if documents else None
    return value if isinstance(value, dict) else {}


def _json(definition: str) -> object:
    try:
        return json.loads(definition)
    except (ValueError, RecursionError):
        return None


def whole(definition: str, kind: str) -> list[Md]:
    """The text itself, folded; none when there is no text."""
    if not definition.strip():
        return []
    shown = definition[:LONGEST].encode("utf-8", "replace")[:LONGEST_BYTES].decode("utf-8", "ignore")
    language = "json" if shown.lstrip()[:1] == "{" else _LANGUAGES.get(kind.lower(), "")
    blocks = [folded(Md("Definition"), fence(shown, language))]
    if len(definition) > len(shown):
        blocks.append(
            Md(f"The first {len(shown):,} of {len(definition):,} characters; the rest is where it was declared.")
        )
    return blocks
