"""Errors of single fields, as GitHub tells them inside an answer of status 200. No transport.

https://docs.github.com/en/graphql/guides/forming-calls-with-graphql
"""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError


class Problem(GraphQLError):
    """An error with GitHub's `type`: NOT_FOUND, FORBIDDEN, STALE_DATA, UNPROCESSABLE ..."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message, extensions={"type": kind})


def shape(error: GraphQLError) -> dict[str, Any]:
    """Return one entry of `errors`: GitHub puts the type beside the message, not into extensions."""
    kind = (error.extensions or {}).get("type")
    shown: dict[str, Any] = {"type": kind} if kind else {}
    if error.path:
        shown["path"] = list(error.path)
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    return {**shown, "message": error.message}


def not_found(kind: str, how: str, value: str) -> Problem:
    return Problem("NOT_FOUND", f"Could not resolve to {kind} with the {how} of '{value}'.")


def no_repository(name: str) -> Problem:
    # GitHub's words lack the "of" here only
    return Problem("NOT_FOUND", f"Could not resolve to a Repository with the name '{name}'.")


def forbidden() -> Problem:
    return Problem("FORBIDDEN", "Resource not accessible by integration")
