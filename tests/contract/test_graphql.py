"""GraphQL: what we ask is in GitHub's public schema, and the sandbox's schema is a part of it."""

from __future__ import annotations

from importlib.resources import files

import graphql
import pytest
from graphql.type import is_input_object_type, is_introspection_type, is_specified_scalar_type

from waypost.forge import people
from waypost.forge.graphql import COMMIT, commit_input, question
from waypost.forge.protocol import Wish

from .checker import check, github_schema, query_errors, variable_errors

WISHES = [
    Wish(1, "acme/pay"),
    Wish(2, "acme/shop", paths=("catalog-info.yaml", "CODEOWNERS"), folders=("", "docs")),
    Wish(3, "acme/cart", paths=("a.yaml",), touches=("a.yaml", "docs/b.md"), at="0" * 40),
]


@pytest.fixture(scope="module")
def ours() -> graphql.GraphQLSchema:
    return graphql.build_schema((files("waypost.sandbox.graphql") / "schema.graphql").read_text(encoding="utf-8"))


def test_what_the_forge_asks_is_githubs():
    query, variables = question(WISHES)
    assert query_errors(query) == ()
    assert variable_errors(query, variables) == []


@pytest.mark.parametrize("query", [people.TEAMS, people.TEAM], ids=["teams", "one team"])
def test_what_the_forge_asks_of_people_is_githubs(query):
    assert query_errors(query) == ()
    assert variable_errors(query, {"login": "acme", "slug": "payments", "members": None}) == []


def test_what_the_forge_commits_is_githubs():
    changes = {"a.md": b"# A\n", "old.md": None}
    variables = {"input": commit_input("acme/catalog", "main", "0" * 40, changes, "Update\n\nBecause")}
    assert query_errors(COMMIT) == ()
    assert variable_errors(COMMIT, variables) == []


def test_variables_of_another_shape_are_caught():
    body = {"query": COMMIT, "variables": {"input": {"branch": "main"}}}
    _, violations = check({"method": "POST", "path": "/graphql", "status": 200, "request": body})
    assert {violation.rule for violation in violations} == {"graphql"}
    body["variables"] = {"input": {**commit_input("a/b", "main", "0" * 40, {}, "x"), "force": True}}
    _, violations = check({"method": "POST", "path": "/graphql", "status": 200, "request": body})
    assert ["force" in violation.text for violation in violations] == [True]


def test_the_sandboxs_schema_is_a_part_of_githubs(ours):
    theirs, missing = github_schema(), []
    for name, kind in ours.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        other = theirs.type_map.get(name)
        missing += [f"{name}: GitHub has no such type"] if type(other) is not type(kind) else differences(kind, other)
    assert missing == []


def test_a_difference_from_githubs_schema_is_seen():
    bent = graphql.build_schema("""
        type Query { repository(owner: String!, title: String): Repository, pets: [String!]! }
        type Repository { name: Int!, isArchived: Boolean! }
        enum RepositoryVisibility { PUBLIC SECRET }
        input CommitMessage { body: String }
    """)
    theirs = github_schema()
    found = [text for name in ("Query", "Repository", "RepositoryVisibility", "CommitMessage")
             for text in differences(bent.type_map[name], theirs.type_map[name])]  # fmt: skip
    assert found == [
        "Query.repository(title) is not GitHub's",
        "Query.repository lacks (name)",
        "Query.pets is not GitHub's",
        "Repository.name is Int!, GitHub's is String!",
        "RepositoryVisibility.SECRET is not GitHub's",
        "CommitMessage lacks headline",
    ]


def differences(kind, other) -> list[str]:
    """Say where a type is not a part of GitHub's type of that name."""
    found = [
        f"{kind.name}.{value} is not GitHub's" for value in getattr(kind, "values", {}) if value not in other.values
    ]
    for name in (one.name for one in getattr(kind, "interfaces", ())):
        if name not in {one.name for one in other.interfaces}:
            found.append(f"{kind.name} implements {name}, GitHub's does not")
    for name, field in getattr(kind, "fields", {}).items():
        found += field_differences(f"{kind.name}.{name}", field, other.fields.get(name))
    if is_input_object_type(kind):
        found += [f"{kind.name} lacks {name}" for name in required(other.fields) - kind.fields.keys()]
    return found


def field_differences(name, field, other) -> list[str]:
    if other is None:
        return [f"{name} is not GitHub's"]
    found = [] if str(field.type) == str(other.type) else [f"{name} is {field.type}, GitHub's is {other.type}"]
    if not hasattr(field, "args"):
        return found
    for argument, one in field.args.items():
        theirs = other.args.get(argument)
        if theirs is None or str(theirs.type) != str(one.type):
            found.append(f"{name}({argument}) is not GitHub's")
    return found + [f"{name} lacks ({argument})" for argument in sorted(required(other.args) - field.args.keys())]


def required(parts) -> set[str]:
    return {
        name
        for name, part in parts.items()
        if graphql.is_non_null_type(part.type) and part.default_value is graphql.Undefined
    }
