"""Swagger 2.0 written as OpenAPI 3 would write it, so that one reader is enough. Decides nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from waypost.apis.reading import Node, Reading, words

SCHEMAS = "#/definitions"
_MOST_MEDIA = 10
_FORM = "application/x-www-form-urlencoded"
_OUTSIDE_SCHEMA = ("name", "in", "description", "required", "deprecated", "schema", "$ref")


def servers(data: Node) -> list[dict[str, str]]:
    """Where the API answers: a host, a base path and several schemes make as many addresses."""
    host, path = words(data.get("host")), words(data.get("basePath"))
    if not host:
        return [{"url": path}] if path else []
    schemes = data.get("schemes")
    named = [scheme for scheme in schemes[:_MOST_MEDIA] if isinstance(scheme, str)] if isinstance(schemes, list) else []
    return [{"url": f"{scheme}://{host}{path}"} for scheme in named or ["https"]]


def operation(reading: Reading, data: Node, stated: Node, parameters: list[Any], place: str) -> dict[Any, Any]:
    """One operation; `parameters` are all of its parameters, those of its path included."""
    kept, fields = [], {}
    body: dict[str, Any] = {}
    takes = _media(stated, data, "consumes")
    for each in parameters:
        parameter = reading.node(each, f"{place}.parameters")
        if parameter.get("in") == "body":
            content = {media: {"schema": parameter.get("schema")} for media in takes or ["application/json"]}
            body = reading.merged(parameter, {"content": content})
        elif parameter.get("in") == "formData":
            fields[words(parameter.get("name"))] = parameter
        else:
            kept.append(reading.merged(parameter, {"schema": _schema(reading, parameter)}))
    if fields and not body:
        body = _form(reading, fields, takes)
    answers = {
        code: _answer(reading, answer, _media(stated, data, "produces"))
        for code, answer, _ in reading.nodes(stated.get("responses"), f"{place}.responses")
    }
    written = {"parameters": kept, "responses": answers, **({"requestBody": body} if body else {})}
    return {**reading.merged(stated), **written}


def _form(reading: Reading, fields: dict[str, Node], takes: list[str]) -> dict[str, Any]:
    properties = {
        name: {**_schema(reading, field), "description": field.get("description")} for name, field in fields.items()
    }
    required = [name for name, field in fields.items() if field.get("required") is True]
    schema = {"type": "object", "properties": properties, "required": required}
    return {"content": {media: {"schema": schema} for media in takes or [_FORM]}, "required": bool(required)}


def _answer(reading: Reading, answer: Node, gives: list[str]) -> dict[Any, Any]:
    headers = answer.get("headers")
    shown = {
        name: reading.merged(header, {"schema": _schema(reading, header)})
        for name, header in (reading.merged(headers).items() if isinstance(headers, dict) else ())
        if isinstance(header, dict)
    }
    content = {media: {"schema": answer["schema"]} for media in gives or [""]} if "schema" in answer else {}
    return reading.merged(answer, {"headers": shown, "content": content})


def _schema(reading: Reading, parameter: Node) -> dict[Any, Any]:
    """What stands in a schema of its own since OpenAPI 3."""
    found = {key: value for key, value in reading.merged(parameter).items() if key not in _OUTSIDE_SCHEMA}
    return {**found, "type": "string", "format": "binary"} if found.get("type") == "file" else found


def _media(stated: Node, data: Node, key: str) -> list[str]:
    return list(_texts(stated.get(key, data.get(key))))


def _texts(value: object) -> Iterator[str]:
    for item in value[:_MOST_MEDIA] if isinstance(value, list) else ():
        if isinstance(item, str):
            yield item
