"""The messages of AsyncAPI as bodies: what they carry, in which format, with which headers. Validates nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from waypost.apis.reading import Node, Reading, shorten, words
from waypost.apis.reference import Body, Field, Kind
from waypost.apis.schemas import Schemas

MOST_MESSAGES = 50  # of one operation
_MOST_BINDINGS = 20  # there are not as many protocols
# Formats of payloads that are JSON Schema, or a little more than it.
_JSON_SCHEMA = ("application/vnd.aai.asyncapi", "application/schema+json", "application/schema+yaml")
_OPENAPI = "application/vnd.oai.openapi"


def bodies(reading: Reading, schemas: Schemas, stated: object, media: str, place: str) -> Iterator[Body]:
    """Every message of an operation or a channel: one, a list, a mapping by name, or `oneOf` several."""
    for number, (name, item) in enumerate(_several(reading, stated, place)):
        if number < MOST_MESSAGES and not reading.may_keep():
            return
        if number < MOST_MESSAGES:
            yield _body(reading, schemas, name, item, media, shorten(f"{place}.{name}") if name else place)
        else:
            reading.hide("messages of an operation")


def _several(reading: Reading, stated: object, place: str) -> Iterator[tuple[str, object]]:
    if isinstance(stated, list):
        yield from ((_last(item), item) for item in reading.items(stated, place))
        return
    found = reading.node(stated, place)
    if "oneOf" in found:
        yield from ((_last(item), item) for item in reading.items(found["oneOf"], f"{place}.oneOf"))
    elif found:
        yield _last(stated), found


def _last(item: object) -> str:
    """The name under which a message stands, when it is referred to."""
    reference = item.get("$ref") if isinstance(item, dict) else None
    return reference.rpartition("/")[2] if isinstance(reference, str) else ""


def _body(reading: Reading, schemas: Schemas, name: str, stated: object, media: str, place: str) -> Body:
    message = with_traits(reading, reading.node(stated, place), place)
    if "correlationId" in message:
        reading.note("Correlation ids of messages are not shown.")
    payload, kind = _payload(reading, schemas, message, place)
    named = words(message.get("name")) or words(message.get("messageId")) or name
    if named and named not in (kind.type, kind.text):
        kind = replace(kind, text=f"{named}: {kind.text}")
    headers = reading.node(message.get("headers"), f"{place}.headers")
    fields = (*_headers(schemas, headers, place), *schemas.fields(payload, f"{place}.payload"))
    return Body(kind, words(message.get("contentType")) or media, reading.text(_told(message)), fields)


def _payload(reading: Reading, schemas: Schemas, message: Node, place: str) -> tuple[object, Kind]:
    """The schema of what a message carries, and its kind; of other formats than JSON Schema only the name."""
    payload, form = message.get("payload"), words(message.get("schemaFormat"))
    if isinstance(payload, dict) and "schema" in payload and "schemaFormat" in payload:
        payload, form = payload["schema"], words(payload["schemaFormat"])
    if form and not form.startswith((*_JSON_SCHEMA, _OPENAPI)):
        reading.note(f"{shorten(place)}: its payload is described as `{shorten(form)}`, which is not read.")
        return None, Kind(shorten(form))
    return payload, schemas.kind(payload, f"{place}.payload")


def _headers(schemas: Schemas, headers: Node, place: str) -> Iterator[Field]:
    for field in schemas.fields(headers, f"{place}.headers"):
        yield replace(field, place="header")


def _told(message: Node) -> str:
    parts = [words(message.get(key)) for key in ("title", "summary", "description")]
    bound = bindings(message)
    return "\n\n".join(part.rstrip(".") + "." for part in [*dict.fromkeys(parts), bound] if part)


def bindings(stated: Node) -> str:
    """Of protocols only that something is said of them."""
    found = stated.get("bindings")
    listed = islice(found, _MOST_BINDINGS) if isinstance(found, dict) else ()
    names = [str(name) for name in listed if not str(name).startswith(("x-", "$"))]
    return f"More is said for {', '.join(names)} in the definition" if names else ""


def with_traits(reading: Reading, stated: Node, place: str) -> Node:
    """What is said of an operation or a message, and what its traits add."""
    traits = [
        reading.node(trait, f"{place}.traits") for trait in reading.items(stated.get("traits"), f"{place}.traits")
    ]
    return reading.merged(*reversed(traits), stated) if traits else stated
