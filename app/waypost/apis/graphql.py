"""A GraphQL schema becomes a reference, from the schema language or from an answer to introspection. Asks no server."""

from __future__ import annotations

from waypost.apis import graphql_json, graphql_sdl
from waypost.apis.cut import cut
from waypost.apis.graphql_schema import assemble
from waypost.apis.reference import Reference


def read_graphql(text: str) -> Reference:
    """Read a schema; `Unreadable` says the line and the reason."""
    is_json = text.lstrip("\ufeff \t\r\n").startswith(("{", "[")) and "__schema" in text
    return cut(assemble((graphql_json if is_json else graphql_sdl).read_schema(text)))
