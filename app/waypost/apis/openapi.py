"""OpenAPI 3.0 and 3.1 and Swagger 2.0 become a reference. Fetches nothing; what is odd is noted and passed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from posixpath import commonprefix
from typing import Any

from waypost.apis import security, swagger
from waypost.apis.clip import LONGEST_NAME, clip
from waypost.apis.reading import Node, Reading, shorten, words
from waypost.apis.reference import Answer, Body, Field, Group, Operation, Reference, Server, Unreadable
from waypost.apis.schemas import Schemas

VERBS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_MOST_MEDIA = 10
_MOST_ANSWERS = 100
WEBHOOKS, CALLBACKS = "Webhooks", "Callbacks"


@dataclass(frozen=True, slots=True)
class _Definition:
    data: Node
    reading: Reading
    schemas: Schemas
    is_swagger: bool


def read_openapi(data: Node) -> Reference:
    """Read a definition; raise Unreadable when nothing says that it is one."""
    stated = words(data.get("openapi")) or words(data.get("swagger"))
    if not stated:
        raise Unreadable("neither `openapi: 3.…` nor `swagger: 2.0` says that this is an OpenAPI definition")
    reading = Reading(data)
    is_swagger = "swagger" in data and "openapi" not in data
    schemas = Schemas(reading, swagger.SCHEMAS if is_swagger else "#/components/schemas")
    definition = _Definition(data, reading, schemas, is_swagger)
    groups = _groups(definition)
    info = reading.node(data.get("info"), "info")
    declared = (data if is_swagger else reading.node(data.get("components"), "components")).get(
        "securityDefinitions" if is_swagger else "securitySchemes"
    )
    return Reference(
        title=words(info.get("title")),
        version=words(info.get("version")),
        description=words(info.get("description")) or words(info.get("summary")),
        standard=f"{'Swagger' if is_swagger else 'OpenAPI'} {'.'.join(stated.split('.')[:2])}",
        servers=tuple(_servers(definition)),
        security=security.schemes(reading, declared, "securitySchemes"),
        groups=groups,
        types=schemas.types(),
        notes=reading.notes(),
    )


def _servers(definition: _Definition) -> Iterator[Server]:
    data, reading = definition.data, definition.reading
    stated = swagger.servers(data) if definition.is_swagger else reading.items(data.get("servers"), "servers")
    for item in stated:
        server = reading.node(item, "servers")
        if url := words(server.get("url")):
            yield Server(url, reading.text(server.get("description")))


def _groups(definition: _Definition) -> tuple[Group, ...]:
    """Tags in their order, then what has none by the first part of its path, then what the API calls by itself."""
    reading = definition.reading
    told = {
        words(tag.get("name")): reading.text(tag.get("description"))
        for item in reading.items(definition.data.get("tags"), "tags")
        if (tag := reading.node(item, "tags"))
    }
    found: dict[str, list[Operation]] = {name: [] for name in told}
    untagged: list[Operation] = []
    for group, operation in _operations(definition):
        if group:
            found.setdefault(group, []).append(operation)
        else:
            untagged.append(operation)
    last = {name: found.pop(name) for name in (WEBHOOKS, CALLBACKS) if name in found}
    groups = [Group(name, told.get(name, ""), tuple(operations)) for name, operations in found.items() if operations]
    groups += [Group(name, "", tuple(operations)) for name, operations in _by_path(untagged).items()]
    return (*groups, *(Group(name, told.get(name, ""), tuple(operations)) for name, operations in last.items()))


def _by_path(operations: Sequence[Operation]) -> dict[str, list[Operation]]:
    """Operations by the first fixed part of their path that tells them apart: `/api/v1`, common to all, does not."""
    paths = [_fixed(operation.address) for operation in operations]
    common = len(commonprefix(paths)) if paths else 0
    most = min([common, *(len(path) - 1 for path in paths if path)]) + 1
    found: dict[str, list[Operation]] = {}
    for operation, path in zip(operations, paths, strict=True):
        found.setdefault(f"/{'/'.join(path[:most])}", []).append(operation)
    return found


def _fixed(path: str) -> list[str]:
    parts = path.strip("/").split("/")
    return list(takewhile(lambda part: not part.startswith("{"), parts))


def _operations(definition: _Definition) -> Iterator[tuple[str, Operation]]:
    """Every operation with the name of its group, "" where no tag names one."""
    reading = definition.reading
    callbacks: list[tuple[str, Operation]] = []
    for path, item, place in reading.nodes(definition.data.get("paths"), "paths"):
        for verb, stated, shared in _verbs(definition, item, place):
            operation = _operation(definition, verb, path, stated, shared, f"{place}.{verb}")
            tags = reading.items(stated.get("tags"), f"{place}.{verb}.tags")
            yield next((tag for tag in tags if isinstance(tag, str)), ""), operation
            callbacks += _callbacks(definition, operation, stated, f"{place}.{verb}")
    for name, item, place in reading.nodes(definition.data.get("webhooks"), "webhooks"):
        for verb, stated, shared in _verbs(definition, item, place):
            yield WEBHOOKS, _operation(definition, verb, name, stated, shared, f"{place}.{verb}")
    yield from callbacks


def _verbs(definition: _Definition, item: Node, place: str) -> Iterator[tuple[str, Node, list[Any]]]:
    """What can be asked of one path, and the parameters that all of it shares."""
    shared = definition.reading.items(item.get("parameters"), f"{place}.parameters")
    for verb in VERBS:
        if verb in item and definition.reading.may_add_operation():
            yield verb, definition.reading.node(item[verb], f"{place}.{verb}"), shared


def _callbacks(definition: _Definition, asked: Operation, stated: Node, place: str) -> Iterator[tuple[str, Operation]]:
    for name, callback, where in definition.reading.nodes(stated.get("callbacks"), f"{place}.callbacks"):
        for address, item, there in definition.reading.nodes(callback, where):
            for verb, called, shared in _verbs(definition, item, there):
                operation = _operation(definition, verb, address, called, shared, f"{there}.{verb}")
                title = f"{name}, after {asked.verb} {asked.address}"
                title = clip(f"{title}: {operation.title}" if operation.title else title)
                yield CALLBACKS, replace(operation, title=title)


def _operation(definition: _Definition, verb: str, path: str, stated: Node, shared: list[Any], place: str) -> Operation:
    reading, data = definition.reading, definition.data
    own = reading.items(stated.get("parameters"), f"{place}.parameters")
    parameters = _merged(reading, shared, own, place)
    if definition.is_swagger:
        stated = swagger.operation(reading, data, stated, parameters, place)
        parameters = stated["parameters"]
    body = reading.node(stated.get("requestBody"), f"{place}.requestBody")
    asked = stated["security"] if "security" in stated else data.get("security")
    return Operation(
        verb=verb.upper(),
        address=path,
        title=reading.text(stated.get("summary")) or reading.text(stated.get("operationId")),
        description=reading.text(stated.get("description")),
        fields=tuple(_parameters(definition, parameters, f"{place}.parameters")),
        bodies=_bodies(definition, body, f"{place}.requestBody"),
        answers=tuple(_answers(definition, stated.get("responses"), f"{place}.responses")),
        security=security.needed(reading, asked, f"{place}.security"),
        is_deprecated=stated.get("deprecated") is True,
    )


def _merged(reading: Reading, shared: Sequence[Any], own: Sequence[Any], place: str) -> list[Any]:
    """The parameters of a path and of an operation; the operation's word on the same name and place stands."""
    found: dict[tuple[str, str], Node] = {}
    for item in (*shared, *own):
        parameter = reading.node(item, f"{place}.parameters")
        if parameter:
            found[words(parameter.get("name")), words(parameter.get("in"))] = parameter
    return list(found.values())


