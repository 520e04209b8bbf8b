"""AsyncAPI 2 and 3 become a reference, a group for each channel. Fetches nothing; what is odd is noted and passed over.

The verbs are those of version 3: what the service itself does. `subscribe` of version 2 says what others may do, so
there the service sends; a sentence tells which way it goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from waypost.apis import security
from waypost.apis.messages import MOST_MESSAGES, bindings, bodies, with_traits
from waypost.apis.reading import Node, Reading, words
from waypost.apis.reference import Answer, Body, Field, Group, Operation, Reference, Server, Unreadable
from waypost.apis.schemas import Schemas

_WAYS = {"subscribe": "send", "publish": "receive"}
_DIRECTION = {
    "send": "The service sends this: subscribe to receive it.",
    "receive": "The service receives this: publish it to be heard.",
    "carries": "Nothing says who sends and who receives.",
}


@dataclass(frozen=True, slots=True)
class _Definition:
    data: Node
    reading: Reading
    schemas: Schemas
    media: str  # of messages that state none


@dataclass(frozen=True, slots=True)
class _Channel:
    name: str  # under which it stands
    address: str
    stated: Node
    place: str


def read_asyncapi(data: Node) -> Reference:
    """Read a definition; raise Unreadable when nothing says that it is one."""
    stated = words(data.get("asyncapi"))
    if not stated:
        raise Unreadable("no `asyncapi: 2.…` or `asyncapi: 3.…` says that this is an AsyncAPI definition")
    reading = Reading(data)
    schemas = Schemas(reading, "#/components/schemas")
    definition = _Definition(data, reading, schemas, words(data.get("defaultContentType")))
    groups = tuple(_groups(definition, is_old=stated.startswith(("1.", "2.")) or stated in ("1", "2")))
    info = reading.node(data.get("info"), "info")
    components = reading.node(data.get("components"), "components")
    return Reference(
        title=words(info.get("title")),
        version=words(info.get("version")),
        description=words(info.get("description")),
        standard=f"AsyncAPI {'.'.join(stated.split('.')[:2])}",
        servers=tuple(_servers(reading)),
        security=security.schemes(reading, components.get("securitySchemes"), "components.securitySchemes"),
        groups=groups,
        types=schemas.types(),
        notes=reading.notes(),
    )


def _servers(reading: Reading) -> Iterator[Server]:
    """Where it runs: version 2 writes an address, version 3 its parts."""
    for name, server, _ in reading.nodes(reading.root.get("servers"), "servers"):
        protocol = words(server.get("protocol"))
        address = words(server.get("url")) or f"{words(server.get('host'))}{words(server.get('pathname'))}"
        if address:
            told = words(server.get("description")) or words(server.get("summary")) or words(server.get("title"))
            url = address if "://" in address or not protocol else f"{protocol}://{address}"
            yield Server(url, f"{name}: {told}" if told else name)


def _groups(definition: _Definition, is_old: bool) -> Iterator[Group]:
    channels = {
        name: _Channel(name, words(stated.get("address")) or name, stated, place)
        for name, stated, place in definition.reading.nodes(definition.data.get("channels"), "channels")
    }
    found = _old(definition, channels) if is_old else _new(definition, channels)
    operations: dict[str, list[Operation]] = {name: [] for name in channels}
    for name, operation in found:
        operations.setdefault(name, []).append(operation)
    for name, done in operations.items():
        channel = channels.get(name)
        if channel is None or done:
            yield Group(channel.address if channel else name, _about(channel), tuple(done))
        elif _WAYS.keys().isdisjoint(channel.stated) and definition.reading.may_add_operation():
            yield Group(channel.address, _about(channel), (_carrier(definition, channel),))


def _about(channel: _Channel | None) -> str:
    if channel is None:
        return ""
    parts = [words(channel.stated.get(key)) for key in ("title", "summary", "description")]
    return "\n\n".join(part for part in dict.fromkeys([*parts, bindings(channel.stated)]) if part)


def _old(definition: _Definition, channels: dict[str, _Channel]) -> Iterator[tuple[str, Operation]]:
    """Version 2: what can be done with a channel stands below it."""
    for name, channel in channels.items():
        for word, verb in _WAYS.items():
            if word in channel.stated and definition.reading.may_add_operation():
                place = f"{channel.place}.{word}"
                stated = definition.reading.node(channel.stated[word], place)
                operation = _operation(definition, verb, channel, stated, place)
                told = f"{operation.description} (`{word}` in the definition)"
                carried = _carried(definition, stated.get("message"), f"{place}.message")
                yield name, replace(operation, description=told, bodies=carried)


def _new(definition: _Definition, channels: dict[str, _Channel]) -> Iterator[tuple[str, Operation]]:
    """Version 3: operations stand by themselves and name their channel."""
    for name, stated, place in definition.reading.nodes(definition.data.get("operations"), "operations"):
        if definition.reading.may_add_operation():
            channel = _channel(definition, channels, stated.get("channel"), f"{place}.channel")
            verb = words(stated.get("action")) or "carries"
            operation = _operation(definition, verb, channel, stated, place)
            carried = _carried(
                definition, stated.get("messages", _all(definition.reading, channel.stated)), f"{place}.messages"
            )
            replies = tuple(_reply(definition, channels, stated.get("reply"), f"{place}.reply"))
            yield channel.name, replace(operation, title=operation.title or name, bodies=carried, answers=replies)


def _carried(definition: _Definition, messages: object, place: str) -> tuple[Body, ...]:
    return tuple(bodies(definition.reading, definition.schemas, messages, definition.media, place))


def _channel(definition: _Definition, channels: dict[str, _Channel], stated: object, place: str) -> _Channel:
    """The channel that an operation names; one that stands elsewhere, or nowhere, by what it is called."""
    reference = stated.get("$ref") if isinstance(stated, dict) else None
    name = reference.rpartition("/")[2].replace("~1", "/").replace("~0", "~") if isinstance(reference, str) else ""
    if isinstance(reference, str) and reference.startswith("#/channels/") and name in channels:
        return channels[name]
    node = definition.reading.node(stated, place)
    return _Channel(name or "Without a channel", words(node.get("address")) or name, node, place)


def _all(reading: Reading, channel: Node) -> list[Any]:
    """All messages of a channel, which an operation carries that names none."""
    messages = channel.get("messages")
    named = islice(messages.items() if isinstance(messages, dict) else (), MOST_MESSAGES + 1)
    return [
        reading.merged({"name": str(name)}, item) if isinstance(item, dict) and "$ref" not in item else item
        for name, item in named
    ]


def _operation(definition: _Definition, verb: str, channel: _Channel, stated: Node, place: str) -> Operation:
    stated = with_traits(definition.reading, stated, place)
    told = [definition.reading.text(stated.get("description")), bindings(stated), _DIRECTION.get(verb, "")]
    return Operation(
        verb=verb,
        address=channel.address,
        title=words(stated.get("summary")) or words(stated.get("title")) or words(stated.get("operationId")),
        description="\n\n".join(part for part in told if part),
        fields=tuple(_parameters(definition, channel)),
        security=_security(definition, stated.get("security"), f"{place}.security"),
    )


def _parameters(definition: _Definition, channel: _Channel) -> Iterator[Field]:
    """What stands in braces in an address: version 2 gives it a schema, version 3 is a text with choices."""
    place = f"{channel.place}.parameters"
    for name, stated, where in definition.reading.nodes(channel.stated.get("parameters"), place):
        if definition.reading.may_add_field():
            schema = stated["schema"] if "schema" in stated else definition.reading.merged({"type": "string"}, stated)
            told = definition.reading.text(stated.get("description"))
            yield definition.schemas.field(name, schema, where, place="address", description=told, is_required=True)


def _security(definition: _Definition, stated: object, place: str) -> tuple[str, ...]:
    """Version 2 names schemes, version 3 refers to them."""
    items = definition.reading.items(stated, place)
    return security.needed(definition.reading, [_requirement(item) for item in items], place)


def _requirement(item: object) -> object:
    if isinstance(item, dict) and isinstance(item.get("$ref"), str):
        return {item["$ref"].rpartition("/")[2]: []}
    if isinstance(item, dict) and isinstance(item.get("type"), str):
        return {item["type"]: item.get("scopes")}
    return item


def _reply(definition: _Definition, channels: dict[str, _Channel], stated: object, place: str) -> Iterator[Answer]:
    reply = definition.reading.node(stated, place)
    if not reply:
        return
    channel = _channel(definition, channels, reply.get("channel"), f"{place}.channel") if "channel" in reply else None
    address = definition.reading.node(reply.get("address"), f"{place}.address")
    where = f"`{channel.address}`" if channel and channel.address else words(address.get("location"))
    messages = reply.get("messages", _all(definition.reading, channel.stated) if channel else None)
    carried = _carried(definition, messages, f"{place}.messages")
    yield Answer("", f"A reply on {where}" if where else "A reply", carried)


def _carrier(definition: _Definition, channel: _Channel) -> Operation:
    """A channel that no operation names: what it carries, all the same."""
    operation = _operation(definition, "carries", channel, {}, channel.place)
    return replace(
        operation, bodies=_carried(definition, _all(definition.reading, channel.stated), f"{channel.place}.messages")
    )
