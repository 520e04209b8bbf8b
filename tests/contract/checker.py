"""Compare a recorded exchange with GitHub's own description of its API. Knows nothing of the sandbox.

An exchange is a mapping: `method`, `path` (as sent, still quoted), `query` (raw), `request` and `response` (JSON
values, None for no body), `status`, `type` (of the response). A delivery is a mapping with `event` and `payload`.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

import graphql
import jsonschema_rs
from graphql.execution import get_variable_values

DATA = Path(__file__).parent / "data"
# GitHub declares these on some operations only, but they are the answers of the whole API
# (rest/using-the-rest-api/{troubleshooting-the-rest-api,best-practices,rate-limits-for-the-rest-api})
ANYWHERE = {"301", "304", "307", "401", "403", "404", "415", "429", "500", "502", "503", "504"}
# these parameters hold slashes in practice: a file's path, heads/main, main...feature/x
SLASHED = {"path", "ref", "basehead", "base", "head", "branch", "dir"}


class Violation(NamedTuple):
    """One way in which an exchange is not GitHub's: whose fault (request, response, delivery), which rule, what."""

    side: str
    rule: str
    operation: str
    text: str


class Operation(NamedTuple):
    """A method on a path, its parameters by place, and its validators' sources."""

    name: str
    pattern: re.Pattern[str]
    described: dict[str, Any]


@cache
def description() -> dict[str, Any]:
    with gzip.open(DATA / "rest.json.gz", "rt", encoding="utf-8") as packed:
        return json.load(packed)  # type: ignore[no-any-return]


@cache
def github_schema() -> graphql.GraphQLSchema:
    with gzip.open(DATA / "schema.graphql.gz", "rt", encoding="utf-8") as packed:
        return graphql.build_schema(packed.read(), no_location=True)


@cache
def registry() -> jsonschema_rs.Registry:
    components = {"components": description()["components"]}
    return jsonschema_rs.Registry([("github:api", components)])


@cache
def compiled(source: str) -> jsonschema_rs.Draft202012Validator:
    schema = json.loads(source.replace('"#/components/', '"github:api#/components/'))
    return jsonschema_rs.Draft202012Validator(
        schema, registry=registry(), validate_formats=True, ignore_unknown_formats=True
    )


def errors(schema: Any, value: Any) -> Iterator[str]:
    """Say where and why a value does not fit: all of it, because what is allowed must not hide what is not."""
    for error in compiled(json.dumps(schema)).iter_errors(value):
        yield f"/{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"


@cache
def operations() -> dict[str, list[Operation]]:
    """List the operations by method; those with the most literal words first."""
    found: dict[str, list[Operation]] = {}
    paths = description()["paths"]
    for path in sorted(paths, key=lambda path: (-literals(path), path)):
        pattern = re.compile("".join(map(_matching, re.split(r"(\{[^}]+\})", path))))
        for method, described in paths[path].items():
            found.setdefault(method.upper(), []).append(Operation(f"{method.upper()} {path}", pattern, described))
    return found