def _parameters(definition: _Definition, parameters: Sequence[Any], place: str) -> Iterator[Field]:
    for item in parameters:
        parameter = definition.reading.node(item, place)
        name = clip(words(parameter.get("name")), LONGEST_NAME)
        if name and definition.reading.may_add_field():
            yield _parameter(definition, name, parameter, shorten(f"{place}.{name}"), words(parameter.get("in")))


def _parameter(definition: _Definition, name: str, stated: Node, place: str, where: str = "") -> Field:
    """A parameter or a header: its schema stands beside it, or below the one media type it has."""
    schema = stated.get("schema")
    if schema is None:
        content = definition.reading.node(stated.get("content"), f"{place}.content")
        schema = next((media.get("schema") for media in content.values() if isinstance(media, dict)), None)
    field = definition.schemas.field(name, schema, place, place=where, is_required=stated.get("required") is True)
    description = definition.reading.text(stated.get("description")) or field.description
    return replace(
        field, description=description, is_deprecated=field.is_deprecated or stated.get("deprecated") is True
    )


def _bodies(definition: _Definition, stated: Node, place: str) -> tuple[Body, ...]:
    """What travels, by media type; those that carry the same are told together."""
    reading, schemas = definition.reading, definition.schemas
    content = reading.node(stated.get("content"), f"{place}.content")
    found: list[tuple[Any, list[str]]] = []
    for media, item in islice(content.items(), _MOST_MEDIA):
        schema = reading.node(item, f"{place}.{media}").get("schema")
        same = next((known for known in found if _is_same(known[0], schema)), None)
        if same is None:
            found.append((schema, [str(media)]))
        else:
            same[1].append(str(media))
    if len(content) > _MOST_MEDIA:
        reading.note(f"{shorten(place)}: has {len(content):,} media types, of which {_MOST_MEDIA} are shown.")
    told, required = reading.text(stated.get("description")), stated.get("required") is True
    return tuple(
        Body(schemas.kind(schema, place), ", ".join(media), told, schemas.fields(schema, place), required)
        for schema, media in found
        if reading.may_keep()
    )


def _is_same(one: object, other: object) -> bool:
    """Whether two schemas are the same at a glance: one object, one reference, one plain type."""
    if one is other or not isinstance(one, dict) or not isinstance(other, dict):
        return one is other
    is_plain = not any(isinstance(value, (dict, list)) for value in islice(one.values(), 20))
    return is_plain and one == other


def _answers(definition: _Definition, stated: object, place: str) -> Iterator[Answer]:
    for code, answer, where in definition.reading.nodes(stated, place, _MOST_ANSWERS):
        if not definition.reading.may_keep():
            return
        headers = tuple(
            _parameter(definition, name, header, at)
            for name, header, at in definition.reading.nodes(answer.get("headers"), f"{where}.headers")
            if definition.reading.may_add_field()
        )
        told = definition.reading.text(answer.get("description")) or definition.reading.text(answer.get("summary"))
        bodies = _bodies(definition, {"content": answer.get("content")}, where)
        yield Answer(code, told, bodies, headers)
