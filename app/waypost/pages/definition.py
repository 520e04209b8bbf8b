"""An API's definition on its page: what could be read of it, and its text, folded."""

from __future__ import annotations

from functools import lru_cache

from waypost.apis import read as apis
from waypost.apis.reference import Reference, Unreadable
from waypost.pages.markdown import Md, fence, folded

LONGEST = 60_000  # characters of a definition that a page shows; the rest is where it was declared
LONGEST_BYTES = 150_000
_LANGUAGES = {"graphql": "graphql", "grpc": "protobuf", "openapi": "yaml", "asyncapi": "yaml"}


@lru_cache(maxsize=8)  # both sides of a comparison ask for the same one
def read(definition: str, kind: str) -> Reference | None:
    """The definition as a reference; None where its type is none that is read, or it is not what its type says."""
    try:
        return apis.read(definition, kind)
    except Unreadable:
        return None  # the catalog has a problem that says why


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
