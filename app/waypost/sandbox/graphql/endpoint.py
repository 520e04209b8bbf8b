"""POST /graphql: one query or mutation; errors come with status 200, as GitHub answers them.

https://docs.github.com/en/graphql/guides/forming-calls-with-graphql
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, g, jsonify
from flask.typing import ResponseReturnValue
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLAbstractType,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    execute_sync,
    is_abstract_type,
    parse,
    validate,
)

from waypost.sandbox import ratelimit
from waypost.sandbox.auth import caller
from waypost.sandbox.graphql import reading
from waypost.sandbox.graphql.commit_on_branch import TookTooLong, create_commit_on_branch
from waypost.sandbox.graphql.cost import MOST_NODES, cost
from waypost.sandbox.graphql.git_objects import Resolver
from waypost.sandbox.graphql.problems import shape
from waypost.sandbox.web import ApiError, Json, body

routes = Blueprint("graphql", __name__)

_TIMED_OUT = (
    "Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug."
)
_RESOLVERS: dict[str, dict[str, Resolver]] = {
    **reading.RESOLVERS,
    "Mutation": {"createCommitOnBranch": create_commit_on_branch},
}


@routes.post("/graphql")
def answer() -> ResponseReturnValue:
    if caller().key == "anonymous":
        raise ApiError(401, "This endpoint requires you to be authenticated.")
    content = body()
    text, variables = content.get("query"), content.get("variables") or {}
    if not isinstance(text, str) or not text.strip():
        return jsonify({"errors": [{"message": "A query attribute must be specified and must be a string."}]})
    try:
        document, mistakes = _parsed(text)
    except GraphQLSyntaxError as error:
        return jsonify({"errors": [shape(error)]})
    if mistakes:
        return jsonify({"errors": [shape(mistake) for mistake in mistakes]})
    g.cost = cost(document, variables)
    if g.cost.nodes > MOST_NODES:
        message = f"This query requests up to {g.cost.nodes:,} possible nodes"
        message += f" which exceeds the maximum limit of {MOST_NODES:,}."
        return jsonify({"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": message}]})
    ratelimit.charge(g.cost.points)
    name = content.get("operationName")
    if _is_mutation(document, name):
        ratelimit.limit_writing()
    return _answered(execute_sync(_schema(), document, variable_values=variables, operation_name=name))


def _answered(result: ExecutionResult) -> ResponseReturnValue:
    shown: Json = {"data": result.data} if result.data is not None or not result.errors else {}
    errors = result.errors or []
    for error in errors:
        if isinstance(error.original_error, TookTooLong):
            return jsonify({"data": None, "errors": [{"message": _TIMED_OUT}]}), 502
        if error.original_error is not None and not isinstance(error.original_error, GraphQLError | ValueError):
            raise error.original_error
    if errors:
        shown["errors"] = [shape(error) for error in errors]
    return jsonify(shown)


@lru_cache(maxsize=256)
def _parsed(text: str) -> tuple[DocumentNode, list[GraphQLError]]:
    """Parse and validate; the same few queries come again and again."""
    document = parse(text)
    return document, validate(_schema(), document)


def _is_mutation(document: DocumentNode, name: str | None) -> bool:
    return any(
        isinstance(one, OperationDefinitionNode)
        and one.operation is OperationType.MUTATION
        and name in (None, one.name.value if one.name else None)
        for one in document.definitions
    )


@cache
def _schema() -> GraphQLSchema:
    schema = build_schema(Path(__file__).with_name("schema.graphql").read_text())
    for kind in schema.type_map.values():
        if is_abstract_type(kind):
            kind.resolve_type = _type_of
    for name, fields in _RESOLVERS.items():
        kind = schema.type_map[name]
        assert isinstance(kind, GraphQLObjectType)
        for field, function in fields.items():
            if field in kind.fields:  # accounts share a table; a Bot has fewer fields than a User
                kind.fields[field].resolve = _resolver(function)
    return schema


def _resolver(function: Resolver) -> Any:
    return lambda source, _info, **arguments: function(source, arguments)


def _type_of(value: Any, _info: GraphQLResolveInfo[Any], _kind: GraphQLAbstractType) -> str:
    return reading.type_of(value)
