"""Short ways to write the schemas of inputs and outputs. `text("what it is")` reads better than six lines of JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Schema = dict[str, Any]


def fields(required: Sequence[str] = (), /, **properties: Schema) -> Schema:
    """Return the schema of an object; what it does not name is let through, as in Backstage."""
    schema: Schema = {"type": "object", "properties": properties}
    return {**schema, "required": list(required)} if required else schema


def text(description: str, choices: Sequence[str] = ()) -> Schema:
    return {"type": "string", "description": description, **({"enum": list(choices)} if choices else {})}


def flag(description: str) -> Schema:
    return {"type": "boolean", "description": description}


def number(description: str) -> Schema:
    return {"type": "number", "description": description}


def texts(description: str) -> Schema:
    return {"type": "array", "items": {"type": "string"}, "description": description}


def mapping(description: str, values: Schema | None = None) -> Schema:
    return {"type": "object", "additionalProperties": values or {"type": "string"}, "description": description}


def one_of(description: str, *types: str) -> Schema:
    return {"type": list(types), "description": description}


def anything(description: str) -> Schema:
    return {"description": description}


def rows(description: str, required: Sequence[str] = (), /, **properties: Schema) -> Schema:
    return {"type": "array", "items": fields(required, **properties), "description": description}


REPOSITORY: Schema = text("The repository: github.com?owner=OWNER&repo=NAME")
TOKEN: Schema = text("Not used: Waypost asks GitHub with its own token")