def _matching(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name = part[1:-1]
    if name == "path":  # "" is the root folder: rest/repos/contents#get-repository-content
        return r"(?P<path>.*)"
    return rf"(?P<{name}>{'.+' if name in SLASHED else '[^/]+'})"


def literals(path: str) -> int:
    return sum(not part.startswith("{") for part in path.split("/"))


def coerced(schema: Mapping[str, Any], text: str) -> Any:
    """Read a parameter's text as the type that its schema wants; leave it when it cannot be."""
    kinds = {schema.get("type"), *(one.get("type") for one in schema.get("oneOf", ()))}
    if "integer" in kinds and re.fullmatch(r"-?\d+", text):
        return int(text)
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    return text.split(",") if "array" in kinds and "string" not in kinds else text


def check(exchange: Mapping[str, Any]) -> tuple[str, list[Violation]]:
    """Name the operation (or the event of a delivery) and everything in it that GitHub does not allow."""
    if "event" in exchange:
        payload = exchange["payload"]
        name = "-".join([exchange["event"], *filter(None, [payload.get("action")])]).replace("_", "-")
        if exchange["event"] == "repository_dispatch":  # its action is whatever the caller called it
            name = "repository-dispatch-sample.collected"
        return f"event {name}", list(_delivery(name, payload))
    if exchange["path"] == "/graphql":
        return "POST /graphql", list(_query(exchange))
    # A repository by its number: where GitHub's own redirects lead after a rename, but missing from its description.
    path = re.sub(r"^/repositories/\d+(?=/|$)", "/repos/by/number", exchange["path"])
    for operation in operations().get(exchange["method"], ()):
        if match := operation.pattern.fullmatch(path):
            return operation.name, [*_request(operation, match, exchange), *_response(operation, exchange)]
    name = f"{exchange['method']} {exchange['path']}"
    return name, [Violation("request", "route", name, "GitHub has no such route")]


def _request(operation: Operation, match: re.Match[str], exchange: Mapping[str, Any]) -> Iterator[Violation]:
    described = operation.described
    query = dict(parse_qsl(exchange.get("query") or "", keep_blank_values=True))
    for parameter in described["parameters"]:
        name, place = parameter["name"], parameter["in"]
        given = match.groupdict() if place == "path" else query
        if name in given:
            text = unquote(given[name]) if place == "path" else given[name]
            for error in errors(parameter["schema"], coerced(parameter["schema"], text)):
                yield Violation("request", f"{place} parameter", operation.name, f"{name}={text}: {error}")
        elif parameter["required"]:
            yield Violation("request", f"{place} parameter", operation.name, f"{name} is missing")
    known = {parameter["name"] for parameter in described["parameters"] if parameter["in"] == "query"}
    for name in sorted(query.keys() - known):
        yield Violation("request", "query parameter", operation.name, f"{name} is not a parameter")
    yield from (Violation("request", "body", operation.name, text) for text in _body_errors(described, exchange))


def _body_errors(described: Mapping[str, Any], exchange: Mapping[str, Any]) -> Iterator[str]:
    body, schema = exchange.get("request"), described["body"].get("application/json")
    if body is None:
        if described["bodyRequired"]:
            yield "a body is required"
    elif schema is None:
        if not described["body"]:
            yield "no body is expected"
    else:
        yield from errors(schema, body)
        # the description lets unknown fields pass; GitHub ignores them, which hides a misspelt one
        if isinstance(body, dict) and "properties" in schema and not schema.get("additionalProperties"):
            variants = (name for one in schema.get("oneOf", ()) for name in one.get("properties", ()))
            allowed = {*schema["properties"], *variants}
            yield from (f"/{name}: GitHub knows no such field" for name in sorted(body.keys() - allowed))


def _response(operation: Operation, exchange: Mapping[str, Any]) -> Iterator[Violation]:
    status, body = str(exchange["status"]), exchange.get("response")
    declared = operation.described["responses"]
    if status not in declared and status not in ANYWHERE:
        text = f"{status} is not among {', '.join(sorted(declared))}"
        yield Violation("response", "status", operation.name, text)
        return
    content = declared.get(status, {})
    if exchange.get("type", "").partition(";")[0] != "application/json":
        return
    if not content and body is not None and status[0] == "2":  # what is not a success always says why
        yield Violation("response", "body", operation.name, f"{status} has no body")
    basic = {"$ref": "#/components/schemas/basic-error"}
    # one status may have several representations (a folder as a list or as an object), all sent as application/json
    forms = list(content.values()) or [basic if int(status) >= 400 else {}]
    schema = forms[0] if len(forms) == 1 else {"anyOf": forms}
    for error in errors(schema, body):
        yield Violation("response", "body", operation.name, f"{status} {error}")


def _delivery(name: str, payload: Mapping[str, Any]) -> Iterator[Violation]:
    schema = description()["events"].get(name)
    if schema is None:
        yield Violation("delivery", "event", name, "GitHub sends no such event")
        return
    for error in errors(schema, payload):
        yield Violation("delivery", "payload", name, error)


def _query(exchange: Mapping[str, Any]) -> Iterator[Violation]:
    request = exchange.get("request")
    if not isinstance(request, dict) or not isinstance(request.get("query"), str):
        yield Violation("request", "body", "POST /graphql", "a JSON object with a query is required")
        return
    found = query_errors(request["query"])
    for error in found or variable_errors(request["query"], request.get("variables") or {}):
        yield Violation("request", "graphql", "POST /graphql", error)


@cache
def query_errors(query: str) -> tuple[str, ...]:
    """Validate a GraphQL document against GitHub's public schema."""
    try:
        document = graphql.parse(query)
    except graphql.GraphQLSyntaxError as error:
        return (error.message,)
    return tuple(error.message for error in graphql.validate(github_schema(), document))


def variable_errors(query: str, variables: Mapping[str, Any]) -> list[str]:
    """Check the variables of a valid GraphQL document: their types, and that no field of an input is unknown."""
    found: list[str] = []
    for definition in graphql.parse(query).definitions:
        if not isinstance(definition, graphql.OperationDefinitionNode):
            continue
        declared = definition.variable_definitions or ()
        values = get_variable_values(github_schema(), declared, dict(variables))
        found += [error.message for error in values] if isinstance(values, list) else []
    return found
