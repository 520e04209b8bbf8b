"""An API's definition made readable: its version, its operations or channels as a table, the text itself folded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from waypost.catalog.documents import parse
from waypost.pages.markdown import NOTHING, Md, code, fence, folded, table, text

LONGEST = 60_000  # characters of a definition that a page shows; the rest is where it was declared
MOST_ROWS = 100
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_LANGUAGES = {"graphql": "graphql", "grpc": "protobuf", "openapi": "yaml", "asyncapi": "yaml"}


def read(definition: object, kind: str) -> Mapping[str, Any]:
    """The definition as data when it is an OpenAPI or AsyncAPI one that can be read, else nothing."""
    if not isinstance(definition, str) or kind.lower() not in ("openapi", "asyncapi"):
        return {}
    if definition.lstrip()[:1] == "{":
        try:
            value = json.loads(definition)
        except (ValueError, RecursionError):
            return {}
    else:
        documents = parse(definition).documents
        value = documents[0].value if documents else None
    return value if isinstance(value, dict) else {}


def version(data: Mapping[str, Any]) -> Md:
    """The version that a definition states of itself."""
    info = data.get("info")
    stated = info.get("version") if isinstance(info, dict) else None
    return code(stated, 30) if isinstance(stated, (str, int, float)) else NOTHING


def show(definition: object, kind: str, data: Mapping[str, Any]) -> list[Md]:
    """The blocks that show a definition, `data` being what was read of it; none when there is no text."""
    if not isinstance(definition, str) or not definition.strip():
        return []
    blocks = []
    if rows := list(_operations(data)):
        blocks.append(table(["Operation", "Path", "What it does"], rows[:MOST_ROWS]))
        if len(rows) > MOST_ROWS:
            blocks.append(Md(f"…and {len(rows) - MOST_ROWS} more operations, in the definition."))
    elif rows := list(_channels(data)):
        blocks.append(table(["Channel", "What it carries"], rows[:MOST_ROWS]))
    shown = definition[:LONGEST]
    language = "json" if shown.lstrip()[:1] == "{" else _LANGUAGES.get(kind.lower(), "")
    blocks.append(folded(Md("Definition"), fence(shown, language)))
    if len(definition) > LONGEST:
        blocks.append(
            Md(f"The first {LONGEST:,} of {len(definition):,} characters; the rest is where it was declared.")
        )
    return blocks


def _operations(data: Mapping[str, Any]) -> Iterator[list[Md]]:
    paths = data.get("paths")
    for path, operations in paths.items() if isinstance(paths, dict) else ():
        for method in _METHODS:
            operation = operations.get(method) if isinstance(operations, dict) else None
            if isinstance(operation, dict):
                summary = operation.get("summary") or operation.get("operationId") or ""
                yield [code(method.upper()), code(path), text(summary)]


def _channels(data: Mapping[str, Any]) -> Iterator[list[Md]]:
    channels = data.get("channels")
    for name, channel in channels.items() if isinstance(channels, dict) else ():
        said = channel.get("description") or channel.get("address") or "" if isinstance(channel, dict) else ""
        yield [code(name), text(said)]
